"""The desk's addresses, under /desk/ideas/ (registered in wagtail_hooks)."""

from django.urls import path

from engagement.ideas.views import desk

app_name = "ideas_desk"
urlpatterns = [
    path("", desk.ideas, name="ideas"),
    path("<int:pk>/", desk.idea, name="idea"),
    path("calls/", desk.calls, name="calls"),
    path("calls/new/", desk.new_call, name="new_call"),
    path("calls/<int:pk>/", desk.call, name="call"),
    path("calls/<int:pk>/write-down/", desk.write_down, name="write_down"),
]
