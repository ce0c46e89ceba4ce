"""The desk's addresses for reading what came back, under /desk/survey-answers/ (registered in wagtail_hooks)."""

from django.urls import path

from engagement.surveys.desk_views import exports, imports, results, words

app_name = "surveys_reading"
urlpatterns = [
    path("<int:pk>/", results.results, name="results"),
    path("<int:pk>/words/", words.words, name="words"),
    path("words/<int:pk>/decide/", words.decide_words, name="decide"),
    path("words/<int:pk>/evidence/", words.to_evidence, name="to_evidence"),
    path("passages/<int:pk>/out/", words.out_of_evidence, name="out_of_evidence"),
    path("<int:pk>/copies/", exports.copies, name="copies"),
    path("copies/<uuid:copy_key>/", exports.copy, name="copy"),
    path("<int:pk>/bring-in/", imports.bring_in, name="bring_in"),
    path("files/<uuid:incoming_key>/", imports.incoming, name="incoming"),
    path("files/<uuid:incoming_key>/give-up/", imports.give_up, name="give_up"),
    path("files/<uuid:incoming_key>/take-out/", imports.take_out, name="take_out"),
]
