"""Wagtail pages and blocks: the front door of each board.

Pages hold words and pictures; every fact on them comes from a room's queries."""
