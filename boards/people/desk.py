"""The officers' screens of every room: scoped to what a person's roles carry, in every view.

Wagtail's generic views check the model and not the object (TECH_NOTES, pitfall 1), so each
screen here is guarded three times: a policy made from the table of roles, a check of the
object in every address that names one, and lists and choices narrowed to what may be seen.

A room's viewset reads:

    class PollViewSet(BoardViewSet):
        model = Poll
        form_fields = [...]

    # apps.py, ready():
    register_permission_policy(
        Poll, BoardPolicy(Poll, board="activity__board", view="see_unpublished", add="run_activities",
                          change="run_activities", delete="run_activities")
    )
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import policy_registry

from boards.people.desk_forms import WordsToKeep
from boards.people.models import Person
from boards.people.permissions import board_ids_where, boards_where, may, may_somewhere
from boards.places.models import Board


class BoardPolicy(BasePermissionPolicy):
    """Answers Wagtail's question from the table of roles, by the board a row belongs to.

    `board` is the path from the model to its board ("activity__board"; "" for the board itself,
    None for rows of the whole council). The others name the act that carries each Wagtail
    action; None means nobody, from this door.
    """

    def __init__(
        self,
        model: type[models.Model],
        *,
        board: str | None = "board",
        view: str = "see_unpublished",
        add: str | None,
        change: str | None,
        delete: str | None,
    ) -> None:
        super().__init__(model)
        self.board = board
        self.acts = {"view": view, "add": add, "change": change, "delete": delete, "choose": view, "publish": change}

    def act_for(self, action: str) -> str | None:
        return self.acts.get(action)

    def board_of(self, instance: models.Model) -> Board | None:
        thing: Any = instance
        for step in self.board.split("__") if self.board else []:
            thing = getattr(thing, step)
        return thing if isinstance(thing, Board) else None

    def user_has_permission(self, user: Any, action: str) -> bool:
        act = self.act_for(action)
        if act is None:
            return False
        return bool(may(user, act, None)) if self.board is None else may_somewhere(user, act)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: models.Model) -> bool:
        act = self.act_for(action)
        return act is not None and bool(may(user, act, self.board_of(instance)))

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        acts = {act for action in actions if (act := self.act_for(action))}
        rows = self.model._default_manager.all()
        if any(may(user, act, None) for act in acts):
            return rows
        if self.board is None:
            return rows.none()
        boards = {pk for act in acts for pk in board_ids_where(user, act)}
        return rows.filter(**{f"{self.board}__in" if self.board else "pk__in": boards})

    def users_with_any_permission(self, actions: Any) -> Any:
        acts = {act for action in actions if (act := self.act_for(action))}
        return Person.objects.filter(
            pk__in=[
                person.pk
                for person in Person.objects.filter(roles__isnull=False).distinct()
                if any(may_somewhere(person, act) for act in acts)
            ]
        )


# Which action an address of a viewset asks for; any other that names a row asks for "change".
ACTION_BY_NAME = {"inspect": "view", "history": "view", "history_results": "view", "usage": "view", "delete": "delete"}


def guard(view: Callable[..., HttpResponse], model: type[models.Model], action: str) -> Callable[..., HttpResponse]:
    """Refuse an address that names a row the person may not touch, before the view looks at it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pk = kwargs.get("pk", args[0] if args else None)
        if pk is not None:
            policy = policy_registry.get_by_type(model)
            rows = model._default_manager.all()
            if isinstance(policy, BoardPolicy) and policy.board:
                rows = rows.select_related(policy.board)  # it is judged by its board
            try:
                row = rows.get(pk=unquote(str(pk)))
            except (model.DoesNotExist, ValueError, OverflowError, ValidationError):
                raise Http404 from None
            if not policy.user_has_permission_for_instance(request.user, action, row):
                raise PermissionDenied
            request.guarded = row  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return guarded


class TakesGuarded:
    """One of Wagtail's views of a row: takes the row that the guard read and judged, and does not read it again."""

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        return self.request.guarded  # type: ignore[attr-defined]


