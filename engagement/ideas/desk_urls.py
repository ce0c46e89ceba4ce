"""The desk's addresses, under /desk/ideas/ (registered in wagtail_hooks)."""

from django.urls import path

from engagement.ideas.views import desk

app_name = "ideas_desk"
urlpatterns = [
    path("", desk.ideas, name="ideas"),
    path("<int:pk>/", desk.idea, name="idea"),
    path("<int:pk>/bring-into/", desk.bring_into, name="bring_into"),
    path("mergings/<int:pk>/undo/", desk.take_apart, name="take_apart"),
    path("comments/<int:pk>/reply/", desk.reply, name="reply"),
    path("calls/any-time/", desk.open_any_time, name="open_any_time"),
    path("calls/", desk.calls, name="calls"),
    path("calls/new/", desk.new_call, name="new_call"),
    path("calls/<int:pk>/", desk.call, name="call"),
    path("calls/<int:pk>/write-down/", desk.write_down, name="write_down"),
]
