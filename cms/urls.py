from django.urls import path

from boards.people.permissions import open_to_all
from cms import views
from cms.feeds import NewsFeed

feed = open_to_all(NewsFeed())

app_name = "cms"
urlpatterns = [
    path("", views.home, name="home"),
    path("boards/<slug:board_slug>/", views.board, name="board"),
    path("boards/<slug:board_slug>/news/", views.news, name="news"),
    path("boards/<slug:board_slug>/news/feed/", feed, name="feed"),
    path("boards/<slug:board_slug>/news/<slug:story_slug>/", views.story, name="story"),
    path("news/", views.news, name="council_news"),
    path("news/feed/", feed, name="council_feed"),
    path("news/<slug:story_slug>/", views.story, name="story"),
    path("brand.css", views.brand_css, name="brand_css"),
]
