"""Searchable PDF: each page as a picture with its words as invisible text at their places."""

from collections.abc import Iterable, Sequence

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


def write(pages: Iterable[tuple[Page, Image]], *, quality: int = 85) -> bytes:
    """Return a PDF of upright pages, each with its pixels (h, w, 3), whose text can be searched and copied."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Unseen /Encoding /Identity-H "
        b"/DescendantFonts [4 0 R] /ToUnicode 6 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Unseen /CIDToGIDMap /Identity /DW 500 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 5 0 R >>",
        b"<< /Type /FontDescriptor /FontName /Unseen /Flags 4 /FontBBox [0 -200 500 800] /ItalicAngle 0 "
        b"/Ascent 800 /Descent -200 /CapHeight 800 /StemV 80 >>",
        _stream(_TO_UNICODE.encode("ascii")),
    ]
    kids: list[int] = []
    for page, image in pages:
        kids.append(len(objects) + 1)
        objects += _page(page, image, number=len(objects) + 1, quality=quality)
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>".encode()
    return _file(objects)


def _stream(data: bytes, extra: str = "") -> bytes:
    return f"<< /Length {len(data)} {extra}>>\nstream\n".encode() + data + b"\nendstream"


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


def _file(objects: Sequence[bytes]) -> bytes:
    parts = [b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"]
    places: list[int] = []
    at = len(parts[0])
    for number, body in enumerate(objects, 1):
        places.append(at)
        parts.append(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
        at += len(parts[-1])
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    parts.append(f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}".encode())
    parts.append(f"trailer << /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n".encode())
    return b"".join(parts)
