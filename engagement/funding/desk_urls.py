from django.urls import path

from engagement.funding import desk_views

app_name = "funding_desk"
urlpatterns = [
    path("", desk_views.index, name="index"),
    path("rounds/add/", desk_views.add, name="add"),
    path("rounds/<int:pk>/", desk_views.round_page, name="round"),
    path("rounds/<int:pk>/edit/", desk_views.edit, name="edit"),
    path("rounds/<int:pk>/publish/", desk_views.publish, name="publish"),
    path("rounds/<int:pk>/count/", desk_views.count, name="count"),
    path("rounds/<int:pk>/award/", desk_views.award, name="award"),
    path("rounds/<int:pk>/roll/", desk_views.roll, name="roll"),
    path("proposals/<int:pk>/", desk_views.proposal, name="proposal"),
    path("awards/<int:pk>/report/", desk_views.report, name="report"),
    path("streams/add/", desk_views.add_stream, name="add_stream"),
    path("streams/<int:pk>/", desk_views.money_in, name="money_in"),
]
