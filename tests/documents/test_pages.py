"""Files to pages: good ones as pixels and text, bad ones as one clear error."""

import io
import struct
import zlib
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from albumen.core.arrays import Image
from albumen.core.errors import TimedOut, TooLarge, Unreadable, Unsupported
from albumen.documents import pages, searchable
from albumen.documents.document import Box, Line, Page, Word
from albumen.documents.pages import open_sheets
from albumen.media import look
from albumen.media.leaf import Leaf
from albumen.media.pages import LONGEST

PIXELS = np.full((400, 300, 3), 255, np.uint8)


def saved(format: str, **options: object) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(PIXELS).save(file, format, **options)
    return file.getvalue()


def pdf() -> bytes:
    words = tuple(Word(t, 1.0, Box(20 + 100 * i, 50, 100 + 100 * i, 70)) for i, t in enumerate(("Grüße", "東京")))
    file = io.BytesIO()
    searchable.write([(Page(1, 300, 400, (Line(words),)), PIXELS)], file)
    return file.getvalue()


def test_a_searchable_pdf_gives_back_its_words_at_their_places() -> None:
    (sheet,) = open_sheets(pdf())
    assert sheet.lines is not None
    words = [word for line in sheet.lines for word in line.words]
    assert [word.text for word in words] == ["Grüße", "東京"]
    scale = sheet.image.shape[1] / 300
    assert words[0].box.left / scale == pytest.approx(20, abs=6)


def test_a_searchable_pdf_is_written_a_page_at_a_time() -> None:
    file, sizes = io.BytesIO(), list[int]()

    def each() -> Iterator[tuple[Page, Image]]:
        for number in range(1, 4):
            sizes.append(file.tell())
            yield Page(number, 300, 400, (Line((Word(f"Page{number}", 1.0, Box(20, 50, 100, 70)),)),)), PIXELS

    searchable.write(each(), file)
    assert sizes[0] < sizes[1] < sizes[2], "a page is out before the next is asked for"
    read = [sheet.lines[0].text for sheet in open_sheets(file.getvalue()) if sheet.lines]
    assert read == ["Page1", "Page2", "Page3"]


def test_pictures_of_several_formats_are_pages() -> None:
    for format in ("PNG", "JPEG", "WEBP", "BMP"):
        (sheet,) = open_sheets(saved(format))
        assert sheet.image.shape == (400, 300, 3)


def test_every_page_of_a_tiff_is_given_one_at_a_time() -> None:
    sheets = open_sheets(saved("TIFF", save_all=True, append_images=[Pillow.fromarray(PIXELS)] * 2))
    assert [sheet.number for sheet in sheets] == [1, 2, 3]


def test_a_large_page_is_scaled_down(tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    Pillow.new("1", (30000, 50)).save(path)
    (sheet,) = open_sheets(path)
    assert sheet.image.shape[1] == LONGEST


def test_transparency_shows_white_paper() -> None:
    file = io.BytesIO()
    Pillow.new("RGBA", (50, 50), (0, 0, 0, 0)).save(file, "PNG")
    (sheet,) = open_sheets(file.getvalue())
    assert sheet.image.min() == 255


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", Unreadable, "empty"),
        (b"hello, this is no document", Unsupported, "no PDF, TIFF or picture"),
        (b"%PDF-1.7\nrubbish", Unreadable, "damaged or cut off"),
    ],
)
def test_bad_files_give_one_clear_error(data: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        list(open_sheets(data))


def test_a_picture_cut_off_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="damaged"):
        list(open_sheets(saved("PNG")[:300]))


