"""Keeps what was read of each page beside the thumbnails: derived, versioned, and read again when it does not fit."""

import gzip
import zlib
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from albumen.core.arrays import Image
from albumen.documents.document import Box, Page
from albumen.documents.textract import geometry
from albumen.media.canvas import CANVAS, shrink
from albumen.media.image import encode_jpeg
from albumen.stores.blobs import Blobs

VERSION = 1
"""Of the kept form and of how pages are read."""
FIRST = "1440.jpg"
"""The picture of a file's first page is the large thumbnail that every asset has."""
Polygon = list[list[float]]


@dataclass(frozen=True)
class Reading:
    """What was read of one page, or in a sentence why it could not be."""

    page: Page
    note: str | None = None


_READING = TypeAdapter(Reading)


class Shelf:
    """The readings and pictures of pages, by the digest of the file."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def put(self, digest: str, reading: Reading) -> None:
        """Keep what was read of a page."""
        self._blobs.put(digest, _name(reading.page.number), gzip.compress(_READING.dump_json(reading), 6, mtime=0))

    def put_picture(self, digest: str, number: int, image: Image) -> None:
        """Keep a picture (h, w, 3) of a page to look at; that of the first is there already."""
        if number > 1:
            self._blobs.put(digest, picture_variant(number), encode_jpeg(shrink(image, CANVAS)))

    def get(self, digest: str, number: int) -> Reading | None:
        """Return what was read of a page; None where it was not read, or by another version."""
        path = self._blobs.find(digest, _name(number))
        if path is None:
            return None
        try:
            return _READING.validate_json(gzip.decompress(path.read_bytes()))
        except (OSError, EOFError, zlib.error, ValidationError):
            return None


def picture_variant(number: int) -> str:
    """Return the name under which the picture of a page is kept."""
    return FIRST if number == 1 else f"page-{number}.jpg"


def _name(number: int) -> str:
    return f"page-{number}-v{VERSION}.gz"


def polygon(page: Page, box: Box) -> Polygon:
    """Return a box of the upright page as four corners [x, y], fractions of the page as it stands in its file."""
    return [[round(point["X"], 5), round(point["Y"], 5)] for point in geometry(page, box)["Polygon"]]
