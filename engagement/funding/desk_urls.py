from django.urls import path

from engagement.funding.desk_views import awards, counting, grants, money, proposals, rounds

app_name = "funding_desk"
urlpatterns = [
    path("", rounds.index, name="index"),
    path("rounds/add/", rounds.add, name="add"),
    path("rounds/<int:pk>/", rounds.round_page, name="round"),
    path("rounds/<int:pk>/edit/", rounds.edit, name="edit"),
    path("rounds/<int:pk>/publish/", rounds.publish, name="publish"),
    path("rounds/<int:pk>/count/", counting.count, name="count"),
    path("rounds/<int:pk>/award/", awards.award, name="award"),
    path("rounds/<int:pk>/roll/", counting.roll, name="roll"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("awards/<int:pk>/report/", awards.report, name="report"),
    path("streams/add/", money.add_stream, name="add_stream"),
    path("streams/<int:pk>/", money.money_in, name="money_in"),
    path("streams/<int:pk>/edit/", money.edit_stream, name="edit_stream"),
    path("streams/<int:pk>/move/", money.move_money, name="move_money"),
    path("streams/<int:pk>/take-out/", money.take_out, name="take_out"),
    path("streams/<int:pk>/partner/", money.partner, name="partner"),
    path("contributions/<int:pk>/<slug:name>/", money.contribution, name="contribution"),
    path("awards/", grants.index, name="grants"),
    path("awards/<int:pk>/", grants.grant, name="grant"),
    path("awards/<int:pk>/read/", grants.read_report, name="read_report"),
    path("awards/<int:pk>/<slug:name>/", grants.move, name="move"),
    path("payments/<int:pk>/<slug:name>/", grants.payment, name="payment"),
    path("lasting/<int:pk>/", grants.lasting, name="lasting"),
    path("rounds/<int:pk>/offers/", grants.offer_round, name="offer_round"),
    path("boards/<int:pk>/letter/", grants.letter, name="letter"),
]
