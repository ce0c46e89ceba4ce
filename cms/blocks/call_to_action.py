"""One thing to do next."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError


class CallToActionBlock(blocks.StructBlock):
    """A sentence and a button, to a page of this site or to an address elsewhere."""

    title = blocks.CharBlock(max_length=90, label=_("Title"))
    text = blocks.TextBlock(required=False, max_length=300, rows=2, label=_("Text"))
    button = blocks.CharBlock(max_length=40, label=_("Words on the button"))
    page = blocks.PageChooserBlock(required=False, label=_("Page of this site"))
    address = blocks.CharBlock(
        required=False,
        max_length=300,
        label=_("Or an address"),
        help_text=_("/boards/my-board/ideas/ on this site, or https://… elsewhere."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        address = cleaned.get("address") or ""
        if not cleaned.get("page") and not address:
            raise StructBlockValidationError(
                block_errors={"address": ValidationError(_("Choose a page, or type an address."))}
            )
        if address and not is_safe_address(address):
            raise StructBlockValidationError(
                block_errors={"address": ValidationError(_("Begin the address with / or https://"))}
            )
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        page, address = value.get("page"), value.get("address") or ""
        context["href"] = page.url if page and page.live else address if is_safe_address(address) else ""
        return context

    class Meta:
        icon = "link"
        label = _("Something to do")
        template = "cms/blocks/call_to_action.html"


def is_safe_address(address: str) -> bool:
    """An address of this site, or a secure one elsewhere: never a script, never //elsewhere."""
    if any(ord(letter) <= 32 or letter == "\\" for letter in address):
        return False
    return (address.startswith("/") and not address.startswith("//")) or address.startswith("https://")
