from django.urls import path

from engagement.ideas.views import public as views

app_name = "ideas"
urlpatterns = [
    path("boards/<slug:board_slug>/ideas/", views.calls, name="calls"),
    path("boards/<slug:board_slug>/ideas/<slug:call_slug>/", views.wall, name="wall"),
    path("boards/<slug:board_slug>/ideas/<slug:call_slug>/map/", views.on_a_map, name="map"),
    path("boards/<slug:board_slug>/ideas/<slug:call_slug>/propose/", views.propose, name="propose"),
    path("boards/<slug:board_slug>/ideas/<slug:call_slug>/propose/finish/", views.finish, name="finish"),
    path("boards/<slug:board_slug>/ideas/<slug:call_slug>/sent/<slug:reference>/", views.sent, name="sent"),
    path("boards/<slug:board_slug>/ideas/<slug:call_slug>/<slug:idea_slug>/", views.idea, name="idea"),
    path("boards/<slug:board_slug>/ideas/<slug:call_slug>/<slug:idea_slug>/back/", views.back, name="back"),
    path(
        "boards/<slug:board_slug>/ideas/<slug:call_slug>/<slug:idea_slug>/back/finish/",
        views.back_finish,
        name="back_finish",
    ),
    path(
        "boards/<slug:board_slug>/ideas/<slug:call_slug>/<slug:idea_slug>/take-back/",
        views.take_back,
        name="take_back",
    ),
]
