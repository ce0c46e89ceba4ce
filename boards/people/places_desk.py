"""The administrators' screens for boards and areas: a board's name and line, and what was imported.

They stand in this room because places lies below it and cannot ask who may do what. Areas are
looked at here and changed only by an import, which checks them.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.log_actions import log
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from boards.people.desk import BoardPolicy, BoardViewSet, ScopedIndexView
from boards.people.models import Person
from boards.people.permissions import may
from boards.places.models import Area, Board

KEPT_IN_THE_LOG = ("name", "slug", "strapline")


class LookOnly(BasePermissionPolicy):
    """Whoever manages places may look; nobody may change anything from the desk.

    Not a BoardPolicy: that would also narrow the wards a coordinator may choose in a form.
    """

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in ("view", "choose") and bool(may(user, "manage_places", None))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        rows = self.model._default_manager.all()
        return rows if any(self.user_has_permission(user, action) for action in actions) else rows.none()

    def users_with_any_permission(self, actions: Any) -> Any:
        holders = Person.objects.filter(roles__isnull=False).distinct()
        return Person.objects.filter(
            pk__in=[person.pk for person in holders if any(self.user_has_permission(person, act) for act in actions)]
        )


def register_policies() -> None:
    register_permission_policy(Area, LookOnly(Area))
    register_permission_policy(
        Board, BoardPolicy(Board, board="", view="manage_places", add=None, change="manage_places", delete=None)
    )


class BoardEditView(generic.EditView):
    """Writes what the public saw before, and what it sees now, to the log."""

    def save_instance(self) -> Any:
        before = dict(
            zip(KEPT_IN_THE_LOG, Board.objects.values_list(*KEPT_IN_THE_LOG).get(pk=self.object.pk), strict=True)
        )
        board = self.form.save()
        after = {name: getattr(board, name) for name in KEPT_IN_THE_LOG}
        log(
            instance=board,
            action="places.change_board",
            user=self.request.user,
            data={"before": before, "after": after},
            content_changed=self.form.has_changed(),
        )
        return board


class BoardsViewSet(BoardViewSet):
    model = Board
    name = "boards_desk"
    url_prefix = "boards"
    icon = "site"
    menu_label = _("Boards")
    act = "manage_places"
    edit_view_class = BoardEditView
    list_display = ["name", "slug", "strapline"]
    search_fields = ["name"]
    # The address is not here: it is printed on posters, and other sites link to it.
    form_fields = ["name", "strapline"]


class AreaIndexView(ScopedIndexView):
    def get_base_queryset(self) -> Any:
        rows = super().get_base_queryset().select_related("parent")
        return rows.defer("boundary", "outline", "parent__boundary", "parent__outline")


class AreasViewSet(BoardViewSet):
    model = Area
    name = "areas_desk"
    url_prefix = "areas"
    icon = "globe"
    menu_label = _("Areas")
    act = "manage_places"
    index_view_class = AreaIndexView
    inspect_view_enabled = True
    inspect_view_fields = ["code", "name", "kind", "parent", "population", "valid_from", "valid_to"]
    list_display = ["name", "code", "kind", "parent", "valid_from", "valid_to"]
    list_filter = ["kind"]
    search_fields = ["name", "code"]
    form_fields = ["name"]


class PlacesGroup(ViewSetGroup):
    menu_label = _("Boards and areas")
    menu_icon = "globe"
    menu_order = 810
    items = (BoardsViewSet, AreasViewSet)
