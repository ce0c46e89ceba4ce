"""Who to speak to."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks.facts import FactsBlock


class PeopleBlock(FactsBlock):
    """The chair and the coordinator, from the table of roles, and how to reach them."""

    telephone = blocks.CharBlock(required=False, max_length=40, label=_("Telephone"))
    email = blocks.EmailBlock(
        required=False, label=_("E-mail"), help_text=_("The board's own address. Nobody's own address is shown.")
    )
    address = blocks.TextBlock(required=False, max_length=300, rows=3, label=_("Where to find you, and when"))

    class Meta:
        icon = "group"
        label = _("People and contact")
        template = "cms/blocks/people.html"
