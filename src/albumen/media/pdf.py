"""PDF files through PDFium: pages as pixels, the letters that they hold, and what the file says of itself.

No script or form action is ever run: PDFium is built without an engine for them, and no form environment is made.
`Any` stands for PDFium's untyped parts.
"""

import contextlib
import math
import threading
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any, BinaryIO

import numpy as np
import pypdfium2

from albumen.core.arrays import Floats, Image
from albumen.core.errors import MediaError, TooLarge, Unreadable
from albumen.media.dates import Moment, doubt, parse
from albumen.media.leaf import Glyphs, Leaf
from albumen.media.record import DateSource, Metadata, ZoneSource

MOST_PAGES = 10_000
DOTS = 200 / 72
"""Pixels a point: 200 dots an inch."""
LEAST = 1000
"""Long side in pixels of a small page."""
TURNED = 0.1
"""Sine of the angle above which letters are a watermark or a stamp, not text of the page."""
_RAW: Any = pypdfium2.raw
_LOCK = threading.Lock()  # PDFium is not safe to enter twice at a time
_PASSWORD = 4


class Pdf:
    """An open PDF; from any thread, one call at a time."""

    def __init__(self, document: Any, count: int) -> None:
        self._document = document
        self.count = count

    def leaf(self, number: int, *, longest: int) -> Leaf:
        """Return a page, counted from 1, at 200 dots an inch but at most `longest` pixels, with its letters."""
        with _LOCK, self._page(number) as page:
            side = max(*page.get_size(), 1.0)
            image, place = _drawn(page, min(max(DOTS, LEAST / side), longest / side))
            return Leaf(number, image, _glyphs(page, place))

    def picture(self, number: int, *, long_side: int) -> Image:
        """Return a page as pixels (h, w, 3) of such a long side."""
        with _LOCK, self._page(number) as page:
            return _drawn(page, long_side / max(*page.get_size(), 1.0))[0]

    def size(self, number: int) -> tuple[int, int]:
        """Return the width and height of a page in pixels at 200 dots an inch."""
        with _LOCK, self._page(number) as page:
            width, height = (max(1, round(DOTS * float(side))) for side in page.get_size())
            return width, height

    def metadata(self) -> Metadata:
        """Return what the file says of itself."""
        with _LOCK:
            said: dict[str, str] = self._document.get_metadata_dict(skip_empty=True)
        return told({key: " ".join(value.replace("\0", "").split()) for key, value in said.items()})

    @contextlib.contextmanager
    def _page(self, number: int) -> Generator[Any]:
        try:
            page = self._document[number - 1]
        except (pypdfium2.PdfiumError, IndexError) as error:
            raise Unreadable(f"Page {number} of the PDF cannot be read: {error}; get the file again.") from None
        try:
            yield page
        finally:
            page.close()


@contextlib.contextmanager
def open_pdf(source: bytes | BinaryIO, *, most_pages: int = MOST_PAGES) -> Generator[Pdf]:
    """Open a PDF; raise a `MediaError` where it is locked, damaged, empty or endless."""
    with _LOCK:
        document = _open(source)
        count = len(document)
    try:
        if not count:
            raise Unreadable("The PDF is damaged: it has no pages; get the file again.")
        if count > most_pages:
            raise TooLarge(f"The PDF has {count:,} pages and at most {most_pages:,} are read; split it.")
        yield Pdf(document, count)
    finally:
        with _LOCK:
            document.close()


def _open(source: bytes | BinaryIO) -> Any:
    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        raise _explained(error) from None


def _explained(error: pypdfium2.PdfiumError) -> MediaError:
    if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
        return Unreadable("The PDF is locked with a password; remove the password and try again.")
    return Unreadable(f"The PDF is damaged or cut off: {error}; get the file again.")


def _drawn(page: Any, scale: float) -> tuple[Image, Any]:
    """Return a page's pixels and PDFium's converter from points of the page to places on them."""
    bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
    pixels = bitmap.to_numpy()
    image = np.ascontiguousarray(pixels[:, :, :3]) if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, 2)
    return image, bitmap.get_posconv(page)


def _glyphs(page: Any, place: Any) -> Glyphs | None:
    """Return the letters of a page; None if it holds none, or more or fewer than it counts."""
    text = page.get_textpage()
    try:
        count = text.count_chars()
        letters = text.get_text_range(0, count) if count else ""
        if len(letters) != count or not letters.strip():
            return None
        boxes = np.array([text.get_charbox(i) for i in range(count)], np.float64)
        turn = math.radians(page.get_rotation())  # a letter's angle is that on the page before it is turned
        angles = np.array([_RAW.FPDFText_GetCharAngle(text, i) for i in range(count)]) + turn
        return Glyphs(letters, _placed(boxes, place), np.abs(np.sin(angles)) > TURNED)
    finally:
        text.close()


def _placed(boxes: np.ndarray[Any, np.dtype[np.float64]], place: Any) -> Floats:
    """Return boxes (n, 4: left, bottom, right, top in points) as left, top, right, bottom in pixels."""
    far = 1000.0  # PDFium answers in whole pixels, so the map is measured over a long way
    origin, across, up = (np.array(place.to_bitmap(*at), np.float64) for at in ((0, 0), (far, 0), (0, far)))
    map = np.stack([across - origin, up - origin]) / far
    corners = np.stack([boxes[:, :2] @ map + origin, boxes[:, 2:] @ map + origin])
    return np.concatenate([corners.min(0), corners.max(0)], 1).astype(np.float32)


def told(said: dict[str, str], *, now: datetime | None = None) -> Metadata:
    """Return a PDF's own words as metadata: its dates say when it was written, or scanned."""
    now = now or datetime.now(UTC).replace(tzinfo=None)
    claims = ((DateSource.DIGITIZED, said.get("CreationDate")), (DateSource.MODIFIED, said.get("ModDate")))
    dated = ((source, moment) for source, text in claims if (moment := _moment(text)) and not doubt(moment.local, now))
    source, moment = next(dated, (None, None))
    offset = moment.offset_minutes if moment else None
    return Metadata(
        taken=moment.local if moment else None,
        offset_minutes=offset,
        taken_from=source,
        zone_from=ZoneSource.TAG if offset is not None else None,
        title=said.get("Title") or None,
        caption=said.get("Subject") or None,
        author=said.get("Author") or None,
        keywords=tuple(word.strip() for word in said.get("Keywords", "").split(",") if word.strip()),
    )


def _moment(written: str | None) -> Moment | None:
    """Read a date such as `D:20190314120000+01'00'`."""
    plain = (written or "").removeprefix("D:").replace("'", "")
    return parse(f"{plain[:8]} {plain[8:]}" if len(plain) > 8 else plain)
