from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "engagement.outcomes"
    label = "outcomes"
