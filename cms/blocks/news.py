"""News."""

from django.utils.translation import gettext_lazy as _

from cms.blocks.facts import FactsBlock


class NewsBlock(FactsBlock):
    """The latest news of the page's board, or of the council."""

    class Meta:
        icon = "doc-full"
        label = _("News")
        template = "cms/blocks/news.html"
