from django.urls import path

from engagement.funding.views import drills, proposing, results, rounds, voting

app_name = "funding"
ROUND = "boards/<slug:board_slug>/funding/<slug:slug>/"
urlpatterns = [
    path("boards/<slug:board_slug>/funding/", rounds.pot, name="pot"),
    path(ROUND, rounds.round_page, name="round"),
    path(ROUND + "propose/", proposing.propose, name="propose"),
    path(ROUND + "propose/finish/", proposing.propose_finish, name="propose_finish"),
    path(ROUND + "proposals/<slug:proposal_slug>/", proposing.proposal_page, name="proposal"),
    path(ROUND + "proposals/<slug:proposal_slug>/sent/", proposing.sent, name="sent"),
    path(ROUND + "proposals/<slug:proposal_slug>/withdraw/", proposing.withdraw, name="withdraw"),
    path(ROUND + "vote/", voting.vote, name="vote"),
    path(ROUND + "vote/compare/", voting.compare, name="compare"),
    path(ROUND + "vote/check/", voting.check, name="check"),
    path(ROUND + "vote/drill/<str:token>/", drills.drill, name="drill"),
    path(ROUND + "vote/thanks/", voting.thanks, name="thanks"),
    path(ROUND + "results/", results.results, name="results"),
    path(ROUND + "results/check/", results.check_receipt, name="check_receipt"),
    path(ROUND + "results/ballots.csv", results.ballots_file, name="ballots"),
    path(ROUND + "results/count.json", results.count_file, name="count_file"),
]
