from django.urls import path

from engagement.activities import views

app_name = "activities"
urlpatterns = [
    path("boards/<slug:board_slug>/activities/", views.board_list, name="list"),
    path("p/<str:code>/", views.short, name="short"),
    path("open/", views.everything_open, name="open"),
]
