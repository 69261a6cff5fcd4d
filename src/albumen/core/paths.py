"""File names as people see them; they are bytes and need not be text."""


def shown(path: bytes) -> str:
    """Return a path as text: UTF-8, with bytes that are none written as \\xNN, and no control signs."""
    text = path.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
