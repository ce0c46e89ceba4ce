"""What every page's template may lean on."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Give `demo` (invented people and places are shown) and `site_url`."""
    return {"demo": settings.DEMO, "site_url": settings.SITE_URL}
