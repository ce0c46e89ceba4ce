"""The officers' lists of needs and of what people said."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.widgets.button import HeaderButton, ListingButton

from boards.people.desk import BoardForm, BoardViewSet, ScopedIndexView
from boards.people.permissions import may, may_somewhere
from boards.places.models import Board
from engagement.evidence.actions import recording
from engagement.evidence.models import Evidence, Need


class NeedForm(BoardForm):
    """A need's words. Saying that it is confirmed, met or retired is for those whose role carries it."""

    act = "link_evidence"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        before = Need.objects.filter(pk=self.instance.pk).values_list("status", flat=True).first() or Need.Status.HEARD
        after = cleaned.get("status", before)
        board = cleaned.get("board") or self.instance.board_id
        if not cleaned.get("slug") and cleaned.get("title") and cleaned.get("board"):
            cleaned["slug"] = free_slug(cleaned["board"], cleaned["title"], but=self.instance.pk)
        if after != before and not may(self.for_user, "confirm_need", board):
            self.add_error("status", ValidationError(_("The evidence team or council staff say how far a need is.")))
        return cleaned


def free_slug(board: Board, title: str, *, but: int | None = None) -> str:
    """Give an address made from the title that no other need of the board has."""
    base = slugify(title)[:70].strip("-") or "need"
    taken = set(Need.objects.filter(board=board, slug__startswith=base).exclude(pk=but).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


class LoggedEditView(generic.EditView):
    """Writes before and after to the log."""

    def save_instance(self) -> Any:
        before = recording.facts_of(self.model._default_manager.get(pk=self.object.pk))
        saved = super().save_instance()
        recording.log_change(thing=saved, before=before, by=self.request.user)
        return saved


class NeedIndexView(ScopedIndexView):
    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("board", "theme")


class NeedViewSet(BoardViewSet):
    model = Need
    name = "needs_desk"
    url_prefix = "needs"
    icon = "list-ul"
    menu_label = _("Needs")
    act = "link_evidence"
    index_view_class = NeedIndexView
    edit_view_class = LoggedEditView
    list_display = ["title", "board", "theme", "status"]
    list_filter = ["board", "status", "theme"]
    search_fields = ["title"]
    edit_handler = ObjectList(
        [
            FieldPanel("board"),
            FieldPanel("title"),
            FieldPanel(
                "slug", help_text=_("The last part of its address. Leave empty to have it made from the words.")
            ),
            FieldPanel("summary"),
            FieldPanel("theme"),
            FieldPanel("status"),
            FieldPanel("indicators"),
            FieldPanel("no_figures_because"),
            FieldPanel("since"),
        ],
        base_form_class=NeedForm,
    )


class EvidenceIndexView(ScopedIndexView):
    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().filter(withdrawn_at__isnull=True).select_related("board", "where")

    @property
    def header_buttons(self) -> list[Any]:
        if not may_somewhere(self.request.user, "record_evidence"):
            return []
        return [HeaderButton(_("Record a conversation"), url=reverse("evidence_record"), icon_name="plus")]

    def get_list_buttons(self, instance: Evidence) -> list[Any]:
        if not may(self.request.user, "record_evidence", instance.board_id):
            return []
        screens = [
            (_("Link to needs"), reverse("evidence_links", args=[instance.pk])),
            (_("Put right"), reverse("evidence_desk:edit", args=[instance.pk])),
            (_("Take back"), reverse("evidence_withdraw", args=[instance.pk])),
        ]
        return [ListingButton(label, url=url, priority=at) for at, (label, url) in enumerate(screens)]

    def get_edit_url(self, instance: Evidence) -> str:
        return reverse("evidence_links", args=[instance.pk])


class EvidenceForm(BoardForm):
    act = "record_evidence"

    def clean_heard_on(self) -> Any:
        if self.cleaned_data["heard_on"] > timezone.localdate():
            raise ValidationError(_("That day has not come yet."))
        return self.cleaned_data["heard_on"]


class EvidenceViewSet(BoardViewSet):
    """What people said. The words stay as they were said: only where and for how many is put right here."""

    model = Evidence
    name = "evidence_desk"
    url_prefix = "evidence"
    icon = "comment"
    menu_label = _("What people said")
    act = "record_evidence"
    index_view_class = EvidenceIndexView
    edit_view_class = LoggedEditView
    list_display = ["excerpt", "board", "how", "heard_on", "voices", "state"]
    list_filter = ["board", "how", "state"]
    search_fields = ["text"]
    edit_handler = ObjectList(
        [
            FieldPanel("how"),
            FieldPanel("where_words"),
            FieldPanel("heard_on"),
            FieldPanel("voices"),
            FieldPanel("language"),
        ],
        base_form_class=EvidenceForm,
    )


class EvidenceGroup(ViewSetGroup):
    menu_label = _("Needs and evidence")
    menu_icon = "comment"
    menu_order = 100
    items = (EvidenceViewSet, NeedViewSet)
