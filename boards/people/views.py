"""A person's own pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from boards.people.forms import DetailsForm
from boards.people.permissions import login_required


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
