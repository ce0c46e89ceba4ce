"""The gallery, and the pictures that boards have before they have photographs."""

from django.urls import path

from components import views

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("<slug:name>/", views.gallery_item, name="gallery_item"),
    path("scenes/<slug:seed>-<str:shape>.svg", views.scene, name="scene"),
]
