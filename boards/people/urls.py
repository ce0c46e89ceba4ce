from django.urls import path

from boards.people import views

app_name = "people"
urlpatterns = [
    path("me/second-factor/", views.second_factor, name="second_factor"),
    path("me/prove/", views.prove, name="prove"),
    path("me/details/", views.details, name="details"),
]
