"""What people fill in: a page of questions, where to send it from, the equality questions, a code."""
