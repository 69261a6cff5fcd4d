"""Pixels to facts: a folder a task, a file a model family, cards beside them."""
