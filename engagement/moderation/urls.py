"""The public addresses; the desk's are in desk_urls."""

from django.urls import path

from engagement.moderation.views import public

app_name = "moderation"
urlpatterns = [
    path("report/<slug:kind>/<str:key>/", public.report, name="report"),
    path("reports/<str:reference>/", public.reported, name="reported"),
]
