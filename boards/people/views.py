"""A person's own pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from boards.people.permissions import login_required


@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Say why the desk asks for a second factor, and lead to setting one up."""
    return TemplateResponse(request, "people/second_factor.html", {})
