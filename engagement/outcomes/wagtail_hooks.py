"""Registers this room's desk screens."""

from django.urls import path
from wagtail import hooks

from engagement.outcomes import views
from engagement.outcomes.viewsets import LoopViewSet


@hooks.register("register_admin_viewset")
def loop_viewset():
    return LoopViewSet()


@hooks.register("register_admin_urls")
def publish_url():
    return [path("outcomes/<int:pk>/publish/", views.publish, name="outcomes_publish")]


@hooks.register("register_log_actions")
def log_actions(actions):
    actions.register_action("outcomes.publish", "Publish an outcome", "Published")
    actions.register_action("outcomes.change", "Change a published outcome", "Changed after publishing")
