"""The public door, and the officers' pages behind the desk."""
