import structlog
from django.apps import AppConfig
from django.conf import settings


class MoothallConfig(AppConfig):
    name = "moothall"
    label = "moothall"

    def ready(self) -> None:
        if settings.RATE_LIMITS_TIMES > 1:
            structlog.get_logger(__name__).warning("rate_limits_raised", times=settings.RATE_LIMITS_TIMES)
        if settings.DRILLS:
            structlog.get_logger(__name__).warning("drills_are_on")
