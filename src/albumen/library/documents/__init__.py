"""The documents of a library: recognised among photos, read page by page, found by what they say, and asked."""
