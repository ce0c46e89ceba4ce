"""What a board and its people do together: know, ask, decide, answer."""
