"""What groups and voters fill in."""
