"""Everything that changes something, an idea a module."""
