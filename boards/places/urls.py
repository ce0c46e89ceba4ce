from django.urls import path

from boards.places import views

app_name = "places"
urlpatterns = [
    path("find/", views.find, name="find"),
    path("boards/", views.boards, name="boards"),
    path("boards/map.json", views.map_json, name="map_json"),
]
