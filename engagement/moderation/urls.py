"""The public addresses; the desk's are in desk_urls."""

from django.urls import path

from engagement.moderation.views import hearing, public, ruling

app_name = "moderation"
urlpatterns = [
    path("moderation/", ruling.rules, name="rules"),
    path("report/<slug:kind>/<str:key>/", public.report, name="report"),
    path("objection/<int:pk>/", hearing.object_to, name="object"),
    path("reports/<str:reference>/", public.reported, name="reported"),
]
