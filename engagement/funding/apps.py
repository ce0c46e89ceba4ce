from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "engagement.funding"
    label = "funding"
