"""Files to pages: good ones as pixels and text, bad ones as one clear error."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from albumen.core.errors import TooLarge, Unreadable, Unsupported
from albumen.documents import pages, searchable
from albumen.documents.document import Box, Line, Page, Word
from albumen.documents.pages import open_sheets

PIXELS = np.full((400, 300, 3), 255, np.uint8)


def saved(format: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, format, **options)
    return file.getvalue()


def pdf() -> bytes:
    words = tuple(Word(t, 1.0, Box(20 + 100 * i, 50, 100 + 100 * i, 70)) for i, t in enumerate(("Grüße", "東京")))
    return searchable.write([(Page(1, 300, 400, (Line(words),)), PIXELS)])


def test_a_searchable_pdf_gives_back_its_words_at_their_places() -> None:
    (sheet,) = open_sheets(pdf())
    assert sheet.lines is not None
    words = [word for line in sheet.lines for word in line.words]
    assert [word.text for word in words] == ["Grüße", "東京"]
    scale = sheet.image.shape[1] / 300
    assert words[0].box.left / scale == pytest.approx(20, abs=6)


def test_pictures_of_several_formats_are_pages() -> None:
    for format in ("PNG", "JPEG", "WEBP", "BMP"):
        (sheet,) = open_sheets(saved(format))
        assert sheet.image.shape == (400, 300, 3)


def test_every_page_of_a_tiff_is_given_one_at_a_time() -> None:
    sheets = open_sheets(saved("TIFF", save_all=True, append_images=[Image.fromarray(PIXELS)] * 2))
    assert [sheet.number for sheet in sheets] == [1, 2, 3]


def test_a_large_page_is_scaled_down(tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    Image.new("1", (30000, 50)).save(path)
    (sheet,) = open_sheets(path)
    assert sheet.image.shape[1] == pages.LONGEST


def test_transparency_shows_white_paper() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(file, "PNG")
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
    with pytest.raises(Unreadable, match="page 1 of the document is damaged"):
        list(open_sheets(saved("PNG")[:300]))


def test_a_picture_of_too_many_pixels_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_MOST_PIXELS", 1000)
    with pytest.raises(TooLarge, match="300 x 400 pixels"):
        list(open_sheets(saved("PNG")))
