from django.urls import path

from engagement.funding.views import drafting, groups, objecting, proposing, results, rounds, talk, voting

app_name = "funding"
ROUND = "boards/<slug:board_slug>/funding/<slug:slug>/"
FORM, DRAFT = ROUND + "form/", ROUND + "form/<uuid:key>/"
GROUP = "groups/<slug:group_slug>/"
urlpatterns = [
    path("boards/<slug:board_slug>/funding/", rounds.pot, name="pot"),
    path(ROUND, rounds.round_page, name="round"),
    path(ROUND + "propose/", proposing.propose, name="propose"),
    path(ROUND + "propose/finish/", proposing.propose_finish, name="propose_finish"),
    path(ROUND + "apply/", drafting.apply, name="apply"),
    path(ROUND + "questions/", drafting.questions, name="questions"),
    path(ROUND + "start/", drafting.start, name="start"),
    path(FORM, drafting.form, name="form"),
    path(FORM + "check/", drafting.check, name="form_check"),
    path(FORM + "keep/", drafting.form_keep, name="form_keep"),
    path(DRAFT, drafting.form, name="draft"),
    path(DRAFT + "check/", drafting.check, name="draft_check"),
    path(DRAFT + "delete/", drafting.draft_delete, name="draft_delete"),
    path(FORM + "<slug:part>/", drafting.part, name="form_part"),
    path(DRAFT + "<slug:part>/", drafting.part, name="draft_part"),
    path(ROUND + "proposals/<slug:proposal_slug>/", proposing.proposal_page, name="proposal"),
    path(ROUND + "proposals/<slug:proposal_slug>/sent/", proposing.sent, name="sent"),
    path(ROUND + "proposals/<slug:proposal_slug>/questions/", talk.talk, name="talk"),
    path(ROUND + "proposals/<slug:proposal_slug>/host/", groups.host, name="host"),
    path(ROUND + "proposals/<slug:proposal_slug>/withdraw/", proposing.withdraw, name="withdraw"),
    path(ROUND + "vote/", voting.vote, name="vote"),
    path(ROUND + "vote/check/", voting.check, name="check"),
    path(ROUND + "vote/thanks/", voting.thanks, name="thanks"),
    path(ROUND + "results/", results.results, name="results"),
    path(ROUND + "results/check/", results.check_receipt, name="check_receipt"),
    path(ROUND + "results/object/", objecting.object_page, name="object"),
    path(ROUND + "results/object/finish/", objecting.object_finish, name="object_finish"),
    path(ROUND + "results/objections/<slug:reference>/", objecting.objected, name="objected"),
    path(ROUND + "results/ballots.csv", results.ballots_file, name="ballots"),
    path(ROUND + "results/count.json", results.count_file, name="count_file"),
    path("me/groups/", groups.my_groups, name="my_groups"),
    path(GROUP, groups.group, name="group"),
    path(GROUP + "people/", groups.people, name="group_people"),
    path(GROUP + "join/", groups.join_group, name="join"),
    path(GROUP + "papers/", groups.papers, name="papers"),
    path(GROUP + "papers/<uuid:key>/", groups.paper, name="paper"),
]
