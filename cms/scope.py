"""Which of Wagtail's own desk addresses are open, and to whom.

Wagtail checks most of its screens by itself; this table is asked first, and holds every address
it brings. One that is not in the table is closed: a new release opens nothing until someone has
looked at it (tests/desk/test_scope.py fails until then). The screens of our own rooms are guarded
by boards.people.desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from boards.people.permissions import may

Rule = Callable[[HttpRequest, dict[str, Any]], None]


# --- what a person reaches ---------------------------------------------------------------------


def roots_of(user: Any) -> list[str]:
    """Give the tree paths below which this person may do something."""
    if user.is_superuser:
        return [""]
    return sorted({held.page.path for held in policy_registry.get_by_type(Page).get_cached_permissions_for_user(user)})


def pages_in_reach(user: Any, pages: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow pages to the person's own, and those above them that lead there."""
    reach = Q(pk__in=[])
    for path in roots_of(user):
        above = [path[:length] for length in range(Page.steplen, len(path), Page.steplen)]
        reach |= Q(path__startswith=path) | Q(path__in=above)
    return pages.filter(reach)


def own_page(user: Any, pk: Any, *, or_above: bool = False) -> None:
    path = Page.objects.filter(pk=pk).values_list("path", flat=True).first() if is_number(pk) else None
    for root in roots_of(user):
        if path and (path.startswith(root) or (or_above and root.startswith(path))):
            return
    raise Http404


def own_file(user: Any, model: type[Model], pk: Any, actions: Iterable[str]) -> None:
    """Answer 404 unless it lies in a collection where the person may do one of these."""
    held = policy_registry.get_by_type(model).instances_user_has_any_permission_for(user, list(actions))
    if not is_number(pk) or not held.filter(pk=pk).exists():
        raise Http404


def is_number(value: Any) -> bool:
    return str(value).isascii() and str(value).isdigit() and len(str(value)) < 19


# --- rules -------------------------------------------------------------------------------------


def anyone(request: HttpRequest, found: dict[str, Any]) -> None:
    """Nothing of any board is on it, or Wagtail narrows it to the person by itself."""


def nobody(request: HttpRequest, found: dict[str, Any]) -> None:
    raise PermissionDenied(_("This page of the desk is not used here."))


def council_wide(request: HttpRequest, found: dict[str, Any]) -> None:
    """Reports look across boards."""
    verdict = may(request.user, "see_log", None)
    if not verdict:
        raise PermissionDenied(verdict.why_not)


def page(*names: str, or_above: bool = False) -> Rule:
    def rule(request: HttpRequest, found: dict[str, Any]) -> None:
        for name in names:
            own_page(request.user, found[name], or_above=or_above)

    return rule


def pages_named(request: HttpRequest, found: dict[str, Any]) -> None:
    for pk in request.GET.getlist("id"):
        own_page(request.user, pk)


def file(model: Callable[[], type[Model]], name: str, *actions: str) -> Rule:
    def rule(request: HttpRequest, found: dict[str, Any]) -> None:
        own_file(request.user, model(), found[name], actions or ("change", "delete"))

    return rule


def files_named(model: Callable[[], type[Model]]) -> Rule:
    def rule(request: HttpRequest, found: dict[str, Any]) -> None:
        for pk in request.GET.getlist("id"):
            own_file(request.user, model(), pk, ("choose", "change"))

    return rule


def bulk(request: HttpRequest, found: dict[str, Any]) -> None:
    """Several pages, pictures or documents at once: each of them the person's own."""
    label = f"{found['app_label']}.{found['model_name']}".lower()
    rules = {
        "wagtailcore.page": lambda pk: own_page(request.user, pk),
        get_image_model()._meta.label_lower: lambda pk: own_file(request.user, get_image_model(), pk, ("change",)),
        get_document_model()._meta.label_lower: lambda pk: own_file(
            request.user, get_document_model(), pk, ("change",)
        ),
    }
    if label not in rules:
        raise Http404
    for pk in request.GET.getlist("id"):
        if pk != "all":
            rules[label](pk)
        elif label == "wagtailcore.page":
            own_page(request.user, request.GET.get("parentId") or request.GET.get("childOf"))


def editing(request: HttpRequest, found: dict[str, Any]) -> None:
    """Who else has it open: said only of what one may change oneself."""
    try:
        model = apps.get_model(found["app_label"], found["model_name"])
    except LookupError:
        raise Http404 from None
    pk = unquote(found["object_id"])
    if issubclass(model, Page):
        return own_page(request.user, pk)
    try:
        thing = model._default_manager.get(pk=pk)
    except (model.DoesNotExist, ValueError, OverflowError, ValidationError):
        raise Http404 from None
    if not policy_registry.get_by_type(model).user_has_permission_for_instance(request.user, "change", thing):
        raise Http404
    return None


