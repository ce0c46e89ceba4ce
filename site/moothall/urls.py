"""Every address of the site, room by room."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic.base import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from boards.people.permissions import open_to_all
from moothall import views
from moothall.demo import mail

urlpatterns = [
    path("desk/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("account/", include("allauth.urls")),
    path("components/", include("components.urls")),
    path("demo/mail/", mail.outbox, name="demo_mail"),
    path("healthy/", views.healthy, name="healthy"),
    path("favicon.ico", open_to_all(RedirectView.as_view(url=settings.STATIC_URL + "moothall/mark.svg"))),
    path("", include("boards.places.urls")),
    path("", include("boards.people.urls")),
    path("", include("engagement.moderation.urls")),
    path("", include("engagement.evidence.urls")),
    path("", include("engagement.activities.urls")),
    path("", include("engagement.polls.urls")),
    path("", include("engagement.surveys.urls")),
    path("", include("engagement.ideas.urls")),
    path("", include("engagement.conversations.urls")),
    path("", include("engagement.funding.urls")),
    path("", include("engagement.outcomes.urls")),
    path("", include("cms.urls")),
]
if settings.STORAGES["default"]["BACKEND"].endswith("FileSystemStorage"):
    urlpatterns.append(
        re_path(
            r"^media/(?P<path>images/.*)$", open_to_all(serve), {"document_root": settings.MEDIA_ROOT}, name="media"
        )
    )
# Last: Wagtail answers whatever no room has claimed.
urlpatterns.append(path("", include(wagtail_urls)))

handler400 = "moothall.views.bad_request"
handler403 = "moothall.views.forbidden"
handler404 = "moothall.views.not_found"
handler500 = "moothall.views.server_error"
