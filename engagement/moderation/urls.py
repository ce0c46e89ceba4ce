"""No public addresses yet; the desk's are in desk_urls."""

from django.urls import URLPattern

app_name = "moderation"
urlpatterns: list[URLPattern] = []
