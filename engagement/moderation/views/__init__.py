"""What everyone sees of moderation, and the queue at the desk."""
