from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "engagement.activities"
    label = "activities"

    def ready(self) -> None:
        from engagement.activities.thread import steps_for
        from engagement.evidence import thread

        thread.register(steps_for)
