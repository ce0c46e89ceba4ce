from django.urls import path

from engagement.funding.views import data, grants, money, proposing, results, rounds, voting

app_name = "funding"
ROUND = "boards/<slug:board_slug>/funding/<slug:slug>/"
GRANT = ROUND + "proposals/<slug:proposal_slug>/grant/"

urlpatterns = [
    path("boards/<slug:board_slug>/funding/", rounds.pot, name="pot"),
    path("boards/<slug:board_slug>/money/", money.money, name="money"),
    path("boards/<slug:board_slug>/money/ledger/", money.ledger, name="ledger"),
    path("boards/<slug:board_slug>/money/ledger.csv", money.ledger_file, name="ledger_file"),
    path("data/grants/", data.grants, name="data"),
    path("data/grants.json", data.grants_json, name="grants_json"),
    path("data/grants.csv", data.grants_csv, name="grants_csv"),
    path("data/grants.xlsx", data.grants_xlsx, name="grants_xlsx"),
    path("data/grants-transparency.csv", data.transparency_csv, name="transparency_csv"),
    path(GRANT, grants.grant, name="grant"),
    path(GRANT + "answer/", grants.answer, name="answer"),
    path(GRANT + "files/", grants.send_file, name="send_file"),
    path(GRANT + "files/<uuid:key>/", grants.evidence_file, name="evidence_file"),
    path(GRANT + "report/", grants.report, name="report"),
    path(GRANT + "report/pictures/<int:pk>/", grants.picture, name="report_picture"),
    path(GRANT + "report/pictures/<int:pk>/out/", grants.picture_out, name="picture_out"),
    path(GRANT + "lasting/<int:months>/", grants.lasting, name="lasting"),
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
    path(ROUND + "results/ballots.csv", results.ballots_file, name="ballots"),
    path(ROUND + "results/count.json", results.count_file, name="count_file"),
]
