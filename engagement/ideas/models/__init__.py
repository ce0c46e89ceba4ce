"""The tables of this room, a module for each idea."""

from engagement.ideas.models.calls import ANY_TIME, IdeasCall, IdeasCallQuerySet
from engagement.ideas.models.ideas import Backing, Following, Idea, IdeaQuerySet, StatusChange, new_card, new_reference
from engagement.ideas.models.shaping import CoAuthor, IdeaPicture, Merging, Version
from engagement.ideas.models.talk import BoardReply, Comment

__all__ = [
    "ANY_TIME", "Backing", "BoardReply", "CoAuthor", "Comment", "Following", "Idea", "IdeaPicture", "IdeaQuerySet",
    "IdeasCall", "IdeasCallQuerySet", "Merging", "StatusChange", "Version", "new_card", "new_reference",
]  # fmt: skip
