"""TIFF files of several pages, as scanners and fax machines write them."""

import io
import warnings
from typing import Any

from PIL import TiffImagePlugin

from albumen.core.arrays import Image
from albumen.core.errors import NotFound, TooLarge, Unreadable
from albumen.media.canvas import LIMITS, plain
from albumen.media.formats import Format
from albumen.media.pillow import decode_with_pillow

MOST_PAGES = 10_000
_SUBFILE, _ORIENTATION = 254, 274
_NO_PAGE = 1 | 4
"""Bits of the kind of a frame: a smaller version of another, a mask."""


def pages(data: bytes) -> tuple[tuple[int, int], ...]:
    """Return the frame and the orientation (1 to 8) of each page; smaller versions and masks are no pages."""
    try:
        with warnings.catch_warnings(action="ignore"), TiffImagePlugin.TiffImageFile(io.BytesIO(data)) as picture:
            found = tuple(_pages(picture))
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"The TIFF file is damaged: {plain(error)}.") from error
    return found or ((0, 1),)


def page(data: bytes, number: int, *, at_least: int) -> Image:
    """Return a page, counted from 1, upright, its long side at most `at_least`."""
    found = pages(data)
    if not 1 <= number <= len(found):
        raise NotFound(f"The TIFF file has {len(found)} pages and no page {number}.")
    frame, orientation = found[number - 1]
    return decode_with_pillow(data, Format.TIFF, orientation, at_least, LIMITS, frame=frame).canvas


def _pages(picture: TiffImagePlugin.TiffImageFile) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    frame = 0
    while True:
        try:
            picture.seek(frame)
        except EOFError:
            return found
        tags: Any = picture.tag_v2
        turn: Any = tags.get(_ORIENTATION, 1)
        if not int(tags.get(_SUBFILE, 0)) & _NO_PAGE:
            found.append((frame, turn if turn in range(1, 9) else 1))
        frame += 1
        if frame > MOST_PAGES:
            raise TooLarge(f"The TIFF file has more than {MOST_PAGES:,} pages; split it.")
