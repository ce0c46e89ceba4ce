from django.urls import path

from engagement.funding.views import panel, pipeline, proposing, results, rounds, voting

app_name = "funding"
ROUND = "boards/<slug:board_slug>/funding/<slug:slug>/"
urlpatterns = [
    path("pipeline/", pipeline.pipeline, name="pipeline"),
    path("pipeline/copy/", pipeline.copy, name="pipeline_copy"),
    path("pipeline/sign-in-again/", pipeline.sign_in_again, name="pipeline_sign_in_again"),
    path("pipeline/gaps/", pipeline.gaps, name="pipeline_gaps"),
    path("pipeline/saved/", pipeline.saved, name="pipeline_saved"),
    path("pipeline/pots/", pipeline.pots, name="pipeline_pots"),
    path("pipeline/pots/<int:pk>/", pipeline.offer, name="pipeline_offer"),
    path("pipeline/<slug:reference>/", pipeline.one, name="pipeline_one"),
    path("boards/<slug:board_slug>/funding/", rounds.pot, name="pot"),
    path(ROUND, rounds.round_page, name="round"),
    path(ROUND + "propose/", proposing.propose, name="propose"),
    path(ROUND + "propose/finish/", proposing.propose_finish, name="propose_finish"),
    path(ROUND + "proposals/<slug:proposal_slug>/", proposing.proposal_page, name="proposal"),
    path(ROUND + "proposals/<slug:proposal_slug>/sent/", proposing.sent, name="sent"),
    path(ROUND + "proposals/<slug:proposal_slug>/contact/", pipeline.contact, name="contact"),
    path(ROUND + "proposals/<slug:proposal_slug>/withdraw/", proposing.withdraw, name="withdraw"),
    path(ROUND + "panel/", panel.panel_page, name="panel"),
    path(ROUND + "panel/close/", panel.panel_close, name="panel_close"),
    path(ROUND + "panel/ranking/", panel.panel_ranking, name="panel_ranking"),
    path(ROUND + "panel/decision/", panel.panel_decide, name="panel_decide"),
    path(ROUND + "panel/proposals/<slug:proposal_slug>/", panel.panel_proposal, name="panel_proposal"),
    path(ROUND + "assessment/", panel.assessment, name="assessment"),
    path(ROUND + "vote/", voting.vote, name="vote"),
    path(ROUND + "vote/check/", voting.check, name="check"),
    path(ROUND + "vote/thanks/", voting.thanks, name="thanks"),
    path(ROUND + "results/", results.results, name="results"),
    path(ROUND + "results/check/", results.check_receipt, name="check_receipt"),
    path(ROUND + "results/ballots.csv", results.ballots_file, name="ballots"),
    path(ROUND + "results/count.json", results.count_file, name="count_file"),
]
