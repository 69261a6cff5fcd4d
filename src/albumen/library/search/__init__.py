"""Finds assets by a sentence: parts that filter, words and pixels that score, and reasons for each result."""
