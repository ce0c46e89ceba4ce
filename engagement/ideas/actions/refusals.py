"""What every action here raises when it says no."""


class IdeaRefused(Exception):
    """Its message is fit to show the person."""
