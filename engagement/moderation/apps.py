from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "engagement.moderation"
    label = "moderation"
