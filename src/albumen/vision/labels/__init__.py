"""What a picture as a whole shows."""
