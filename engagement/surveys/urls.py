from django.urls import path

from engagement.surveys.views import answering, equality, files, results, slips

app_name = "surveys"
survey = "boards/<slug:board_slug>/surveys/<slug:slug>/"
urlpatterns = [
    path("boards/<slug:board_slug>/surveys/", answering.survey_list, name="list"),
    path(survey, answering.survey_page, name="survey"),
    path(survey + "start/", answering.start, name="start"),
    path(survey + "page/<slug:page_id>/", answering.page_view, name="page"),
    path(survey + "save/", answering.save, name="save"),
    path(survey + "check/", answering.check, name="check"),
    path(survey + "finish/", answering.finish, name="finish"),
    path(survey + "thanks/<str:reference>/", answering.thanks, name="thanks"),
    path(survey + "equality/", equality.equality, name="equality"),
    path(survey + "equality/thanks/", equality.equality_thanks, name="equality_thanks"),
    path(survey + "results/", results.results, name="results"),
    path(survey + "results/results.csv", results.open_copy, name="open_copy"),
    path(survey + "files/<str:public_id>/", files.file, name="file"),
    path("s/", slips.find, name="find"),
    path("s/gone/", slips.gone, name="gone"),
    path("s/<str:code>/", slips.slip, name="slip"),
    path("s/<str:code>/correct/", slips.correct, name="correct"),
    path("s/<str:code>/take-back/", slips.take_back, name="take_back"),
]
