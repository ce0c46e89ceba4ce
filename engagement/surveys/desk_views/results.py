"""What a survey came to, in full, for its board's officers."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.permissions import officers_only
from engagement.surveys import queries_results as queries
from engagement.surveys.actions import counting
from engagement.surveys.desk_views.frame import own_survey
from engagement.surveys.desk_views.reading import page
from engagement.surveys.forms.reading import DeskCrossForm
from engagement.surveys.rules.counting import stops


@officers_only("see_unpublished")
@never_cache
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """Every question with nothing hidden, how far people came, and a table of any two things at any time."""
    survey = own_survey(request, pk, "see_unpublished")
    counted = counting.counts_now(survey)
    counts = counted.counts
    shape = queries.shape_of(survey)
    pages = Paginator(queries.in_pages(queries.sections(shape, counts, for_all=False)), 1)
    here = pages.get_page(request.GET.get("page", "1")[:6])
    form = DeskCrossForm(request.GET if "by" in request.GET else None, shape=shape)
    context: dict[str, object] = {
        "counted": counted,
        "sent": counting.sent_in(counts),
        "page": here,
        "sections": here.object_list[0],
        "shapes": queries.shapes_of(survey, here.object_list[0]),
        "form": form if shape.crossed else None,
        "is_first": here.number == 1,
    }
    if form.is_valid():
        row, by = shape.find(form.cleaned_data["question"]), form.cleaned_data["by"]
        table = row and queries.crossed(survey, counts, row, by, shape, for_all=False)
        context |= {"table": table, "crossed": row, "by": dict(queries.ways_to_cross(shape))[by]}
    if here.number == 1:
        areas = queries.areas(counts)
        context |= {
            "versions": sorted(counts.get("versions", {}).items(), key=lambda item: int(item[0])),
            "stops": stops(counts, shape.versions[0][1]) if shape.versions else (),
            "by_channel": queries.people_by(counts, queries.channels(counts), "c", for_all=False),
            "wards": queries.wards_beside(survey, counts, for_all=False),
            "by_area": queries.people_by(counts, areas, "a", for_all=False),
            # Equality answers are shown to officers just as to everyone.
            "groups": queries.groups_beside(survey),
        }
    return page(request, "results", survey, _("Results"), **context)
