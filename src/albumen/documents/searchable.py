"""Searchable PDF: each page as a picture with its words as invisible text at their places."""

from collections.abc import Iterable
from typing import BinaryIO

import cv2
import numpy as np

from albumen.core.arrays import Image
from albumen.documents.document import Page, Word

_POINTS = 72 / 200  # points per pixel: pages are read at 200 dots an inch
_ADVANCE = 0.5  # width of every letter of the font, in font sizes
_RANGES = "\n".join(f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(256) if not 0xD8 <= high <= 0xDF)
_TO_UNICODE = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Codes def /CMapType 2 def "
    "1 begincodespacerange <0000> <FFFF> endcodespacerange\n248 beginbfrange\n"
    f"{_RANGES}\nendbfrange endcmap end end"
)


def _stream(data: bytes, extra: str = "") -> bytes:
    return f"<< /Length {len(data)} {extra}>>\nstream\n".encode() + data + b"\nendstream"


_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /Unseen /Encoding /Identity-H "
    b"/DescendantFonts [4 0 R] /ToUnicode 6 0 R >>",
    b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Unseen /CIDToGIDMap /Identity /DW 500 "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 5 0 R >>",
    b"<< /Type /FontDescriptor /FontName /Unseen /Flags 4 /FontBBox [0 -200 500 800] /ItalicAngle 0 "
    b"/Ascent 800 /Descent -200 /CapHeight 800 /StemV 80 >>",
    _stream(_TO_UNICODE.encode("ascii")),
)
"""Objects 3 to 6: a font of blank letters for every character."""
_OBJECTS = 3  # of each page: itself, its content, its picture


def write(pages: Iterable[tuple[Page, Image]], to: BinaryIO, *, quality: int = 85) -> None:
    """Write a PDF of upright pages, each with its pixels (h, w, 3), whose text can be searched; a page at a time."""
    file = _File(to)
    file.put(1, b"<< /Type /Catalog /Pages 2 0 R >>")
    for number, body in enumerate(_FONT, 3):
        file.put(number, body)
    first = kid = 3 + len(_FONT)
    for page, image in pages:
        for number, body in enumerate(_page(page, image, number=kid, quality=quality), kid):
            file.put(number, body)
        kid += _OBJECTS
    kids = " ".join(f"{number} 0 R" for number in range(first, kid, _OBJECTS))
    file.put(2, f"<< /Type /Pages /Count {(kid - first) // _OBJECTS} /Kids [{kids}] >>".encode())
    file.end()


def _page(page: Page, image: Image, *, number: int, quality: int) -> list[bytes]:
    """Return the page object, its content and its picture, numbered from `number`."""
    height, width = image.shape[:2]
    across, down = page.width * _POINTS, page.height * _POINTS
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    texts = "".join(_text(word, page.height) for word in page.words)
    content = f"q {across:.2f} 0 0 {down:.2f} 0 0 cm /P Do Q\nBT 3 Tr\n{texts}ET".encode("ascii")
    about = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {across:.2f} {down:.2f}] /Contents {number + 1} 0 R "
        f"/Resources << /Font << /F 3 0 R >> /XObject << /P {number + 2} 0 R >> >> >>"
    )
    kind = (
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} "
        "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode "
    )
    return [about.encode(), _stream(content), _stream(np.asarray(jpeg, np.uint8).tobytes(), kind)]


def _text(word: Word, page_height: float) -> str:
    """Return the operators that put a word, invisible, over its box; a space after it parts it from the next."""
    size = max(1.0, word.box.height * _POINTS)
    stretch = 100 * word.box.width * _POINTS / (len(word.text) * _ADVANCE * size)
    codes = f"{word.text} ".encode("utf-16-be").hex().upper()
    left, base = word.box.left * _POINTS, (page_height - word.box.bottom) * _POINTS
    return f"/F {size:.2f} Tf {stretch:.2f} Tz 1 0 0 1 {left:.2f} {base:.2f} Tm <{codes}> Tj\n"


class _File:
    """A PDF being written: its objects in any order, and where each begins."""

    def __init__(self, to: BinaryIO) -> None:
        self._to, self._at, self._places = to, 0, dict[int, int]()
        self._write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")

    def put(self, number: int, body: bytes) -> None:
        """Write an object."""
        self._places[number] = self._at
        self._write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")

    def end(self) -> None:
        """Write the table of places and the end."""
        start, count = self._at, len(self._places) + 1
        table = "".join(f"{self._places[number]:010d} 00000 n \n" for number in range(1, count))
        self._write(f"xref\n0 {count}\n0000000000 65535 f \n{table}".encode())
        self._write(f"trailer << /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())

    def _write(self, data: bytes) -> None:
        self._to.write(data)
        self._at += len(data)
