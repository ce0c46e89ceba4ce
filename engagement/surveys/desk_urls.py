from django.urls import path

from engagement.surveys.desk_views import builder, keying, previews, printing, surveys

app_name = "surveys_desk"
urlpatterns = [
    path("", surveys.index, name="index"),
    path("add/", surveys.add, name="add"),
    path("<int:pk>/", surveys.survey_page, name="survey"),
    path("<int:pk>/settings/", surveys.settings, name="settings"),
    path("<int:pk>/publish/", surveys.publish, name="publish"),
    path("<int:pk>/versions/<int:number>/", surveys.version, name="version"),
    path("<int:pk>/close/", surveys.close, name="close"),
    path("<int:pk>/delete/", surveys.delete, name="delete"),
    path("<int:pk>/copy/", surveys.copy_from, name="copy"),
    path("<int:pk>/questions/", builder.build, name="build"),
    path("<int:pk>/questions/add/", builder.add_question, name="add_question"),
    path("<int:pk>/questions/library/", builder.library, name="library"),
    path("<int:pk>/questions/<slug:id>/", builder.question, name="question"),
    path("<int:pk>/questions/<slug:id>/keep/", builder.keep, name="keep"),
    path("<int:pk>/pages/<slug:id>/", builder.page_settings, name="page"),
    path("<int:pk>/preview/<slug:channel>/", previews.preview, name="preview"),
    path("<int:pk>/paper/", printing.paper, name="paper"),
    path("<int:pk>/paper/plain/", printing.plain, name="plain"),
    path("<int:pk>/paper/key/", keying.key, name="key"),
    path("<int:pk>/sheets/<int:number>/", keying.sheet, name="sheet"),
    path("<int:pk>/sheets/<int:number>/again/", keying.again, name="again"),
    path("<int:pk>/sheets/<int:number>/settle/", keying.settle, name="settle"),
    path("<int:pk>/sheets/<int:number>/afresh/", keying.afresh, name="afresh"),
    path("<int:pk>/sheets/<int:number>/take-back/", keying.take_back, name="take_back_reading"),
    path("<int:pk>/phone/", keying.phone, name="phone"),
    path("scans/<uuid:key>/", keying.scan, name="scan"),
    path("scans/<uuid:key>/take-out/", keying.take_out_scan, name="take_out_scan"),
]
