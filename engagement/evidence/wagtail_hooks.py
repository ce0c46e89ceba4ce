"""Registers this room's desk screens."""

from django.urls import path
from wagtail import hooks

from engagement.evidence import desk_views
from engagement.evidence.viewsets import EvidenceGroup


@hooks.register("register_admin_viewset")
def viewsets():
    return EvidenceGroup()


@hooks.register("register_admin_urls")
def screens():
    return [
        path("evidence/record/", desk_views.record, name="evidence_record"),
        path("evidence/<int:pk>/links/", desk_views.links, name="evidence_links"),
        path("evidence/<int:pk>/withdraw/", desk_views.withdraw, name="evidence_withdraw"),
    ]


@hooks.register("register_log_actions")
def log_actions(actions):
    actions.register_action("evidence.record", "Record words", "Recorded")
    actions.register_action("evidence.link", "Link words to a need", "Linked to a need")
    actions.register_action("evidence.unlink", "Unlink words from a need", "Unlinked from a need")
    actions.register_action("evidence.withdraw", "Withdraw words", "Withdrawn")
    actions.register_action("evidence.withdraw_consent", "Take back a consent", "Consent taken back")
    actions.register_action("evidence.change", "Change a need or how words were heard", "Changed")
