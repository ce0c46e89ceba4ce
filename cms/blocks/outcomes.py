"""What came of it."""

from django.utils.translation import gettext_lazy as _

from cms.blocks.facts import FactsBlock


class OutcomesBlock(FactsBlock):
    """The latest outcomes: we asked, you said, we did, we did not."""

    class Meta:
        icon = "history"
        label = _("What came of it")
        template = "cms/blocks/outcomes.html"
