"""Files to pages: PDF, TIFF of many pages and pictures as pixels, one at a time, with the text that a PDF holds."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from albumen.core.arrays import Image
from albumen.core.errors import TooLarge, Unreadable, Unsupported
from albumen.documents import pdf
from albumen.documents.document import Line
from albumen.media.leaf import Leaf
from albumen.media.pages import LONGEST

_MOST_PIXELS = 320_000_000
_MOST_PAGES = 3000


@dataclass(frozen=True)
class Sheet:
    """One page as pixels (h, w, 3); `lines` are the words that a PDF itself holds, None where they must be read."""

    number: int
    image: Image
    lines: tuple[Line, ...] | None = None


def open_sheets(source: bytes | Path) -> Iterator[Sheet]:
    """Yield the pages of a PDF, TIFF or picture; only one is in memory at a time."""
    data = source.read_bytes() if isinstance(source, Path) else source
    if not data:
        raise Unreadable("the document is empty: it has no bytes; give a PDF, TIFF or picture")
    if b"%PDF-" in data[:1024]:
        from albumen.media.pdf import open_pdf

        with open_pdf(data, most_pages=_MOST_PAGES) as document:
            for number in range(1, document.count + 1):
                yield sheet_of(document.leaf(number, longest=LONGEST))
    else:
        yield from _pictures(data)


def sheet_of(leaf: Leaf) -> Sheet:
    """Return a page with the words that it holds."""
    return Sheet(leaf.number, leaf.image, pdf.lines(leaf.glyphs) if leaf.glyphs else None)


def _pictures(data: bytes) -> Iterator[Sheet]:
    picture = _open(data)
    count = int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1
    if count > _MOST_PAGES:
        raise TooLarge(f"the document has {count} pages, more than {_MOST_PAGES}; split it")
    for number in range(count):
        yield Sheet(number + 1, _pixels(picture, number))


def _open(data: bytes) -> Pillow.Image:
    if data[4:8] == b"ftyp":
        import pillow_heif

        pillow_heif.register_heif_opener()  # pyright: ignore[reportUnknownMemberType]
    try:
        picture = Pillow.open(io.BytesIO(data))
    except Pillow.UnidentifiedImageError:
        raise Unsupported("the document is no PDF, TIFF or picture that can be read; convert it to one") from None
    except Pillow.DecompressionBombError:
        raise TooLarge("the picture is a decompression bomb; give one of fewer pixels") from None
    return picture


def _pixels(picture: Pillow.Image, number: int) -> Image:
    try:
        picture.seek(number)
        width, height = picture.size
        if width * height > _MOST_PIXELS:
            raise TooLarge(f"the page has {width} x {height} pixels, more than {_MOST_PIXELS}; scale it down")
        if picture.format == "JPEG":
            picture.draft("RGB", (LONGEST, LONGEST))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST, LONGEST), Pillow.Resampling.BOX)
        return _flat(upright)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Unreadable(f"page {number + 1} of the document is damaged: {error}; get the file again") from None


def _flat(picture: Pillow.Image) -> Image:
    """Return 8-bit RGB; transparency shows white paper, 16-bit greys are scaled down."""
    if picture.mode.startswith("I"):
        values = np.asarray(picture, np.float32)
        grey = (values / max(float(values.max()), 255.0) * 255).astype(np.uint8)
        return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        paper = Pillow.new("RGBA", picture.size, "white")
        picture = Pillow.alpha_composite(paper, picture.convert("RGBA"))
    return np.asarray(picture.convert("RGB"), np.uint8)
