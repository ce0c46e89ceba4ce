from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "engagement.funding"
    label = "funding"

    def ready(self) -> None:
        from engagement.funding.from_ideas import ways_on
        from engagement.ideas import onward

        onward.register(ways_on)
