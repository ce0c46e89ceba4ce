from django.urls import path

from engagement.funding.views import objecting, proposing, results, rounds, voting

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
    path(ROUND + "vote/check/", voting.check, name="check"),
    path(ROUND + "vote/thanks/", voting.thanks, name="thanks"),
    path(ROUND + "results/", results.results, name="results"),
    path(ROUND + "results/check/", results.check_receipt, name="check_receipt"),
    path(ROUND + "results/object/", objecting.object_page, name="object"),
    path(ROUND + "results/object/finish/", objecting.object_finish, name="object_finish"),
    path(ROUND + "results/objections/<slug:reference>/", objecting.objected, name="objected"),
    path(ROUND + "results/working/", results.working, name="working"),
    path(ROUND + "results/ballots.pb", results.ballots_pb, name="ballots_pb"),
    path(ROUND + "results/SHA256SUMS", results.sums, name="sums"),
    path(ROUND + "results/ballots.csv", results.ballots_file, name="ballots"),
    path(ROUND + "results/count.json", results.count_file, name="count_file"),
]