def png_of(width: int, height: int) -> bytes:
    """Say in its head that a picture is large, and hold none of its pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_a_picture_of_too_many_pixels_is_refused_unopened() -> None:
    with pytest.raises(TooLarge, match="30"):
        list(open_sheets(png_of(30_000, 30_000)))


def made_pdf(objects: dict[int, str]) -> bytes:
    """Write a PDF of numbered objects; 1 is its catalog."""
    body, places = b"%PDF-1.7\n", dict[int, int]()
    for number, text in objects.items():
        places[number] = len(body)
        body += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    rows = "".join(f"{places.get(n, 0):010d} 00000 {'n' if n in places else 'f'} \n" for n in range(1, max(places) + 1))
    table = f"xref\n0 {max(places) + 1}\n0000000000 65535 f \n{rows}"
    return body + f"{table}trailer << /Size {max(places) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF".encode()


CATALOG = {1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Count 1 /Kids [3 0 R] >>"}


def test_a_page_that_draws_itself_for_ever_and_a_huge_one_come_to_an_end() -> None:
    form = "/Type /XObject /Subtype /Form /BBox [0 0 99 99] /Resources << /XObject << /F 4 0 R >> >> /Length 4"
    use = "/Resources << /XObject << /F 4 0 R >> >> /Contents 5 0 R"
    for box in ("0 0 300 400", "0 0 14400000 14400000", "0 0 0 0"):
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] {use} >>"
        stream = "stream\n/F Do\nendstream"
        made = CATALOG | {3: page, 4: f"<< {form} >>\n{stream}", 5: f"<< /Length 5 >>\n{stream}"}
        (sheet,) = open_sheets(made_pdf(made))
        assert max(sheet.image.shape) <= LONGEST


def test_scripts_in_a_pdf_are_not_run() -> None:
    script = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\); while\\(true\\) {}) >>"
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /AA << /O << /S /JavaScript /JS (while\\(1\\);) >> >> >>"
    )
    (sheet,) = open_sheets(made_pdf({**CATALOG, 1: f"<< /Type /Catalog /Pages 2 0 R {script} >>", 3: page}))
    assert sheet.image.min() == 255


def test_a_damaged_page_is_blank_says_why_and_stops_no_other() -> None:
    kids = {1: CATALOG[1], 2: "<< /Type /Pages /Count 3 /Kids [3 0 R 9 0 R 4 0 R] >>"}
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] >>"
    sheets = list(open_sheets(made_pdf(kids | {3: page, 4: page, 9: "(no page)"})))
    assert [bool(sheet.fault) for sheet in sheets] == [False, True, False]
    assert "Page 2" in sheets[1].fault and sheets[1].image.min() == 255


class Boxed:
    """Opens files as a sandbox does; page 2 takes too long."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault

    def count(self, path: Path, /) -> Future[int]:
        future: Future[int] = Future()
        if self.fault:
            future.set_exception(self.fault)
        else:
            future.set_result(look.count(path))
        return future

    def page(self, path: Path, number: int, /) -> Future[Leaf]:
        future: Future[Leaf] = Future()
        if number == 2:
            future.set_exception(TimedOut("Page 2 took longer than 60 seconds."))
        else:
            future.set_result(Leaf(number, PIXELS))
        return future


def nowhere(*given: object) -> None:
    raise AssertionError(f"a file was opened in this process: {given}")


def test_pages_drawn_in_a_sandbox_are_the_same_and_one_that_fails_there_is_blank(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("count", "leaf"):
        monkeypatch.setattr(pages, name, nowhere)
    path = tmp_path / "long.tiff"
    path.write_bytes(saved("TIFF", save_all=True, append_images=[Pillow.fromarray(PIXELS)] * 2))
    for source in (path, path.read_bytes()):
        sheets = list(open_sheets(source, sandbox=Boxed()))
        assert [sheet.fault for sheet in sheets] == ["", "Page 2 took longer than 60 seconds.", ""]


def test_a_file_that_crashes_when_it_is_opened_is_one_error() -> None:
    with pytest.raises(Unreadable, match="SIGSEGV"):
        list(open_sheets(pdf(), sandbox=Boxed(Unreadable("The decoder crashed on it (SIGSEGV)."))))


def test_a_document_of_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_MOST_PAGES", 2)
    with pytest.raises(TooLarge, match="split it"):
        list(open_sheets(saved("TIFF", save_all=True, append_images=[Pillow.fromarray(PIXELS)] * 2)))
