from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "engagement.evidence"
    label = "evidence"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from boards.people.desk import BoardPolicy
        from engagement.evidence.actions.recording import tell_writer
        from engagement.evidence.models import Evidence, Need
        from engagement.moderation.actions import when_decided

        register_permission_policy(Need, BoardPolicy(Need, add="link_evidence", change="link_evidence", delete=None))
        register_permission_policy(Evidence, BoardPolicy(Evidence, add=None, change="record_evidence", delete=None))
        when_decided(Evidence, tell_writer)
