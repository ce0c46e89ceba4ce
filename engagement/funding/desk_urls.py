from django.urls import path

from engagement.funding.desk_views import awards, counting, money, panel, pipeline, proposals, rounds

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
    path("rounds/<int:pk>/panel/", panel.panel, name="panel"),
    path("rounds/<int:pk>/panel/seat/", panel.seat, name="panel_seat"),
    path("panel-members/<int:pk>/leave/", panel.unseat, name="panel_unseat"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("proposals/<int:pk>/funders/", pipeline.proposal_funders, name="proposal_funders"),
    path("pledges/<int:pk>/agree/", pipeline.agree, name="agree_pledge"),
    path("offers/", pipeline.offers, name="offers"),
    path("offers/<int:pk>/", pipeline.answer, name="answer_offer"),
    path("funders/", pipeline.funders, name="funders"),
    path("awards/<int:pk>/report/", awards.report, name="report"),
    path("streams/add/", money.add_stream, name="add_stream"),
    path("streams/<int:pk>/", money.money_in, name="money_in"),
]
