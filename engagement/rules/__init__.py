"""Plain arithmetic that several rooms share: hiding small numbers. No Django, clock or database."""
