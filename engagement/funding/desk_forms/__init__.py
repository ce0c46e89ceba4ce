"""What officers fill in at the desk."""
