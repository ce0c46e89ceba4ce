"""The board's money."""

from django.utils.translation import gettext_lazy as _

from cms.blocks.facts import FactsBlock


class PotBlock(FactsBlock):
    """The pot of this financial year: what there is, what was given, what is left."""

    class Meta:
        icon = "table"
        label = _("The pot")
        template = "cms/blocks/pot.html"
