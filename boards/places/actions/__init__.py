"""Bring areas, postcodes and boards in from files: all of a file, or none of it."""
