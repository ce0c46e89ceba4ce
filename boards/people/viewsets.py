"""The administrators' screens for roles and organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.log_actions import log

from boards.people.desk import BoardForm, BoardViewSet, ScopedIndexView
from boards.people.models import Organisation, Person, Role


class RoleForm(BoardForm):
    """Gives a role to whoever owns an e-mail address; they sign in by a code sent to it."""

    act = "manage_roles"
    email = forms.EmailField(label=_("E-mail address"), max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["email"].initial = self.instance.person.email
            self.fields["email"].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        on_a_board = {Role.Kind.CHAIR, Role.Kind.COORDINATOR, Role.Kind.MEMBER}
        if cleaned.get("kind") in on_a_board and not cleaned.get("board"):
            self.add_error("board", _("Choose the board: this role is held on one."))
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The role must end after it begins."))
        if cleaned.get("email") and not self.instance.pk:
            held = Role.objects.filter(
                person__email=cleaned["email"].lower(), kind=cleaned.get("kind"), board=cleaned.get("board"), until=None
            )
            if held.exists():
                self.add_error("email", _("This person holds that role already."))
        return cleaned

    def save(self, commit: bool = True) -> Role:
        made = self.instance.pk is None
        if made:
            self.instance.person = Person.objects.known_by(self.cleaned_data["email"])
        role: Role = super().save(commit)
        log(
            instance=role,
            action="people.give_role" if made else "people.change_role",
            user=self.for_user,
            data={"role": str(role), "person": role.person_id, "until": str(role.until or "")},
        )
        return role


class RoleIndexView(ScopedIndexView):
    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("person", "board", "organisation")


class RoleViewSet(BoardViewSet):
    model = Role
    name = "roles_desk"
    url_prefix = "roles"
    icon = "group"
    menu_label = _("Roles")
    act = "manage_roles"
    index_view_class = RoleIndexView
    list_display = ["person", "kind", "board", "since", "until"]
    list_filter = ["kind", "board"]
    search_fields = ["person__email", "person__display_name"]
    edit_handler = ObjectList(
        [
            FieldPanel("email"),
            FieldPanel("kind"),
            FieldPanel("board"),
            FieldPanel("organisation"),
            FieldPanel("since"),
            FieldPanel("until"),
        ],
        base_form_class=RoleForm,
    )


class OrganisationViewSet(BoardViewSet):
    model = Organisation
    name = "organisations_desk"
    url_prefix = "organisations"
    icon = "home"
    menu_label = _("Organisations")
    act = "manage_roles"
    list_display = ["name", "kind", "org_id"]
    list_filter = ["kind"]
    search_fields = ["name", "org_id"]
    form_fields = ["name", "kind", "org_id", "website"]


class PeopleGroup(ViewSetGroup):
    menu_label = _("People and roles")
    menu_icon = "group"
    menu_order = 800
    items = (RoleViewSet, OrganisationViewSet)
