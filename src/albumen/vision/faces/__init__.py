"""Faces: where they are, whose they are, how they look, and who is the same person."""
