"""Duplicates: which pictures are versions of one picture, and which only show the same scene."""
