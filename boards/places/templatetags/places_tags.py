"""`{% load places_tags %}{% find_board_form %}`: the box that leads to a board, for any page."""

from __future__ import annotations

from django import template

from boards.places.forms import FindForm

register = template.Library()


@register.inclusion_tag("places/_find_board_form.html")
def find_board_form(*, button: str = "") -> dict[str, object]:
    """A box for a postcode or a name, and a button. One on a page: its field has an id."""
    return {"form": FindForm(auto_id="find-board-%s"), "button": button}
