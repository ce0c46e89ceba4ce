"""The officers' list of polls, and the one form that sets one up."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button

from boards.people.desk import BoardViewSet, ScopedIndexView, guard
from components.templatetags.components import london
from engagement.activities.models import TakingPart
from engagement.activities.templatetags.activity_tags import state_of
from engagement.polls import actions, desk_views, permissions, reach_desk
from engagement.polls.forms import KIND_HINTS, PollForm
from engagement.polls.models import Kind, Poll


def acts_for(user: Any, poll: Poll) -> list[Button]:
    """Give what this officer may do to this poll, as buttons."""
    now = timezone.now()
    acts = [("preview", _("Look at it"), "view")]
    if permissions.may_run(user, poll):
        if poll.activity.is_draft:
            acts.append(("publish", _("Publish"), "upload"))
        else:
            acts.append(("put_right", _("Put a slip right"), "edit"))
        if poll.activity.is_open(now):
            acts.append(("close", _("Close early"), "lock"))
    if permissions.may_run(user, poll):
        acts.append(("reach", _("Where people are"), "site"))
    if not poll.activity.is_draft:
        acts.append(("standing", _("How it stands"), "list-ol"))
    if poll.asks_why:
        acts.append(("words", _("Why they voted so"), "comment"))
    return [
        Button(label, url=reverse(f"polls_desk:{name}", args=[poll.pk]), icon_name=icon, priority=at)
        for at, (name, label, icon) in enumerate(acts)
    ]


class PollIndexView(ScopedIndexView):
    def get_base_queryset(self) -> Any:
        voted = TakingPart.objects.filter(activity=OuterRef("pk")).order_by().values("activity")
        return (
            super()
            .get_base_queryset()
            .select_related("activity__board")
            .annotate(voted=Coalesce(Subquery(voted.annotate(people=Count("pk")).values("people")), 0))
            .order_by("-activity__opens_at", "-pk")
        )

    def get_list_more_buttons(self, instance: Poll) -> list[Any]:
        buttons = [*super().get_list_more_buttons(instance), *acts_for(self.request.user, instance)]
        if not permissions.may_delete(self.request.user, instance):
            delete_url = self.get_delete_url(instance)
            buttons = [button for button in buttons if button.url != delete_url]
        return buttons


class KeepsPolls:
    """Saves through the room's actions, and says what they say."""

    def save_instance(self) -> Poll:
        return self.form.save()

    def form_valid(self, form: PollForm) -> Any:
        try:
            answer = super().form_valid(form)
        except actions.PollRefused as refused:
            form.add_error(None, str(refused))
            self.produced_error_message = str(refused)
            return self.form_invalid(form)
        for note in form.notes():
            messages.warning(self.request, note)
        return answer

    def get_success_url(self) -> str:
        return reverse("polls_desk:edit", args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        return [messages.button(reverse("polls_desk:preview", args=[self.object.pk]), _("Look at it"))]


class PollCreateView(KeepsPolls, generic.CreateView):
    """Asks for the kind first, as links, so that the form asks what that kind asks and no more."""

    template_name = "polls/desk/create.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.GET.get("kind") not in Kind.values:
            return TemplateResponse(request, "polls/desk/kinds.html", self.kinds())
        return super().get(request, *args, **kwargs)

    def kinds(self) -> dict[str, Any]:
        return {
            "kinds": [(value, label, KIND_HINTS[Kind(value)]) for value, label in Kind.choices],
            "page_title": _("What kind of poll?"),
            "header_title": _("What kind of poll?"),
            "header_icon": "success",
            "breadcrumbs_items": [
                {"url": reverse("polls_desk:index"), "label": _("Polls")},
                {"url": "", "label": _("What kind of poll?")},
            ],
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.request.GET.get("kind", "")}

    submit_button_label = gettext_lazy("Keep as a draft")
    success_message = gettext_lazy("“%(object)s” is kept as a draft. Look at it, then publish it.")


class PollEditView(KeepsPolls, generic.EditView):
    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.request.GET.get("kind", "")}

    submit_button_label = gettext_lazy("Save")
    success_message = gettext_lazy("“%(object)s” is saved.")

    @property
    def header_more_buttons(self) -> list[Any]:
        return acts_for(self.request.user, self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        poll = self.object
        context["acts"] = acts_for(self.request.user, poll)
        context["state"] = state_of(poll.activity, timezone.now())[0]
        context["voted"] = poll.activity.taking_part.count()
        fixed = context["form"].is_fixed
        context["other_kinds"] = (
            [] if fixed else [each for each in Kind.choices if each[0] != context["form"].asked_kind]
        )
        return context


class PollDeleteView(generic.DeleteView):
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        verdict = permissions.may_delete(request.user, self.object)
        if not verdict:
            messages.error(request, verdict.why_not)
            return redirect("polls_desk:edit", self.object.pk)
        return super().dispatch(request, *args, **kwargs)

    def delete_action(self) -> None:
        actions.delete_poll(poll=self.object, by=self.request.user)


class PollViewSet(BoardViewSet):
    model = Poll
    name = "polls_desk"
    url_prefix = "polls"
    icon = "success"
    menu_label = gettext_lazy("Polls")
    menu_name = "polls"
    menu_order = 200
    add_to_admin_menu = True
    act = "run_activities"
    form_class = PollForm
    index_view_class = PollIndexView
    add_view_class = PollCreateView
    edit_view_class = PollEditView
    delete_view_class = PollDeleteView
    edit_template_name = "polls/desk/edit.html"
    search_fields = ["activity__title", "question"]
    list_display = [
        "__str__",
        Column("kind", label=gettext_lazy("Kind"), accessor=lambda poll: poll.get_kind_display()),
        Column("board", label=gettext_lazy("Board"), accessor=lambda poll: poll.activity.board.name),
        Column("state", label=gettext_lazy("State"), accessor=lambda poll: state_of(poll.activity, timezone.now())[0]),
        Column("voted", label=gettext_lazy("Votes"), accessor="voted"),
        Column(
            "closes",
            label=gettext_lazy("Closes"),
            accessor=lambda poll: london(poll.activity.closes_at) if poll.activity.closes_at else _("Stays open"),
        ),
    ]

    def get_urlpatterns(self) -> list[Any]:
        acts = [
            (desk_views.preview, "view"),
            (desk_views.publish, "change"),
            (desk_views.close, "change"),
            (desk_views.put_right, "change"),
            (desk_views.standing, "view"),
            (desk_views.words, "view"),
        ]
        words = path("words/evidence/<int:why>/", desk_views.make_evidence, name="make_evidence")
        reach = [
            path(address, guard(view, self.model, "change"), name=view.__name__) for view, address in reach_desk.ACTS
        ]
        return [*super().get_urlpatterns(), words, *reach] + [
            path(f"{view.__name__.replace('_', '-')}/<int:pk>/", guard(view, self.model, action), name=view.__name__)
            for view, action in acts
        ]
