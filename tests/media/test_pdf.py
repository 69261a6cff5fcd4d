"""PDF and TIFF files as assets: page one to look at, all pages to read, and what they say of themselves."""

import io
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from albumen.core.errors import MediaError, NotFound, TooLarge, Unreadable
from albumen.media import tiff
from albumen.media.formats import Format, Kind, sniff, worth_looking_at
from albumen.media.look import glance, look, page
from albumen.media.pdf import open_pdf, told
from albumen.media.record import DateSource
from albumen.media.sandbox import Sandbox
from tests.media.pdfs import LOCK, make_pdf

SAID = {"Title": "Lease", "Author": "A. Landlord", "CreationDate": "D:20190314120000+01'00'", "Keywords": "flat, rent"}


def save(folder: Path, data: bytes, name: str = "a.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_pdf_is_a_document_with_its_first_page_as_its_picture(tmp_path: Path) -> None:
    seen = look(save(tmp_path, make_pdf([["First page"], ["Second"]], said=SAID)))
    assert (seen.kind, seen.format.mime, seen.pages) == (Kind.DOCUMENT, "application/pdf", 2)
    assert max(seen.canvas.shape) == 1440 and seen.canvas.min() < 100 and np.median(seen.canvas) == 255
    assert (seen.metadata.title, seen.metadata.author, seen.metadata.keywords) == (
        "Lease",
        "A. Landlord",
        ("flat", "rent"),
    )


def test_a_glance_at_a_pdf_gives_its_date_with_the_zone_that_it_names(tmp_path: Path) -> None:
    seen = glance(save(tmp_path, make_pdf([["x"]], said=SAID)))
    assert seen.metadata.taken == datetime(2019, 3, 14, 12) and seen.metadata.offset_minutes == 60
    assert seen.metadata.taken_from is DateSource.DIGITIZED


@pytest.mark.parametrize("written", ["D:00000000000000", "D:29990101", "yesterday", "", "D:19700101000000Z"])
def test_dates_of_a_pdf_that_cannot_be_are_left_out(written: str) -> None:
    assert told({"CreationDate": written}).taken is None
    assert told({"CreationDate": written, "ModDate": "D:2020"}).taken is None
    assert told({"CreationDate": written, "ModDate": "D:20200102"}).taken_from is DateSource.MODIFIED


def test_pages_come_with_their_letters_at_their_places(tmp_path: Path) -> None:
    second = page(save(tmp_path, make_pdf([["One"], ["Grand total 27.50"]])), 2)
    assert second.glyphs is not None and second.glyphs.text.strip() == "Grand total 27.50"
    left, top, right, bottom = second.glyphs.boxes[0]
    inside = second.image[int(top) : int(bottom) + 1, int(left) : int(right) + 1]
    assert inside.min() < 100, "the first letter is where its box says"
    with pytest.raises(Unreadable, match="Page 3"):
        page(tmp_path / "a.pdf", 3)


def test_letters_of_a_turned_page_lie_where_they_are_seen(tmp_path: Path) -> None:
    turned = page(save(tmp_path, make_pdf([["Sideways"]], rotate=90)), 1)
    assert turned.glyphs is not None and turned.image.shape[1] > turned.image.shape[0]
    boxes = turned.glyphs.boxes
    left, top, right, bottom = *boxes[:, :2].min(0), *boxes[:, 2:].max(0)
    ink = np.argwhere(turned.image[:, :, 0] < 128)
    assert (top - 4, left - 4) <= tuple(ink.min(0)) and (bottom + 4, right + 4) >= tuple(ink.max(0))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (make_pdf([["secret"]], trailer=LOCK), "locked with a password"),
        (make_pdf([["x"]])[:200], "damaged"),
        (b"%PDF-1.7\nrubbish", "damaged or cut off"),
        (make_pdf([]), "damaged"),
    ],
)
def test_locked_and_damaged_pdfs_are_refused_in_one_sentence(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(MediaError, match=says) as caught:
        look(save(tmp_path, data))
    assert "\n" not in str(caught.value)


def test_an_endless_pdf_is_refused() -> None:
    with pytest.raises(TooLarge, match="has 3 pages and at most 2"), open_pdf(make_pdf([[]] * 3), most_pages=2):
        pass


def test_a_page_as_large_as_a_field_is_drawn_small(tmp_path: Path) -> None:
    path = save(tmp_path, make_pdf([["x"]], size=(14_400, 200)))
    assert look(path).canvas.shape[1] == 1440
    assert page(path, 1).image.shape[1] == 3508


def test_scripts_in_a_pdf_do_nothing(tmp_path: Path) -> None:
    script = "/OpenAction << /S /JavaScript /JS (while \\(true\\) {}) >> /AA << /WC << /S /Launch /F (/bin/sh) >> >>"
    seen = look(save(tmp_path, make_pdf([["Calm"]], catalog=script)))
    assert seen.pages == 1 and seen.canvas.min() < 100


def test_a_bomb_of_pictures_in_a_page_costs_that_file_only(tmp_path: Path) -> None:
    form = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >> /Length 5 >>"
    loop = make_pdf([["x"]]).replace(b"/Font << /F1 3 0 R >>", b"/XObject << /X 4 0 R >>  ")
    save(tmp_path, loop + form.encode(), "loop.pdf")
    good = save(tmp_path, make_pdf([["good"]]), "good.pdf")
    with Sandbox(workers=1, seconds=20) as sandbox:
        found = {outcome.path: outcome for outcome in sandbox.map([tmp_path / "loop.pdf", good])}
        assert found[good].look is not None
        assert sandbox.page(good, 1).result().glyphs is not None


def scan(*sizes: tuple[int, int], **options: object) -> bytes:
    file = io.BytesIO()
    frames = [Pillow.new("L", size, 40 * i) for i, size in enumerate(sizes)]
    frames[0].save(file, "TIFF", save_all=True, append_images=frames[1:], **options)
    return file.getvalue()


def test_a_tiff_of_several_pages_is_a_document(tmp_path: Path) -> None:
    path = save(tmp_path, scan((30, 40), (40, 30), (20, 50)), "fax.tif")
    seen = look(path)
    assert (seen.kind, seen.pages, seen.width, seen.height) == (Kind.DOCUMENT, 3, 30, 40)
    assert [page(path, n).image.shape[:2] for n in (1, 2, 3)] == [(40, 30), (30, 40), (50, 20)]
    assert int(page(path, 3).image.mean()) == 80
    with pytest.raises(NotFound, match="3 pages"):
        page(path, 4)


def test_a_tiff_of_one_page_stays_a_picture(tmp_path: Path) -> None:
    assert look(save(tmp_path, scan((30, 40)), "one.tif")).kind is Kind.IMAGE


def test_smaller_versions_in_a_tiff_are_no_pages() -> None:
    data = scan((64, 64), (32, 32), tiffinfo={254: 0})
    small = scan((64, 64), (32, 32), tiffinfo={254: 1})
    assert len(tiff.pages(data)) == 2
    assert len(tiff.pages(small)) == 1


def test_a_pdf_is_known_by_its_bytes_and_looked_at_by_its_name() -> None:
    assert sniff(b"mail header\r\n%PDF-1.4") is Format.PDF
    assert worth_looking_at("Scan.PDF") and not worth_looking_at("._Scan.pdf")
