"""The boards and the people in them: where someone lives, who they are, what they may do."""
