"""The desk's addresses, under /desk/conversations/ (registered in wagtail_hooks)."""

from django.urls import path

from engagement.conversations.views import desk

app_name = "conversations_desk"
urlpatterns = [
    path("", desk.conversations, name="conversations"),
    path("new/", desk.new, name="new"),
    path("<int:pk>/", desk.edit, name="edit"),
    path("<int:pk>/statements/", desk.statements, name="statements"),
    path("<int:pk>/statements/<int:statement_pk>/hide/", desk.hide, name="hide"),
    path("<int:pk>/results/", desk.results, name="results"),
    path("<int:pk>/close/", desk.close, name="close"),
    path("<int:pk>/copies/", desk.copies, name="copies"),
]
