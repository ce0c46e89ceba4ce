"""What each kind of question says of itself, so that nobody has to write it: "Choose 2 or 3."."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagement.surveys.rules.answers import plain_number
from engagement.surveys.rules.schema import Kind, Question


def hint_of(question: Question) -> str:
    """Give the hint of a question's kind and limits, or "" where its words say enough."""
    match question.kind:
        case Kind.SEVERAL:
            return _several(question)
        case Kind.DATE:
            if question.earliest and question.latest:
                return _("From %(earliest)s to %(latest)s, such as 27 3 2026.") % {
                    "earliest": date_format(question.earliest, "j F Y"),
                    "latest": date_format(question.latest, "j F Y"),
                }
            return _("Such as 27 3 2026.")
        case Kind.NUMBER:
            return _number(question)
        case Kind.SCALE:
            if any(question.ends):
                return _("%(first)s means %(left)s. %(last)s means %(right)s.") % {
                    "first": question.values[0], "last": question.values[-1],
                    "left": question.ends[0] or "…", "right": question.ends[1] or "…",
                }  # fmt: skip
            return ""
        case Kind.RANKING:
            many = int(question.most or len(question.choices))
            if many < len(question.choices):
                return ngettext(
                    "Give the number 1 to the one you like best. Leave the others empty.",
                    "Give 1 to the one you like best, 2 to the next, and so on up to %(many)s. Leave the others empty.",
                    many,
                ) % {"many": many}
            return _("Give 1 to the one you like best, 2 to the next, and so on. You can leave some empty.")
        case Kind.POINTS:
            return _("Share %(points)s points between them. Give more to what matters more to you.") % {
                "points": question.points
            }
        case Kind.PLACE:
            return _("Say it in your own words, or choose the ward. One of the two is enough.")
        case Kind.FILE:
            return _(
                "A photo (JPEG, PNG or WebP), a PDF, or a Word or OpenDocument text, up to 10 MB. "
                "We take out where and when a photo was taken."
            )
        case Kind.POSTCODE:
            return _("Such as HP10 0AA.")
        case _:
            return ""


def _several(question: Question) -> str:
    least, most = int(question.least or 0), int(question.most or 0)
    together = sum(not choice.exclusive for choice in question.choices)
    if least > 1 and most < together:
        if least == most:
            return _("Choose %(most)s.") % {"most": most}
        return _("Choose from %(least)s to %(most)s.") % {"least": least, "most": most}
    if most < together:
        return ngettext("Choose 1 only.", "Choose up to %(most)s.", most) % {"most": most}
    if least > 1:
        return _("Choose at least %(least)s.") % {"least": least}
    return _("Choose all that are true for you.")


def _number(question: Question) -> str:
    least = plain_number(question.least) if question.least is not None else ""
    most = plain_number(question.most) if question.most is not None else ""
    if least and most:
        return _("From %(least)s to %(most)s.") % {"least": least, "most": most}
    if least:
        return _("%(least)s or more.") % {"least": least}
    if most:
        return _("%(most)s or less.") % {"most": most}
    return ""
