"""PDF pages through PDFium: pixels, and the words of the text layer. `Any` stands for its untyped parts."""

import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2

from albumen.core.errors import MediaError, TooLarge, Unreadable
from albumen.documents.document import Box, Line, Word
from albumen.documents.pages import Sheet

_DOTS = 200 / 72  # pixels per point: 200 dots an inch
_LEAST = 1000  # long side in pixels of a small page
_RAW: Any = pypdfium2.raw
_LOCK = threading.Lock()  # PDFium is not safe to enter twice at a time
_PASSWORD = 4
_PAD = 0.06
_TURNED = 0.1  # sine of the angle above which letters are a watermark or stamp, not text of the page


def sheets(data: bytes, *, longest: int, most_pages: int) -> Iterator[Sheet]:
    """Yield the pages of a PDF; scripts in it are never run."""
    with _LOCK:
        document = _open(data)
        count = len(document)
    try:
        if not 0 < count <= most_pages:
            raise TooLarge(f"the PDF has {count} pages; from 1 to {most_pages} can be read; split it")
        for number in range(count):
            with _LOCK:
                sheet = _sheet(document, number, longest)
            yield sheet
    finally:
        with _LOCK:
            document.close()


def _open(data: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _explained(error) from None


def _explained(error: pypdfium2.PdfiumError) -> MediaError:
    if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
        return Unreadable("the PDF is locked with a password; remove the password and try again")
    return Unreadable(f"the PDF is damaged or cut off: {error}; get the file again")


def _sheet(document: Any, number: int, longest: int) -> Sheet:
    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"page {number + 1} of the PDF cannot be read: {error}; get the file again") from None
    try:
        width, height = page.get_size()
        side = max(width, height, 1.0)
        scale = min(max(_DOTS, _LEAST / side), longest / side)
        pixels = page.render(scale=scale, rev_byteorder=True, may_draw_forms=True).to_numpy()
        image = np.ascontiguousarray(pixels[:, :, :3]) if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, 2)
        return Sheet(number + 1, image, _layer(page, scale, float(height)))
    finally:
        page.close()


def _layer(page: Any, scale: float, height: float) -> tuple[Line, ...] | None:
    """Return the words that the page holds as text; None if it holds none, stands turned, or they are unsound."""
    if page.get_rotation():
        return None
    text = page.get_textpage()
    try:
        count = text.count_chars()
        letters = text.get_text_range(0, count) if count else ""
        if len(letters) != count or not letters.strip() or _unsound(letters):
            return None
        boxes = [text.get_charbox(i) for i in range(count)]
        turned = [abs(math.sin(_RAW.FPDFText_GetCharAngle(text, i))) > _TURNED for i in range(count)]
    finally:
        text.close()
    letters = "".join("\n" if slanted else letter for letter, slanted in zip(letters, turned, strict=True))
    words = _words(letters, [Box(b[0], height - b[3], b[2], height - b[1]) for b in boxes], scale)
    return tuple(words) or None


def _unsound(letters: str) -> bool:
    """Say whether letters stand for no character anybody can read: a font without a map."""
    odd = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or (c < " " and c not in "\r\n\t") for c in letters)
    return odd > 0.02 * len(letters)


def _words(letters: str, boxes: list[Box], scale: float) -> Iterator[Line]:
    """Yield the lines of a text layer: words end at white space, lines at line ends."""
    line: list[Word] = []
    word: list[int] = []
    for i, letter in enumerate((*letters, "\n")):
        if not letter.isspace():
            word.append(i)
            continue
        if word:
            line.append(_word(letters, boxes, word, scale))
            word = []
        if letter in "\r\n" and line:
            yield Line(tuple(_padded(line)))
            line = []


def _padded(line: list[Word]) -> Iterator[Word]:
    """Give words the little room to the left and above that read words have."""
    pad = _PAD * max(word.box.height for word in line)
    for word in line:
        left, top, right, bottom = word.box
        yield replace(word, box=Box(left - pad, top - pad, right, bottom))


def _word(letters: str, boxes: list[Box], members: list[int], scale: float) -> Word:
    inked = [boxes[i] for i in members if boxes[i].width > 0 or boxes[i].height > 0] or [boxes[members[0]]]
    lefts, tops, rights, bottoms = zip(*inked, strict=True)
    box = Box(min(lefts) * scale, min(tops) * scale, max(rights) * scale, max(bottoms) * scale)
    return Word("".join(letters[i] for i in members), 0.999, box)
