from django.apps import AppConfig


class PollsConfig(AppConfig):
    name = "engagement.polls"
    label = "polls"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from boards.people.desk import BoardPolicy
        from engagement.evidence.actions.recording import when_withdrawn
        from engagement.moderation.actions import when_decided, when_edited
        from engagement.polls.models import Poll, Why
        from engagement.polls.whys import follow_decision, follow_edit, follow_evidence

        when_decided(Why, follow_decision)
        when_edited(Why, follow_edit)
        when_withdrawn(follow_evidence)
        register_permission_policy(
            Poll,
            BoardPolicy(
                Poll,
                board="activity__board",
                view="see_unpublished",
                add="run_activities",
                change="run_activities",
                delete="run_activities",
            ),
        )
