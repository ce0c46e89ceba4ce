"""Everything that changes a conversation: answering, statements, running it, and working out its results."""
