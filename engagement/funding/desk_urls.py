from django.urls import path

from engagement.funding.desk_views import awards, ceremony, codes, counting, money, paper, proposals, rounds, watching

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
    path("rounds/<int:pk>/key/", ceremony.ceremony, name="ceremony"),
    path("rounds/<int:pk>/key/share/", ceremony.take_share, name="take_share"),
    path("rounds/<int:pk>/codes/", codes.codes, name="codes"),
    path("codes/<int:pk>/cancel/", codes.cancel_codes, name="cancel_codes"),
    path("rounds/<int:pk>/odd/", watching.odd_things, name="odd_things"),
    path("rounds/<int:pk>/paper/", paper.paper, name="paper"),
    path("paper/<int:pk>/", paper.paper_batch, name="paper_batch"),
    path("paper/<int:pk>/sheets/", paper.paper_sheets, name="paper_sheets"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("awards/<int:pk>/report/", awards.report, name="report"),
    path("streams/add/", money.add_stream, name="add_stream"),
    path("streams/<int:pk>/", money.money_in, name="money_in"),
]
