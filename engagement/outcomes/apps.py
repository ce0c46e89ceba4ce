from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "engagement.outcomes"
    label = "outcomes"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from boards.people.desk import BoardPolicy
        from engagement.evidence import thread
        from engagement.outcomes.models import Loop
        from engagement.outcomes.queries import steps_for_need

        register_permission_policy(
            Loop,
            BoardPolicy(Loop, add="publish_outcome", change="publish_outcome", delete="publish_outcome"),
        )
        thread.register(steps_for_need)
