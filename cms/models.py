"""The tables of this room: a module each, gathered here for Django."""

from cms.brand import Brand
from cms.pages.board import BoardPage
from cms.pages.boards import BoardsPage
from cms.pages.home import HomePage
from cms.pages.news import NewsListPage, NewsPage
from cms.pages.standard import StandardPage
from cms.pictures import Picture, PictureRendition

__all__ = [
    "BoardPage",
    "BoardsPage",
    "Brand",
    "HomePage",
    "NewsListPage",
    "NewsPage",
    "Picture",
    "PictureRendition",
    "StandardPage",
]
