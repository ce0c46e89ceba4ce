"""Page types, a module each."""
