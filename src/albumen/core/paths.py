"""File names as people see them; they are bytes and need not be text."""


def named(path: bytes) -> dict[str, str]:
    """Return a path as programs read it: `path` as shown, and where that is no UTF-8, its bytes in `path_hex`."""
    try:
        path.decode()
    except UnicodeDecodeError:
        return {"path": shown(path), "path_hex": path.hex()}
    return {"path": path.decode()}


def shown(path: bytes) -> str:
    """Return a path as text: UTF-8, with bytes that are none written as \\xNN, and no control signs."""
    text = path.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
