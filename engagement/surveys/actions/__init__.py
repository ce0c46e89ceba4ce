"""Everything that changes a survey or what came in."""
