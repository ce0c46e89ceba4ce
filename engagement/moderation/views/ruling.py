"""The rules: for everyone to read, with what came of them each month; and for administrators to change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from boards.people.permissions import officers_only, open_to_all
from engagement.moderation import actions, permissions, queries
from engagement.moderation.forms import WHY_HIDDEN, RuleForm
from engagement.moderation.models import Objection, Rule
from engagement.moderation.queries import totals
from engagement.moderation.queries.marked import with_marks
from engagement.moderation.queries.rules import all_rules, found_in, rule_by_key

MONTHS = 12


@open_to_all
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in words, why something is not shown, and what was done in one whole month."""
    month = month_asked(request.GET.get("month", ""))
    found = totals.the_month(month)
    kinds = queries.kinds()
    context = {
        "rules": [(each, rule_in_words(each)) for each in all_rules() if each.is_on],
        "reasons": [label for _value, label in WHY_HIDDEN],
        "month": found,
        "months": [(each, each == month) for each in months_back(timezone.localdate())],
        "came": [(str(kinds[label]._meta.verbose_name_plural).capitalize(), n) for label, n in found.came.items()],
        "held": named(found.held, dict(Rule.Kind.choices)),
        "hidden": named(found.hidden, dict(WHY_HIDDEN)),
        "objections": named(found.objections, dict(Objection.Outcome.choices)),
        "crumbs": [(_("Home"), "/"), (_("The rules for what is shown"), "")],
    }
    return TemplateResponse(request, "moderation/rules.html", context)


def named(counts: Mapping[str, int | None], labels: Mapping[Any, Any]) -> list[tuple[str, int | None]]:
    return [(str(labels.get(value, value)), count) for value, count in counts.items()]


def months_back(today: date) -> list[date]:
    """Give the first days of the last whole months, the newest first."""
    months, at = [], totals.last_whole_month(today)
    for _back in range(MONTHS):
        months.append(at)
        at = totals.last_whole_month(at)
    return months


def month_asked(asked: str) -> date:
    months = months_back(timezone.localdate())
    return next((each for each in months if each.strftime("%Y-%m") == asked), months[0])


def rule_in_words(rule: Rule) -> str:
    """Say how a rule works, as the public reads it. The words of a list are not printed: that would spread them."""
    if rule.kind == Rule.Kind.WORDS:
        language = language_name(rule.language)
        return _("%(language)s: %(n)d words and phrases.") % {"language": language, "n": len(rule.lines())}
    if rule.kind == Rule.Kind.MAIL_DOMAIN:
        return _("%(n)d services that give out addresses to throw away.") % {"n": len(rule.lines())}
    if rule.kind == Rule.Kind.ALIKE:
        return _("When %(n)d others say nearly the same within %(hours)d hours.") % {
            "n": rule.number,
            "hours": rule.hours,
        }
    if rule.kind == Rule.Kind.BURST:
        return _("From the %(n)dth on within %(hours)d hours.") % {"n": (rule.number or 0) + 1, "hours": rule.hours}
    if rule.kind == Rule.Kind.REPORTED:
        return _("When %(n)d people have reported it.") % {"n": rule.number}
    return ""


def language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


# --- the desk ----------------------------------------------------------------------------------


@officers_only("set_moderation_rules")
def desk_rules(request: HttpRequest) -> HttpResponse:
    """Every rule, whether it is on, and what it says of itself. A text can be tried against all of them."""
    standing = all_rules()
    sample = request.POST.get("sample", "")[:10_000] if request.method == "POST" else ""
    tried = [
        (rule, with_marks(sample, found_in(sample, rule))) for rule in standing if sample and found_in(sample, rule)
    ]
    listed = {rule.language for rule in standing if rule.kind == Rule.Kind.WORDS}
    context = {
        "page_title": _("The rules that hold something for a look"),
        "header_icon": "list-ul",
        "rules": [(rule, rule_in_words(rule)) for rule in standing],
        "languages": [(code, language_name(code)) for code, _name in settings.LANGUAGES if code not in listed],
        "sample": sample,
        "tried": tried,
    }
    return TemplateResponse(request, "moderation/desk/rules.html", context)


@officers_only("set_moderation_rules")
def desk_rule(request: HttpRequest, rule: str) -> HttpResponse:
    """Change one rule; try a text against it before it is kept."""
    assert request.user.is_authenticated  # noqa: S101
    found = rule_by_key(rule) or new_list(rule)
    if found is None:
        raise Http404
    if not permissions.may_set_rules(request.user):
        raise PermissionDenied
    form = RuleForm(request.POST or None, rule=found)
    tried = None
    if request.method == "POST" and form.is_valid():
        if request.POST.get("act") == "try":
            sample = form.cleaned_data["sample"]
            tried = with_marks(sample, found_in(sample, form.as_rule()))
        else:
            actions.change_rule(rule=found, by=request.user, now=timezone.now(), **form.changes())
            messages.success(request, _("Kept. It holds what is sent in from now on."))
            return redirect(reverse("moderation_desk:rules"))
    context = {
        "page_title": str(found),
        "header_icon": "list-ul",
        "form": form,
        "rule": found,
        "tried": tried,
    }
    return TemplateResponse(request, "moderation/desk/rule.html", context, status=422 if form.errors else 200)


def new_list(key: str) -> Rule | None:
    """Give an empty word list for a language of this site that has none."""
    kind, _dash, language = key.partition("-")
    if kind != Rule.Kind.WORDS or language not in dict(settings.LANGUAGES):
        return None
    return Rule(kind=kind, language=language, is_on=False, why=_("It has a word that often hurts people."))
