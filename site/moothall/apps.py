from django.apps import AppConfig


class MoothallConfig(AppConfig):
    name = "moothall"
    label = "moothall"
