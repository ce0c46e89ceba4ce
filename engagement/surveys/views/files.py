"""Files people handed in with their answers: for the board's officers, as an attachment, and never shown in a page."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from boards.people.permissions import officers_only
from engagement.surveys import permissions
from engagement.surveys.actions.files import note_opening
from engagement.surveys.models import Upload
from engagement.surveys.views.frame import the_survey


@officers_only("see_unpublished")
@never_cache
def file(request: HttpRequest, board_slug: str, slug: str, public_id: str) -> FileResponse:
    """Hand out one file. To anyone else it is not there."""
    survey = the_survey(board_slug, slug)
    upload = get_object_or_404(Upload.objects.select_related("response"), survey=survey, public_id=public_id)
    upload.survey = survey
    if not permissions.may_open_upload(request.user, upload):
        raise Http404
    note_opening(upload=upload, by=request.user)
    answer = FileResponse(upload.file.open("rb"), as_attachment=True, filename=upload.name, content_type=upload.kind)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = (
        "default-src 'none'; sandbox; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return answer
