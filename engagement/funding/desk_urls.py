from django.urls import path

from engagement.funding.desk_views import awards, counting, money, proposals, rehearsing, rounds, standing

app_name = "funding_desk"
urlpatterns = [
    path("", rounds.index, name="index"),
    path("rounds/add/", rounds.add, name="add"),
    path("rounds/<int:pk>/", rounds.round_page, name="round"),
    path("rounds/<int:pk>/edit/", rounds.edit, name="edit"),
    path("rounds/<int:pk>/proposals/", proposals.listing, name="proposals"),
    path("rounds/<int:pk>/proposals/key/", proposals.key, name="key"),
    path("rounds/<int:pk>/publish/", rounds.publish, name="publish"),
    path("rounds/<int:pk>/count/", counting.count, name="count"),
    path("rounds/<int:pk>/amend/", standing.amend, name="amend"),
    path("amendments/<int:pk>/", standing.amendment, name="amendment"),
    path("rounds/<int:pk>/objections/", standing.objections, name="objections"),
    path("objections/<int:pk>/", standing.answer_objection, name="answer_objection"),
    path("rounds/<int:pk>/confirm/", standing.confirm, name="confirm"),
    path("rounds/<int:pk>/count-again/", standing.count_again, name="count_again"),
    path("rounds/<int:pk>/close/", standing.close, name="close"),
    path("rounds/<int:pk>/rehearse/", rehearsing.rehearse, name="rehearse"),
    path("rehearsals/<int:pk>/", rehearsing.rehearsal, name="rehearsal"),
    path("rehearsals/<int:pk>/end/", rehearsing.end, name="end_rehearsal"),
    path("rehearsals/<int:pk>/put-away/", rehearsing.put_away, name="put_away"),
    path("proposals/<int:pk>/take-out/", standing.take_out, name="take_out"),
    path("rounds/<int:pk>/award/", awards.award, name="award"),
    path("rounds/<int:pk>/roll/", counting.roll, name="roll"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("awards/<int:pk>/report/", awards.report, name="report"),
    path("streams/add/", money.add_stream, name="add_stream"),
    path("streams/<int:pk>/", money.money_in, name="money_in"),
]
