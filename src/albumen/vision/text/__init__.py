"""Text in pictures: where it stands and what it says."""
