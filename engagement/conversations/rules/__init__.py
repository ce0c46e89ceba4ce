"""Plain arithmetic of a conversation: which statement comes next (order), and what people's answers come to (opinion)."""
