from django.urls import path

from engagement.funding import views

app_name = "funding"
ROUND = "boards/<slug:board_slug>/funding/<slug:slug>/"
urlpatterns = [
    path("boards/<slug:board_slug>/funding/", views.pot, name="pot"),
    path(ROUND, views.round_page, name="round"),
    path(ROUND + "propose/", views.propose, name="propose"),
    path(ROUND + "propose/finish/", views.propose_finish, name="propose_finish"),
    path(ROUND + "proposals/<slug:proposal_slug>/", views.proposal_page, name="proposal"),
    path(ROUND + "proposals/<slug:proposal_slug>/sent/", views.sent, name="sent"),
    path(ROUND + "proposals/<slug:proposal_slug>/withdraw/", views.withdraw, name="withdraw"),
    path(ROUND + "vote/", views.vote, name="vote"),
    path(ROUND + "vote/check/", views.check, name="check"),
    path(ROUND + "vote/thanks/", views.thanks, name="thanks"),
    path(ROUND + "results/", views.results, name="results"),
    path(ROUND + "results/check/", views.check_receipt, name="check_receipt"),
    path(ROUND + "results/ballots.csv", views.ballots_file, name="ballots"),
    path(ROUND + "results/count.json", views.count_file, name="count_file"),
]
