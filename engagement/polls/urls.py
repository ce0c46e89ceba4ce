from django.urls import path

from engagement.polls import embed, hall, kiosk_views, share_views, views

app_name = "polls"
poll = "boards/<slug:board_slug>/polls/<slug:poll_slug>/"
urlpatterns = [
    path("boards/<slug:board_slug>/polls/", views.poll_list, name="list"),
    path(poll, views.poll_page, name="poll"),
    path(poll + "vote/", views.vote, name="vote"),
    path(poll + "vote/finish/", views.finish, name="finish"),
    path(poll + "thanks/<str:reference>/", views.thanks, name="thanks"),
    path(poll + "thanks/<str:reference>/take-back/", views.take_back, name="take_back"),
    path(poll + "results/", views.results, name="results"),
    path(poll + "words/", views.words, name="words"),
    # Where people are.
    path(poll + "hall/", hall.hall, name="hall"),
    path(poll + "embed/", embed.frame, name="embed"),
    path(poll + "picture/<slug:shape>.png", share_views.picture, name="picture"),
    path("embed.js", embed.script, name="embed_script"),
    path("oembed/", embed.oembed, name="oembed"),
    path("kiosk/", kiosk_views.ballot, name="kiosk"),
    path("kiosk/vote/", kiosk_views.vote, name="kiosk_vote"),
    path("kiosk/state/", kiosk_views.state, name="kiosk_state"),
    path("kiosk/leave/", kiosk_views.leave, name="kiosk_leave"),
    path("kiosk/worker.js", kiosk_views.worker, name="kiosk_worker"),
    path("kiosk/start/<str:code>/", kiosk_views.start, name="kiosk_start"),
]
