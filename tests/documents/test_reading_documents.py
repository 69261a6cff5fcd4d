"""Whole documents: turned pages with a fake recogniser, drawn ones and the shared ones with the real weights."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from albumen.core.arrays import Image
from albumen.core.findings import Words
from albumen.documents.expense import reading as expense
from albumen.documents.pages import Sheet
from albumen.documents.reader import Reader
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore
from albumen.vision.text.ppocr import PPOCR, Setting


class Told:
    """A recogniser that says what it was told."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def read(self, images: Sequence[Image]) -> list[Words]:
        return [self.words for _ in images]


def test_a_page_on_its_side_is_stood_upright_and_remembers_how_it_lay() -> None:
    upward = np.array([[[0.2, 0.8], [0.2, 0.3], [0.3, 0.3], [0.3, 0.8]]], np.float32)
    words = Words(("Side",), np.ones(1, np.float32), upward, (0,))
    page = Reader(Told(words)).page(Sheet(1, np.full((200, 100, 3), 255, np.uint8)))
    assert (page.width, page.height) == (200, 100)
    box = page.words[0].box
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((40, 20, 140, 30), abs=1)
    assert page.placement.to_source(np.array([40, 20], np.float32)).tolist() == pytest.approx((20, 160), abs=1)


def test_a_blank_page_is_a_page_without_anything() -> None:
    nothing = Words((), np.zeros(0, np.float32), np.zeros((0, 4, 2), np.float32), ())
    page = Reader(Told(nothing)).page(Sheet(1, np.full((200, 100, 3), 255, np.uint8)))
    assert not page.lines and not page.tables and not page.regions


@pytest.fixture(scope="module")
def reader(models_folder: Path) -> Reader:
    return Reader(PPOCR(Cards.load()["ppocr-v6.small"], Pool(ModelStore(models_folder)), setting=Setting.PAGE))


@pytest.mark.weights
def test_a_drawn_form_gives_its_pairs_and_ticks(reader: Reader) -> None:
    image = np.full((500, 900, 3), 255, np.uint8)
    for y, text in ((100, "Policy number: 4711"), (250, "Married"), (350, "Single")):
        cv2.putText(image, text, (100, y), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 2)
    for y in (222, 322):
        cv2.rectangle(image, (50, y), (80, y + 30), (0, 0, 0), 2)
    cv2.line(image, (54, 226), (76, 248), (0, 0, 0), 3)
    cv2.line(image, (76, 226), (54, 248), (0, 0, 0), 3)
    page = reader.page(Sheet(1, image))
    assert {p.key_text: p.text for p in page.pairs if p.value} == {"Policy number:": "4711"}
    assert {p.key_text: p.marks[0].selected for p in page.pairs if p.marks} == {"Married": True, "Single": False}


@pytest.mark.weights
@pytest.mark.data
def test_a_pdf_with_sound_text_is_read_exactly(reader: Reader, data: Path) -> None:
    folder = data / "documents"
    saved = "responses/textractor-singlepage-doc.pdf.detect_document_text.json"
    wanted = [b["Text"] for b in json.loads((folder / saved).read_text())["Blocks"] if b["BlockType"] == "WORD"]
    document = reader.read(folder / "textractor-singlepage-doc.pdf")
    assert list(itertools.chain.from_iterable(line.text.split() for line in document.pages[0].lines)) == wanted
    assert document.pages[0].tables[0].grid()[0] == ["Cell 1", "Cell 2", "Cell 3", "Cell 4", "Cell 5"]


@pytest.mark.weights
def test_a_receipt_photographed_askew_gives_its_total_and_places_in_the_photo(reader: Reader) -> None:
    paper = np.full((760, 560), 250, np.uint8)
    rows = [("CORNER BAKERY LTD", ""), ("14 High Street", ""), ("Date: 12/03/2024", ""), ("Rye bread", "4.20"),
            ("Coffee", "3.10"), ("Cake", "5.00"), ("Subtotal", "12.30"), ("VAT", "2.46"), ("TOTAL", "14.76"),
            ("CASH", "20.00"), ("CHANGE", "5.24"), ("Thank you for your visit", "")]  # fmt: skip
    for i, (left, right) in enumerate(rows):
        cv2.putText(paper, left, (30, 60 + 56 * i), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2)
        cv2.putText(paper, right, (430, 60 + 56 * i), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2)
    corners = np.array([[0, 0], [560, 0], [560, 760], [0, 760]], np.float32)
    there = np.array([[170, 90], [690, 190], [600, 930], [60, 860]], np.float32)
    lens = cv2.getPerspectiveTransform(corners, there)
    photo = cv2.warpPerspective(paper, lens, (800, 1000), borderValue=90)
    page = reader.page(Sheet(1, np.repeat(photo[:, :, None], 3, 2)))
    found = {field.kind: field for field in expense.read(page).fields}
    assert {k: found[k].text for k in ("TOTAL", "SUBTOTAL", "TAX")} == {
        "TOTAL": "14.76", "SUBTOTAL": "12.30", "TAX": "2.46"
    }  # fmt: skip
    box = found["TOTAL"].value[0].box
    middle = page.placement.to_source(np.array([box.x, box.y], np.float32))
    wanted = cv2.perspectiveTransform(np.array([[[468, 500]]], np.float32), lens)[0, 0]
    assert np.abs(middle - wanted).max() < 12
