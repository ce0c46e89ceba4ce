from django.urls import path

from engagement.polls import views

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
]
