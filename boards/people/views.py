"""A person's own pages."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from boards.people import proving
from boards.people.forms import CodeForm, DetailsForm
from boards.people.permissions import login_required
from boards.people.second_factor import has_second_factor


@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Say why the desk asks for a second factor, and lead to setting one up."""
    return TemplateResponse(request, "people/second_factor.html", {})


@login_required
def details(request: HttpRequest) -> HttpResponse:
    """Change the name one shows."""
    form = DetailsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Changed."))
        return redirect("people:details")
    return TemplateResponse(request, "people/details.html", {"form": form}, status=422 if form.errors else 200)


@login_required
def prove(request: HttpRequest) -> HttpResponse:
    """Show again that the account is one's own, by a code sent to its address, before something that matters.

    Leads on to whatever asked for it. Someone with a second factor shows that, and not their mailbox.
    """
    asked = request.POST.get("next") or request.GET.get("next", "")
    onward = asked if url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure()) else ""
    if has_second_factor(request.user):
        return redirect(resolve_url("account_reauthenticate") + ("?" + urlencode({"next": onward}) if onward else ""))
    form, sent = CodeForm(), proving.was_sent(request)
    if request.method == "POST" and "code" not in request.POST:
        sent = proving.send(request)
        if not sent:
            return TemplateResponse(request, "429.html", status=429)
    elif request.method == "POST":
        form = CodeForm(request.POST)
        if form.is_valid():
            try:
                proving.check(request, form.cleaned_data["code"])
            except proving.NotProved as refusal:
                form.add_error("code", str(refusal))
                sent = proving.was_sent(request)
            else:
                return proving.go_on(request, onward)
    words = {"form": form, "sent": sent, "next": onward}
    return TemplateResponse(request, "people/prove.html", words, status=422 if form.errors else 200)
