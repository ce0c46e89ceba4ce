"""The desk's addresses, under /desk/moderation/ (registered in wagtail_hooks)."""

from django.urls import path

from engagement.moderation.views import desk, edits, hearing, ruling

app_name = "moderation_desk"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("undo/", desk.undo_last, name="undo_last"),
    path("decided/", desk.decided, name="decided"),
    path("decided/<int:pk>/undo/", desk.undo, name="undo"),
    path("edit/<str:thing>/", edits.edit, name="edit"),
    path("edits/", edits.edits, name="edits"),
    path("edits/<int:pk>/", edits.original, name="original"),
    path("rules/", ruling.desk_rules, name="rules"),
    path("rules/<str:rule>/", ruling.desk_rule, name="rule"),
    path("objections/", hearing.objections, name="objections"),
    path("objections/<int:pk>/", hearing.hear, name="hear"),
]
