"""The refusals of this room. Each message is fit to show."""


class Refused(Exception):
    """What was asked cannot be done now; its message says why."""


class VoteRefused(Refused):
    """The vote was not counted."""


class CountRefused(Refused):
    """The count did not happen, and nothing changed."""


class AwardRefused(Refused):
    """No grant was awarded."""
