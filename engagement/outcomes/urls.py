from django.urls import path

from engagement.outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("outcomes/", views.outcomes, name="outcomes"),
    path("boards/<slug:board_slug>/outcomes/", views.outcomes, name="of_board"),
    path("boards/<slug:board_slug>/outcomes/<slug:slug>/", views.loop, name="loop"),
    path("me/", views.mine, name="mine"),
]
