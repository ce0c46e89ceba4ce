from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "engagement.notifications"
    label = "notifications"
