from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "engagement.surveys"
    label = "surveys"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate
        from wagtail.permissions import register_permission_policy

        from boards.people.desk import BoardPolicy
        from engagement.surveys.models import Survey, Words
        from engagement.surveys.models.noting import look_after_migrating

        post_migrate.connect(look_after_migrating, sender=self, dispatch_uid="surveys.noting")
        register_permission_policy(
            Survey,
            BoardPolicy(
                Survey,
                board="activity__board",
                view="see_unpublished",
                add="run_activities",
                change="run_activities",
                delete="run_activities",
            ),
        )
        register_permission_policy(
            Words, BoardPolicy(Words, board="survey__activity__board", add=None, change=None, delete=None)
        )
