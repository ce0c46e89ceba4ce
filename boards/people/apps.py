from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "boards.people"
    label = "people"
