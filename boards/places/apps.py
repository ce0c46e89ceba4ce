from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "boards.places"
    label = "places"
