"""Someone's words, set apart."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class QuoteBlock(blocks.StructBlock):
    """Words said to the board for publication. What residents said as evidence stands on its need."""

    words = blocks.TextBlock(max_length=600, rows=3, label=_("Words"))
    who = blocks.CharBlock(required=False, max_length=120, label=_("Who said it"))

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "cms/blocks/quote.html"
