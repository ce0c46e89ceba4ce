"""Everything that changes what we know, one module for each idea."""
