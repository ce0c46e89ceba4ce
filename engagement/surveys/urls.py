from django.urls import path

from engagement.surveys.views import results

app_name = "surveys"
survey = "boards/<slug:board_slug>/surveys/<slug:slug>/"
urlpatterns = [
    path(survey + "results/", results.results, name="results"),
]
