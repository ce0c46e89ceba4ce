"""The public doors of surveys."""