class ReadOnce(forms.models.ModelChoiceIterator[Any]):
    """The rows of a choice, read once however often they are shown.

    Wagtail renders each widget for its own scripts too, and Django would ask for the rows each time.
    """

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        for row in self.queryset:
            yield self.choice(row)


class ScopedIndexView(generic.IndexView):
    """Lists only the rows a person may see."""

    def get_base_queryset(self) -> Any:
        policy = policy_registry.get_by_type(self.model)
        mine = policy.instances_user_has_any_permission_for(self.request.user, ["view", "change", "delete"])
        return super().get_base_queryset().filter(pk__in=mine.values("pk"))


@contextmanager
def chosen_together(row: models.Model | None, names: Collection[str] | None) -> Iterator[None]:
    """While a form is made of a row, know what is chosen in all its lists by one query; Django asks one for each.

    Only the keys are read, which is all that a form asks; so they are forgotten again at once.
    """
    lists: list[Any] = [each for each in row._meta.many_to_many if each.name in (names or ())] if row else []
    if row is None or row.pk is None or len(lists) < 2:
        yield
        return
    each_list = [
        each.remote_field.through._default_manager.filter(**{each.m2m_field_name(): row.pk})
        .order_by()
        .values_list(models.Value(each.name), each.m2m_reverse_name())
        for each in lists
    ]
    chosen: dict[str, list[models.Model]] = {each.name: [] for each in lists}
    kinds = {each.name: each.related_model for each in lists}
    for name, pk in each_list[0].union(*each_list[1:], all=True):
        chosen[name].append(kinds[name](pk=pk))
    row._prefetched_objects_cache = {**getattr(row, "_prefetched_objects_cache", {}), **chosen}
    try:
        yield
    finally:
        for name in chosen:
            del row._prefetched_objects_cache[name]


class BoardForm(WordsToKeep, WagtailAdminModelForm):
    """A desk form whose choices hold only what the person may use.

    `act` is the act that saving asks for; a field named `board` offers only the boards on which
    the person may do it, and any field to a model with a policy only rows they may see.
    """

    act = "run_activities"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        with chosen_together(kwargs.get("instance"), self._meta.fields):
            super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
                continue
            field.iterator = ReadOnce
            if field.queryset.model is Board:
                field.queryset = boards_where(self.for_user, self.act)
                if name == "board" and self.instance.pk is None and len(field.queryset) == 1:
                    self.initial.setdefault("board", field.queryset[0])
            else:
                policy = policy_registry.get_by_type(field.queryset.model)
                if isinstance(policy, BoardPolicy):
                    mine = policy.instances_user_has_any_permission_for(self.for_user, ["view", "change"])
                    field.queryset = field.queryset.filter(pk__in=mine.values("pk"))
                else:
                    field.queryset = field.queryset.all()  # shown anew, through ReadOnce


class BoardViewSet(ModelViewSet):
    """A desk screen for one model, guarded as the head of this module says."""

    index_view_class = ScopedIndexView
    form_class = None
    act = "run_activities"
    copy_view_enabled = False
    add_to_reference_index = False
    inspect_view_enabled = False
    list_per_page = 25

    def construct_view(self, view_class: Any, **kwargs: Any) -> Any:
        if hasattr(view_class, "get_object"):
            view_class = type(view_class.__name__, (TakesGuarded, view_class), {"__doc__": view_class.__doc__})
        return super().construct_view(view_class, **kwargs)

    def get_form_class(self, for_update: bool = False) -> Any:
        if self.form_class:
            return self.form_class
        form = super().get_form_class(for_update)
        if not issubclass(form, BoardForm):
            form = type(form.__name__, (BoardForm, form), {"act": self.act, "Meta": form.Meta})
        return form

    def get_urlpatterns(self) -> list[Any]:
        patterns = super().get_urlpatterns()
        for pattern in patterns:
            pattern.callback = guard(pattern.callback, self.model, ACTION_BY_NAME.get(pattern.name, "change"))
        return patterns
