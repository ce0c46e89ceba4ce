"""What someone asked for cannot be done."""


class Refused(Exception):
    """Its message is fit to show."""


class Unfit(Refused):
    """Answers that cannot be sent yet; `page_id` is the first page with something to put right."""

    def __init__(self, page_id: str, words: str) -> None:
        super().__init__(words)
        self.page_id = page_id
