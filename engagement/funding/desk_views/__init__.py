"""The officers' door: setting up a round, checking proposals, the count, the lots, the grants, the reports."""
