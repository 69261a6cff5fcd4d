"""Reads pages: straightens them, recognises the text, and finds what the text forms."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from albumen.core.arrays import Floats, Image
from albumen.core.findings import Words
from albumen.documents import figures, forms, layers, layout, marks, rules, signatures
from albumen.documents import regions as parts
from albumen.documents.document import Box, Document, Line, Page, Signature, Word
from albumen.documents.pages import Opens, Sheet, open_sheets
from albumen.documents.placing import UPRIGHT, Placement
from albumen.documents.straightening import straighten, tall
from albumen.documents.tables import finding
from albumen.documents.tables.filling import without_marks
from albumen.vision.text.lines import Placed, regroup
from albumen.vision.text.order import in_reading_order

_BENT = 0.8  # line heights by which lines bend on pages that are flattened and then read again
_PICTURES = 8  # of a page with a text layer: how many are looked at for text
_NAME = 3  # letters that a line in a picture has at least
_PEN = 0.5  # of the paper's brightness: a pen is darker, a printed background is not


class ReadsText(Protocol):
    """Reads the words of pictures, as `albumen.vision.text.ppocr.PPOCR` does."""

    def read(self, images: Sequence[Image]) -> list[Words]:
        """Return the words of each picture in reading order."""
        ...

    def lines(self, strips: Sequence[Image]) -> list[str]:
        """Return the text of strips that show one upright line each."""
        ...


class Reader:
    """Reads documents with a text recogniser; everything else is worked out from words, ink and rules."""

    def __init__(self, text: ReadsText) -> None:
        self._text = text

    def read(self, source: bytes | Path, *, structure: bool = True, sandbox: Opens | None = None) -> Document:
        """Return a whole document; `structure=False` reads words and lines only, which is faster."""
        pages: list[Page] = []
        faults: dict[int, str] = {}
        for sheet in open_sheets(source, sandbox=sandbox):
            pages.append(self.page(sheet, structure=structure))
            faults |= {sheet.number: sheet.fault} if sheet.fault else {}
        return Document(tuple(pages), faults)

    def pages(self, sheets: Iterable[Sheet], *, structure: bool = True) -> Iterator[Page]:
        """Yield pages as they are read, holding one at a time in memory."""
        for sheet in sheets:
            yield self.page(sheet, structure=structure)

    def page(self, sheet: Sheet, *, structure: bool = True) -> Page:
        """Return one page."""
        return self.upright(sheet, structure=structure)[0]

    def upright(self, sheet: Sheet, *, structure: bool = True) -> tuple[Page, Image]:
        """Return one page and its pixels (h, w, 3) as they stand upright."""
        image, found, placement = self._upright(sheet)
        height, width = image.shape[:2]
        page = Page(
            sheet.number, width, height, tuple(found),
            source_width=sheet.image.shape[1], source_height=sheet.image.shape[0],
            placement=placement,
        )  # fmt: skip
        return (structured(page, image) if structure else page), image

    def _pictured(self, image: Image, lines: Sequence[Line]) -> list[Line]:
        """Return the lines inside the pictures of a page, such as a logo, that its text layer cannot hold."""
        words = [word for line in lines for word in line.words]
        height = float(np.median([word.box.height for word in words]))
        found: list[Line] = []
        for box in figures.find(image, words, (), line_height=height)[:_PICTURES]:
            left, top, right, bottom = (int(v) for v in box)
            (read,) = self._text.read([np.ascontiguousarray(image[top:bottom, left:right])])
            size, start = np.array([[right - left, bottom - top], [left, top]], np.float32)
            found += _lines(read, read.polygons * size + start)
        return [line for line in found if sum(map(str.isalpha, line.text)) >= _NAME]

    def _upright(self, sheet: Sheet) -> tuple[Image, Sequence[Line], Placement]:
        if sheet.lines is not None and layers.is_sound(sheet.lines, sheet.image, self._text.lines):
            return sheet.image, _regrouped([*sheet.lines, *self._pictured(sheet.image, sheet.lines)]), UPRIGHT
        (words,) = self._text.read([sheet.image])
        size = np.array(sheet.image.shape[1::-1], np.float32)
        image, corners, placement = straighten(sheet.image, words.polygons * size, words.lines)
        if placement.bend is not None and placement.bend.span() > _BENT * tall(corners):
            (words,) = self._text.read([image])
            corners = words.polygons * np.array(image.shape[1::-1], np.float32)
        return image, _lines(words, corners), placement


def _regrouped(lines: Sequence[Line]) -> list[Line]:
    """Cut and join the lines of a text layer as people see them on the page."""
    placed = [[Placed(w.text, w.confidence, _corners(w.box)) for w in line.words] for line in lines]
    joined = [tuple(_word(w.text, w.score, w.corners) for w in line) for line in regroup(placed)]
    order = in_reading_order([np.array([w.box for w in words], np.float32).reshape(-1, 2) for words in joined])
    return [Line(joined[i]) for i in order]


def _corners(box: Box) -> Floats:
    left, top, right, bottom = box
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def _word(text: str, score: float, corners: Floats) -> Word:
    left, top = corners.min(0).tolist()
    right, bottom = corners.max(0).tolist()
    return Word(text, float(score), Box(left, top, right, bottom))


def _lines(words: Words, corners: Floats) -> list[Line]:
    rows: dict[int, list[Word]] = {}
    for text, score, quad, line in zip(words.texts, words.scores, corners, words.lines, strict=True):
        rows.setdefault(line, []).append(_word(text, float(score), quad))
    return [Line(tuple(row)) for row in rows.values()]


def _by_hand(line: Line, signed: Sequence[Signature]) -> Line:
    """Return a line whose words inside a signature are handwritten."""
    if not any(s.box.beside(line.box) > 0 and s.box.over(line.box) > 0 for s in signed):
        return line
    return Line(
        tuple(
            replace(
                w, handwritten=any(s.box.holds(w.box.x, w.box.y) and w.box.height > 0.5 * s.box.height for s in signed)
            )
            for w in line.words
        )
    )


def structured(page: Page, image: Image) -> Page:
    """Return a page of lines with tables, pairs, check boxes, signatures, regions and its lines in reading order."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    tall = float(np.median([w.box.height for w in page.words])) if page.lines else 0.012 * page.height
    ink = rules.dark(grey)
    signed = signatures.find(page.lines, grey < _PEN * np.median(grey), line_height=tall)
    page = replace(page, lines=tuple(_by_hand(line, signed) for line in page.lines), signatures=tuple(signed))
    found = rules.find(rules.without(ink, [w.box for w in page.words]), line_height=tall)
    ticks = marks.find(rules.without(ink, [w.box for w in page.words if len(w.text) > 1]), line_height=tall)
    grids = finding.find(page.lines, ticks, found, line_height=tall)
    ticks = marks.with_reason(ticks, page.lines, grids)
    grids = [without_marks(grid, ticks) for grid in grids]
    pairs = forms.find(page.lines, ticks, grids)
    size = page.width, page.height
    pictures = figures.find(image, page.words, grids, line_height=tall)
    ordered = layout.reading_order(page.lines, grids)
    return replace(
        page,
        tables=tuple(grids),
        pairs=tuple(pairs),
        marks=tuple(ticks),
        regions=tuple(parts.regions(ordered, grids, pairs, size, pictures)),
    )
