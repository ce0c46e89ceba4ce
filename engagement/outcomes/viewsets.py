"""The staff's screens for outcomes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import ListingButton

from boards.people.desk import BoardForm, BoardViewSet, ScopedIndexView
from engagement.outcomes import actions, permissions
from engagement.outcomes.models import Loop


class LoopForm(BoardForm):
    """Offers only the needs, words, activities and awards of boards the officer may write for."""

    act = "publish_outcome"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An award is offered by its proposal's title, and judged by its proposal's board: read with it.
        awards: Any = self.fields["awards"]
        awards.queryset = awards.queryset.select_related("proposal__round__activity")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("next_step") and not cleaned.get("next_by"):
            self.add_error("next_by", _("Say by when, so that people know when to ask again."))
        board = cleaned.get("board")
        for name in ("needs", "evidence", "activities"):
            for thing in cleaned.get(name) or []:
                if board and thing.board_id != board.pk:
                    self.add_error(name, _("“%(thing)s” belongs to another board.") % {"thing": thing})
        for award in cleaned.get("awards") or []:
            if board and award.proposal.round.activity.board_id != board.pk:
                self.add_error("awards", _("“%(thing)s” belongs to another board.") % {"thing": award})
        return cleaned


class LoopEditView(generic.EditView):
    def get_usage_url(self) -> None:
        """No page or picture points at an outcome: Wagtail need not count where it is used."""

    def save_instance(self) -> Loop:
        before = actions.words_of(Loop.objects.get(pk=self.object.pk))
        loop: Loop = super().save_instance()
        if loop.is_published:
            actions.record_change(loop=loop, before=before, by=self.request.user)
        return loop


class LoopIndexView(ScopedIndexView):
    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("board")

    def get_list_buttons(self, instance: Loop) -> list[Any]:
        buttons = super().get_list_buttons(instance)
        if permissions.may_publish(self.request.user, instance):
            buttons.insert(
                0,
                ListingButton(
                    _("Publish"), url=reverse("outcomes_publish", args=[instance.pk]), icon_name="upload", priority=5
                ),
            )
        return buttons


class LoopViewSet(BoardViewSet):
    model = Loop
    name = "outcomes_desk"
    url_prefix = "outcomes"
    icon = "success"
    menu_label = _("Outcomes")
    menu_order = 300
    add_to_admin_menu = True
    act = "publish_outcome"
    index_view_class = LoopIndexView
    edit_view_class = LoopEditView
    list_display = ["title", "board", "status", BooleanColumn("is_published", label=_("Published")), "next_by"]
    list_filter = ["board", "status"]
    search_fields = ["title"]
    edit_handler = ObjectList(
        [
            FieldPanel("board"),
            FieldPanel("title"),
            FieldPanel("slug", help_text=_("The last part of its address: words with hyphens.")),
            MultiFieldPanel(
                [FieldPanel("asked"), FieldPanel("said"), FieldPanel("did"), FieldPanel("did_not_because")],
                _("The answer"),
            ),
            MultiFieldPanel([FieldPanel("status"), FieldPanel("next_step"), FieldPanel("next_by")], _("What is next")),
            MultiFieldPanel(
                [FieldPanel("needs"), FieldPanel("evidence"), FieldPanel("activities"), FieldPanel("awards")],
                _("Whom it answers"),
                help_text=_("Everyone who took part in what you choose here is told when you publish."),
            ),
        ],
        base_form_class=LoopForm,
    )
