from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "engagement.activities"
    label = "activities"
