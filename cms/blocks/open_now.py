"""What people can take part in today."""

from django.utils.translation import gettext_lazy as _

from cms.blocks.facts import FactsBlock


class OpenNowBlock(FactsBlock):
    """Polls, ideas calls and grant rounds that are open, the one closing first at the top."""

    class Meta:
        icon = "date"
        label = _("What is open now")
        template = "cms/blocks/open_now.html"
