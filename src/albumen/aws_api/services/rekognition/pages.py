"""Pagination tokens: where to go on, opaque to clients, refused when they are not ours."""

import base64
import binascii

from albumen.aws_api.errors import Fault

MARK = "albumen:"


def token(position: str | int) -> str:
    """Return a token for a position."""
    return base64.urlsafe_b64encode(f"{MARK}{position}".encode()).decode()


def position(text: str | None) -> str:
    """Return the position that a token holds, empty for none; AWS's own samples begin with an empty token."""
    if not text:
        return ""
    try:
        decoded = base64.b64decode(text.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        decoded = ""
    if not decoded.startswith(MARK):
        raise Fault("InvalidPaginationTokenException", "Invalid Pagination Token")
    return decoded.removeprefix(MARK)


def number(text: str | None) -> int:
    """Return the number that a token holds, zero for none."""
    found = position(text)
    if found and not found.isdigit():
        raise Fault("InvalidPaginationTokenException", "Invalid Pagination Token")
    return int(found or 0)
