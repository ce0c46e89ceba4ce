"""The forms of this room: sending, talking, asking the wall, and the desk's."""

from engagement.ideas.forms.asking import asked_of, query_with
from engagement.ideas.forms.desk import AnswerForm, BringIntoForm, CallForm, ReplyForm
from engagement.ideas.forms.proposing import PAGES, IdeaForm, WriteDownForm
from engagement.ideas.forms.talking import BackForm, ChangeForm, CommentForm, InviteForm, PictureForm

__all__ = [
    "PAGES", "AnswerForm", "BackForm", "BringIntoForm", "CallForm", "ChangeForm", "CommentForm", "IdeaForm",
    "InviteForm", "PictureForm", "ReplyForm", "WriteDownForm", "asked_of", "query_with",
]  # fmt: skip
