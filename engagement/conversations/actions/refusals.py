"""What the actions of this room raise."""


class Refused(Exception):
    """Its message is fit to show the person."""
