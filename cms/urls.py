from django.urls import URLPattern, path

app_name = "cms"
urlpatterns: list[URLPattern] = []
