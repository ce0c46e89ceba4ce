from django.urls import path

from engagement.evidence import views

app_name = "evidence"
urlpatterns = [
    path("needs/", views.needs, name="needs"),
    path("slip/", views.slip, name="slip"),
    path("me/words/<slug:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("boards/<slug:board_slug>/needs/", views.needs_of_board, name="needs_of_board"),
    path("boards/<slug:board_slug>/needs/<slug:slug>/", views.need, name="need"),
    path("boards/<slug:board_slug>/tell-us/", views.tell_us, name="tell_us"),
    path("boards/<slug:board_slug>/tell-us/finish/", views.tell_us_finish, name="tell_us_finish"),
    path("boards/<slug:board_slug>/tell-us/<slug:reference>/", views.told, name="told"),
]
