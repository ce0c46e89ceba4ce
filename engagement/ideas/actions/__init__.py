"""Everything that changes something, an idea a module; by name from here for the views and the demo."""

from engagement.ideas.actions.answering import answer, tell_the_writer
from engagement.ideas.actions.backing import back, follow, stop_following, take_back
from engagement.ideas.actions.calls import change_call, open_any_time_call, open_call
from engagement.ideas.actions.merging import bring_into, take_apart
from engagement.ideas.actions.proposing import MOST_A_DAY, propose, store, write_down
from engagement.ideas.actions.refusals import IdeaRefused
from engagement.ideas.actions.shaping import add_picture, change_words, drop_picture, invite, join, leave
from engagement.ideas.actions.talking import comment, reply

__all__ = [
    "MOST_A_DAY", "IdeaRefused", "add_picture", "answer", "back", "bring_into", "change_call", "change_words",
    "comment", "drop_picture", "follow", "invite", "join", "leave", "open_any_time_call", "open_call", "propose",
    "reply", "stop_following", "store", "take_apart", "take_back", "tell_the_writer", "write_down",
]  # fmt: skip
