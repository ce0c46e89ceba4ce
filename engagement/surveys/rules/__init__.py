"""What a survey asks, which of it is shown, and which answers fit. No Django, clock or database."""
