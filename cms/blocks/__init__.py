"""What a page is built from, a module each.

Blocks of words hold what someone typed. Blocks of facts hold only a heading: what they show is
asked of the rooms when the page is read, so a page never says what is no longer so.
"""

from cms.blocks.call_to_action import CallToActionBlock
from cms.blocks.needs import NeedsBlock
from cms.blocks.news import NewsBlock
from cms.blocks.next_meeting import NextMeetingBlock
from cms.blocks.open_now import OpenNowBlock
from cms.blocks.outcomes import OutcomesBlock
from cms.blocks.people import PeopleBlock
from cms.blocks.picture import PictureBlock
from cms.blocks.pot import PotBlock
from cms.blocks.quote import QuoteBlock
from cms.blocks.text import TextBlock

STORY_BODY = [
    ("text", TextBlock()),
    ("picture", PictureBlock()),
    ("quote", QuoteBlock()),
    ("call_to_action", CallToActionBlock()),
]
BOARD_BODY = [
    ("open_now", OpenNowBlock()),
    ("needs", NeedsBlock()),
    ("pot", PotBlock()),
    ("outcomes", OutcomesBlock()),
    ("news", NewsBlock()),
    ("next_meeting", NextMeetingBlock()),
    ("people", PeopleBlock()),
    *STORY_BODY,
]
HOME_BODY = [("news", NewsBlock()), *STORY_BODY]
