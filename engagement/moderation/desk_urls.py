"""The desk's addresses, under /desk/moderation/ (registered in wagtail_hooks)."""

from django.urls import path

from engagement.moderation.views import desk as views

app_name = "moderation_desk"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("decided/", views.decided, name="decided"),
    path("decided/<int:pk>/undo/", views.undo, name="undo"),
]
