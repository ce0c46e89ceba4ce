"""What this place needs."""

from django.utils.translation import gettext_lazy as _

from cms.blocks.facts import FactsBlock


class NeedsBlock(FactsBlock):
    """Needs, with voices and figures side by side."""

    class Meta:
        icon = "list-ul"
        label = _("Needs")
        template = "cms/blocks/needs.html"
