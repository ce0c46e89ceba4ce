from django.urls import path

from engagement.ideas.views import ideas, proposing, shaping, taking_away, walls

app_name = "ideas"
CALL = "boards/<slug:board_slug>/ideas/<slug:call_slug>/"
IDEA = CALL + "<slug:idea_slug>/"
urlpatterns = [
    path("boards/<slug:board_slug>/ideas/", walls.calls, name="calls"),
    path(CALL, walls.wall, name="wall"),
    path(CALL + "map/", walls.on_a_map, name="map"),
    path(CALL + "feed/", taking_away.feed, name="feed"),
    path(CALL + "ideas.csv", taking_away.as_csv, name="csv"),
    path(CALL + "ideas.geojson", taking_away.as_geojson, name="geojson"),
    path(CALL + "similar/", proposing.similar, name="similar"),
    path(CALL + "propose/", proposing.propose, name="propose"),
    path(CALL + "propose/finish/", proposing.finish, name="finish"),
    path(CALL + "sent/<slug:reference>/", proposing.sent, name="sent"),
    path(IDEA, ideas.idea, name="idea"),
    path(IDEA + "back/", ideas.back, name="back"),
    path(IDEA + "back/finish/", ideas.back_finish, name="back_finish"),
    path(IDEA + "take-back/", ideas.take_back, name="take_back"),
    path(IDEA + "follow/", ideas.follow, name="follow"),
    path(IDEA + "follow/finish/", ideas.follow_finish, name="follow_finish"),
    path(IDEA + "comment/", ideas.comment, name="comment"),
    path(IDEA + "comment/finish/", ideas.comment_finish, name="comment_finish"),
    path(IDEA + "change/", shaping.change, name="change"),
    path(IDEA + "versions/", shaping.versions, name="versions"),
    path(IDEA + "together/", shaping.together, name="together"),
    path(IDEA + "pictures/", shaping.pictures, name="pictures"),
    path(IDEA + "pictures/<int:pk>/", shaping.picture, name="picture"),
]