def link_typed(request: HttpRequest, found: dict[str, Any]) -> None:
    """Wagtail falls over a post of its link form that leaves the address out."""
    if request.method == "POST" and "external-link-chooser-url" not in request.POST:
        raise BadRequest


PAGE, PARENT = page("page_id"), page("parent_page_id")
A_PICTURE, A_DOCUMENT = get_image_model, get_document_model

RULES: dict[str, Rule] = {
    "wagtailadmin_home": anyone,
    "wagtailadmin_account": anyone,
    "wagtailadmin_logout": anyone,
    "wagtailadmin_dismissibles": anyone,
    "wagtailadmin_sprite": anyone,
    "wagtailadmin_javascript_catalog": anyone,
    "wagtailadmin_block_preview": anyone,
    "wagtailadmin_error_test": nobody,
    "wagtailadmin_login": nobody,  # the middleware sends people to the site's own sign-in
    "wagtailadmin_password_reset": nobody,
    "wagtailadmin_password_reset_done": nobody,
    "wagtailadmin_password_reset_confirm": nobody,
    "wagtailadmin_password_reset_complete": nobody,
    # Pages
    "wagtailadmin_explore_root": anyone,
    "wagtailadmin_explore": page("parent_page_id", or_above=True),
    "wagtailadmin_explore_results": page("parent_page_id", or_above=True),
    "wagtailadmin_pages:add": PARENT,
    "wagtailadmin_pages:preview_on_add": PARENT,
    "wagtailadmin_pages:add_subpage": PARENT,
    "wagtailadmin_pages:choose_parent": nobody,
    "wagtailadmin_pages:type_use": nobody,
    "wagtailadmin_pages:type_use_results": nobody,
    "wagtailadmin_pages:usage": PAGE,
    "wagtailadmin_pages:edit": PAGE,
    "wagtailadmin_pages:preview_on_edit": PAGE,
    "wagtailadmin_pages:view_draft": PAGE,
    "wagtailadmin_pages:delete": PAGE,
    "wagtailadmin_pages:unpublish": PAGE,
    "wagtailadmin_pages:convert_alias": PAGE,
    "wagtailadmin_pages:search": anyone,
    "wagtailadmin_pages:search_results": anyone,
    "wagtailadmin_pages:move": page("page_to_move_id"),
    "wagtailadmin_pages:move_confirm": page("page_to_move_id", "destination_id"),
    "wagtailadmin_pages:set_page_position": page("page_to_move_id"),
    "wagtailadmin_pages:copy": PAGE,
    "wagtailadmin_pages:workflow_action": nobody,
    "wagtailadmin_pages:collect_workflow_action_data": nobody,
    "wagtailadmin_pages:confirm_workflow_cancellation": nobody,
    "wagtailadmin_pages:workflow_preview": nobody,
    "wagtailadmin_pages:workflow_history": nobody,
    "wagtailadmin_pages:workflow_history_detail": nobody,
    "wagtailadmin_pages:set_privacy": nobody,
    "wagtailadmin_pages:lock": PAGE,
    "wagtailadmin_pages:unlock": PAGE,
    "wagtailadmin_pages:revisions_index": PAGE,
    "wagtailadmin_pages:revisions_view": PAGE,
    "wagtailadmin_pages:revisions_revert": PAGE,
    "wagtailadmin_pages:revisions_unschedule": PAGE,
    "wagtailadmin_pages:revisions_compare": page("pk"),
    "wagtailadmin_pages:history": PAGE,
    "wagtailadmin_pages:history_results": PAGE,
    "wagtailadmin_choose_page": anyone,
    "wagtailadmin_choose_page_child": page("parent_page_id", or_above=True),
    "wagtailadmin_choose_page_search": anyone,
    "wagtailadmin_choose_page_chosen_multiple": pages_named,
    "wagtailadmin_choose_page_external_link": link_typed,
    "wagtailadmin_choose_page_email_link": anyone,
    "wagtailadmin_choose_page_phone_link": anyone,
    "wagtailadmin_choose_page_anchor_link": anyone,
    "wagtailadmin_api:pages:listing": anyone,
    "wagtailadmin_api:pages:detail": page("pk", or_above=True),
    "wagtailadmin_api:pages:find": nobody,
    "wagtailadmin_api:pages:action": nobody,
    "wagtail_bulk_action": bulk,
    "wagtailadmin_editing_sessions:ping": editing,
    "wagtailadmin_editing_sessions:release": anyone,
    # Tags are one list for all boards; offering them would say what others write about.
    "wagtailadmin_tag_autocomplete": nobody,
    "wagtailadmin_tag_model_autocomplete": nobody,
    # Pictures and documents
    "wagtailadmin_api:images:listing": nobody,
    "wagtailadmin_api:images:detail": nobody,
    "wagtailadmin_api:images:find": nobody,
    "wagtailadmin_api:documents:listing": nobody,
    "wagtailadmin_api:documents:detail": nobody,
    "wagtailadmin_api:documents:find": nobody,
    "wagtailimages:index": anyone,
    "wagtailimages:index_results": anyone,
    "wagtailimages:add": anyone,
    "wagtailimages:add_multiple": anyone,
    "wagtailimages:edit": file(A_PICTURE, "image_id"),
    "wagtailimages:delete": file(A_PICTURE, "image_id"),
    "wagtailimages:url_generator": nobody,
    "wagtailimages:url_generator_output": nobody,
    "wagtailimages:preview": file(A_PICTURE, "image_id", "choose", "change"),
    "wagtailimages:image_usage": file(A_PICTURE, "image_id"),
    "wagtailimages:edit_multiple": file(A_PICTURE, "image_id"),
    "wagtailimages:delete_multiple": file(A_PICTURE, "image_id"),
    "wagtailimages:create_multiple_from_uploaded_image": anyone,  # Wagtail asks who uploaded it
    "wagtailimages:delete_upload_multiple": anyone,
    "wagtailimages_chooser:choose": anyone,
    "wagtailimages_chooser:choose_results": anyone,
    "wagtailimages_chooser:chosen": file(A_PICTURE, "pk", "choose", "change"),
    "wagtailimages_chooser:chosen_multiple": files_named(A_PICTURE),
    "wagtailimages_chooser:create": anyone,
    "wagtailimages_chooser:select_format": file(A_PICTURE, "image_id", "choose", "change"),
    "wagtaildocs:index": anyone,
    "wagtaildocs:index_results": anyone,
    "wagtaildocs:add": anyone,
    "wagtaildocs:add_multiple": anyone,
    "wagtaildocs:edit": file(A_DOCUMENT, "document_id"),
    "wagtaildocs:delete": file(A_DOCUMENT, "document_id"),
    "wagtaildocs:document_usage": file(A_DOCUMENT, "document_id"),
    "wagtaildocs:edit_multiple": file(A_DOCUMENT, "doc_id"),
    "wagtaildocs:delete_multiple": file(A_DOCUMENT, "doc_id"),
    "wagtaildocs:create_multiple_from_uploaded_document": anyone,
    "wagtaildocs:delete_upload_multiple": anyone,
    "wagtaildocs_chooser:choose": anyone,
    "wagtaildocs_chooser:choose_results": anyone,
    "wagtaildocs_chooser:chosen": file(A_DOCUMENT, "pk", "choose", "change"),
    "wagtaildocs_chooser:chosen_multiple": files_named(A_DOCUMENT),
    "wagtaildocs_chooser:create": anyone,
    # The brand: Wagtail asks for cms.change_brand, which only administrators hold
    "wagtailsettings:edit": anyone,
    "wagtailsettings:preview_on_edit": anyone,
    # Looks across boards
    "wagtailadmin_reports:site_history": council_wide,
    "wagtailadmin_reports:site_history_results": council_wide,
    "wagtailadmin_reports:aging_pages": council_wide,
    "wagtailadmin_reports:aging_pages_results": council_wide,
    "wagtailadmin_reports:locked_pages": council_wide,
    "wagtailadmin_reports:locked_pages_results": council_wide,
}
CLOSED = (
    "wagtailusers_users",  # people and their roles have a screen of their own: one table says who may do what
    "wagtailusers_groups",
    "wagtailadmin_workflows",
    "wagtailadmin_reports",
    "wagtailadmin_collections",  # one for each board, made with its page
    "wagtailsites",
    "wagtailembeds",
)
"""Whole parts of Wagtail that nobody uses here. What RULES names is asked first."""


def rule_for(view_name: str) -> Rule | None:
    """Give the rule of one of Wagtail's addresses; None for an address that is not Wagtail's.

    Wagtail's are those whose namespace (or, without one, whose name) begins with "wagtail".
    """
    if view_name in RULES:
        return RULES[view_name]
    if view_name.partition(":")[0] in CLOSED or view_name.startswith("wagtail"):
        return nobody
    return None
