"""The pages, groups and collections the site leans on, made where they are missing.

Each function may be run again at any time: it adds what is absent and changes nothing else.
"""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page, Site

from boards.people.queries import ADMINISTRATORS_GROUP, COUNCIL_GROUP, board_group
from boards.places.models import Board
from cms.models import BoardPage, BoardsPage, HomePage, NewsListPage, StandardPage
from cms.words import WORDS

AnyPage = TypeVar("AnyPage", bound=Page)
PAGE_RIGHTS = ("add", "change", "publish", "lock", "unlock")
PICTURE_RIGHTS = (
    ("wagtailimages", "add_image"),
    ("wagtailimages", "change_image"),
    ("wagtailimages", "choose_image"),
    ("wagtaildocs", "add_document"),
    ("wagtaildocs", "change_document"),
    ("wagtaildocs", "choose_document"),
)
CHOOSING = (("wagtailimages", "choose_image"), ("wagtaildocs", "choose_document"))
FOR_EVERYONE = "For every board"
FIRST_BODY: list[dict[str, Any]] = [
    {"type": "open_now", "value": {"heading": ""}},
    {"type": "needs", "value": {"heading": ""}},
    {"type": "pot", "value": {"heading": ""}},
    {"type": "outcomes", "value": {"heading": ""}},
    {"type": "news", "value": {"heading": ""}},
    {"type": "people", "value": {"heading": "", "telephone": "", "email": "", "address": ""}},
]


@transaction.atomic
def set_up_site() -> HomePage:
    """Give the home page, made now (with the pages in the footer) if the site has none."""
    Locale.objects.get_or_create(language_code=get_supported_content_language_variant(settings.LANGUAGE_CODE))
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    everything = Collection.get_first_root_node() or Collection.add_root(name="Root")
    shared = everything.get_children().filter(name=FOR_EVERYONE).first() or everything.add_child(name=FOR_EVERYONE)
    home = HomePage.objects.first() or replace_welcome_page(root)
    if not BoardsPage.objects.exists():
        under(home, BoardsPage(title=_("Boards"), slug="boards"))
    if not NewsListPage.objects.child_of(home).exists():
        under(home, NewsListPage(title=_("News"), slug="news"))
    for slug, (title, intro, html) in WORDS.items():
        if not Page.objects.child_of(home).filter(slug=slug).exists():
            body = [{"type": "text", "value": html}]
            under(home, StandardPage(title=title, slug=slug, intro=intro, body=body))
    set_up_council_groups(home, everything, shared)
    return HomePage.objects.get(pk=home.pk)


def replace_welcome_page(root: Page) -> HomePage:
    """Put our home page where Wagtail's first migration leaves a page of its own."""
    plain = ContentType.objects.get_for_model(Page)
    welcome = root.get_children().filter(content_type=plain).first()
    if welcome:
        welcome.slug = "before"
        welcome.save()
    home = under(
        root,
        HomePage(
            title=_("Home"),
            slug="home",
            headline=_("Say what would make life better where you live"),
            intro=_("Your community board listens, decides in public, and tells you what came of it."),
        ),
    )
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname or "localhost",
            "port": port,
            "root_page_id": home.pk,
            "site_name": "Moothall",
        },
    )
    if welcome and welcome.is_leaf():
        Page.objects.get(pk=welcome.pk).delete()
    Group.objects.filter(name__in=["Editors", "Moderators"], user__isnull=True).delete()
    return home


def under(parent: Page, page: AnyPage) -> AnyPage:
    """Add a published page below another, with a first revision to go back to."""
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    page.save_revision().publish()
    return page


def set_up_council_groups(home: HomePage, everything: Collection, shared: Collection) -> None:
    for name in (COUNCIL_GROUP, ADMINISTRATORS_GROUP):
        group, _made = Group.objects.get_or_create(name=name)
        allow_pages(group, home, (*PAGE_RIGHTS, "bulk_delete"))
        allow_collection(group, everything, PICTURE_RIGHTS)
    brand = Permission.objects.filter(content_type__app_label="cms", codename="change_brand")
    Group.objects.get(name=ADMINISTRATORS_GROUP).permissions.add(*brand)


@transaction.atomic
def set_up_board_pages(board: Board) -> BoardPage:
    """Give the board's page, made now if there is none, with its news, its group and its collection.

    The group holds whoever edits the pages of this board (boards.people.queries.board_group):
    they may add, change and publish under the board's page, and keep pictures and documents in
    the board's own collection.
    """
    if not HomePage.objects.exists():
        set_up_site()
    shelf = BoardsPage.objects.get()
    everything = Collection.get_first_root_node()
    page = BoardPage.objects.filter(board=board).first()
    if page is None:
        collection = everything.get_children().filter(name=board.name).first() or everything.add_child(name=board.name)
        page = under(
            shelf,
            BoardPage(
                title=board.name,
                slug=board.slug,
                board=board,
                collection=Collection.objects.get(pk=collection.pk),
                hero_text=board.strapline,
                body=FIRST_BODY,
            ),
        )
    elif (page.title, page.slug) != (board.name, board.slug):
        page.title = page.draft_title = board.name
        page.slug = board.slug
        page.save()
    if not NewsListPage.objects.child_of(page).exists():
        under(page, NewsListPage(title=_("News"), slug="news"))
    group, _made = Group.objects.get_or_create(name=board_group(board))
    allow_pages(group, page, PAGE_RIGHTS)
    allow_collection(group, page.collection, PICTURE_RIGHTS)
    shared = everything.get_children().filter(name=FOR_EVERYONE).first()
    if shared:
        allow_collection(group, shared, CHOOSING)
    return BoardPage.objects.select_related("board").get(pk=page.pk)


def set_up_all() -> int:
    """Set up the site and every board; give how many boards there are."""
    set_up_site()
    boards = list(Board.objects.all())
    for board in boards:
        set_up_board_pages(board)
    return len(boards)


def allow_pages(group: Group, page: Page, rights: tuple[str, ...]) -> None:
    held = set(
        GroupPagePermission.objects.filter(group=group, page_id=page.pk).values_list("permission__codename", flat=True)
    )
    for right in rights:
        if f"{right}_page" not in held:
            GroupPagePermission.objects.create(group=group, page_id=page.pk, permission_type=right)


def allow_collection(group: Group, collection: Collection, rights: tuple[tuple[str, str], ...]) -> None:
    held = set(
        GroupCollectionPermission.objects.filter(group=group, collection=collection).values_list(
            "permission__content_type__app_label", "permission__codename"
        )
    )
    for app, codename in rights:
        if (app, codename) not in held:
            permission = Permission.objects.get(content_type__app_label=app, codename=codename)
            GroupCollectionPermission.objects.create(group=group, collection=collection, permission=permission)
