"""Documents as Amazon Textract answers: the block graph, with the members that its clients insist on."""

import itertools
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from albumen.documents.document import (
    Box,
    Cell,
    CellKind,
    Document,
    Line,
    Mark,
    Page,
    Pair,
    Region,
    RegionKind,
    Signature,
    Table,
    Word,
    around,
)  # fmt: skip
from albumen.documents.regions import entries

Block = dict[str, Any]
"""One Textract block: JSON values only, never null."""

MODEL_VERSION = "1.0"
_LAYOUT = {
    RegionKind.TITLE: "LAYOUT_TITLE",
    RegionKind.HEADER: "LAYOUT_HEADER",
    RegionKind.FOOTER: "LAYOUT_FOOTER",
    RegionKind.SECTION: "LAYOUT_SECTION_HEADER",
    RegionKind.PAGE_NUMBER: "LAYOUT_PAGE_NUMBER",
    RegionKind.TEXT: "LAYOUT_TEXT",
    RegionKind.TABLE: "LAYOUT_TABLE",
    RegionKind.PAIRS: "LAYOUT_KEY_VALUE",
    RegionKind.FIGURE: "LAYOUT_FIGURE",
    RegionKind.LIST: "LAYOUT_LIST",
}
_ENTITY = {
    CellKind.HEADER: "COLUMN_HEADER",
    CellKind.SECTION: "TABLE_SECTION_TITLE",
    CellKind.SUMMARY: "TABLE_SUMMARY",
}


def geometry(page: Page, box: Box) -> Block:
    """Return a box of the upright page as fractions of the page as it stands in the file."""
    size = page.source_width or page.width, page.source_height or page.height
    outline = ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom))
    corners = page.placement.to_source(np.array(outline, np.float32)) / np.array(size, np.float32)
    points = [(_unit(x), _unit(y)) for x, y in corners.tolist()]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    right, bottom = max(x for x, _ in points), max(y for _, y in points)
    return {
        "BoundingBox": {"Width": right - left, "Height": bottom - top, "Left": left, "Top": top},
        "Polygon": [{"X": x, "Y": y} for x, y in points],
    }


def _unit(value: float) -> float:
    return min(1.0, max(0.0, float(value)))


def _percent(confidence: float) -> float:
    return min(100.0, max(0.0, 100.0 * float(confidence)))


def _new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Graph:
    """The blocks of one page while they are being made, in the order in which they are answered."""

    page: Page
    new_id: Callable[[], str] = _new_id
    blocks: list[Block] = field(default_factory=list[Block])
    words: dict[Word, str] = field(default_factory=dict[Word, str])
    marks: dict[Mark, str] = field(default_factory=dict[Mark, str])
    lines: dict[Line, str] = field(default_factory=dict[Line, str])

    def __post_init__(self) -> None:
        whole = Box(0, 0, self.page.width, self.page.height)
        self.root = self.add("PAGE", geometry(self.page, whole))

    def add(self, kind: str, place: Block | None = None, confidence: float | None = None, **members: Any) -> Block:
        """Append a block with an id of its own; leave out what is not given."""
        block: Block = {"BlockType": kind, "Id": self.new_id(), "Page": self.page.number}
        if confidence is not None:
            block["Confidence"] = _percent(confidence)
        if place is not None:
            block["Geometry"] = place
        block |= members
        self.blocks.append(block)
        return block

    def put(self, kind: str, box: Box, confidence: float, **members: Any) -> Block:
        """Append a block that stands at a place of the page."""
        return self.add(kind, geometry(self.page, box), confidence, **members)

    def adopt(self, *blocks: Block) -> None:
        """Make blocks children of the page."""
        link(self.root, "CHILD", [block["Id"] for block in blocks])


def link(block: Block, kind: str, ids: Sequence[str]) -> None:
    """Relate a block to others; no ids, no relationship."""
    if not ids:
        return
    relations: list[Block] = block.setdefault("Relationships", [])
    known = next((r for r in relations if r["Type"] == kind), None)
    if known is None:
        relations.append({"Type": kind, "Ids": list(ids)})
    else:
        known["Ids"].extend(ids)


def graph(page: Page, features: Sequence[str] = ()) -> Graph:
    """Return the blocks of a page: lines and words always, the rest as the features ask."""
    made = Graph(page)
    _text(made)
    if "TABLES" in features:
        for table in page.tables:
            _table(made, table)
    if "FORMS" in features:
        for pair in page.pairs:
            _pair(made, pair)
        made.adopt(*[_mark(made, mark) for mark in page.marks if mark not in made.marks])
    if "SIGNATURES" in features:
        made.adopt(*[_signature(made, signature) for signature in page.signatures])
    if "LAYOUT" in features:
        for region in page.regions:
            _region(made, region)
    return made


def _text(made: Graph) -> None:
    blocks = [made.put("LINE", line.box, line.confidence, Text=line.text) for line in made.page.lines]
    made.lines.update((line, block["Id"]) for line, block in zip(made.page.lines, blocks, strict=True))
    made.adopt(*blocks)
    for line, block in zip(made.page.lines, blocks, strict=True):
        link(block, "CHILD", [_word(made, word) for word in line.words])


def _word(made: Graph, word: Word) -> str:
    kind = "HANDWRITING" if word.handwritten else "PRINTED"
    block = made.put("WORD", word.box, word.confidence, Text=word.text, TextType=kind)
    made.words[word] = block["Id"]
    return block["Id"]


def _mark(made: Graph, mark: Mark) -> Block:
    status = "SELECTED" if mark.selected else "NOT_SELECTED"
    block = made.put("SELECTION_ELEMENT", mark.box, mark.confidence, SelectionStatus=status)
    made.marks[mark] = block["Id"]
    return block


def _contents(made: Graph, words: Sequence[Word], marks: Sequence[Mark]) -> list[str]:
    ids = [made.words[word] for word in words if word in made.words]
    return ids + [made.marks.get(mark) or _mark(made, mark)["Id"] for mark in marks]


def _table(made: Graph, table: Table) -> None:
    block = made.put("TABLE", table.box, table.confidence)
    block["EntityTypes"] = ["STRUCTURED_TABLE" if table.ruled or table.columns > 2 else "SEMI_STRUCTURED_TABLE"]
    made.adopt(block)
    owner = {
        (r, c): cell
        for cell in table.cells
        for r in range(cell.row, cell.row + cell.rows)
        for c in range(cell.column, cell.column + cell.columns)
    }
    ids = {place: _cell(made, table, place, owner[place]) for place in sorted(owner)}
    link(block, "CHILD", list(ids.values()))
    merged = [_merged(made, cell, ids) for cell in table.cells if cell.rows * cell.columns > 1]
    link(block, "MERGED_CELL", merged)
    for kind, line in (("TABLE_TITLE", table.title), ("TABLE_FOOTER", table.footer)):
        if line is not None:
            caption = made.put(kind, line.box, line.confidence)
            link(caption, "CHILD", _contents(made, line.words, ()))
            link(block, kind, [caption["Id"]])


def _cell(made: Graph, table: Table, place: tuple[int, int], cell: Cell) -> str:
    """Append the block of one place of the grid; a merged cell's words stand in its first place."""
    row, column = place
    edges = table.column_edges, table.row_edges
    box = Box(edges[0][column], edges[1][row], edges[0][column + 1], edges[1][row + 1])
    block = made.put(
        "CELL", box, table.confidence, RowIndex=row + 1, ColumnIndex=column + 1, RowSpan=1, ColumnSpan=1
    )  # fmt: skip
    if cell.kind in _ENTITY:
        block["EntityTypes"] = [_ENTITY[cell.kind]]
    if (cell.row, cell.column) == place:
        link(block, "CHILD", _contents(made, cell.words, cell.marks))
    return block["Id"]


def _merged(made: Graph, cell: Cell, ids: dict[tuple[int, int], str]) -> str:
    block = made.put(
        "MERGED_CELL", cell.box, 0.9,
        RowIndex=cell.row + 1, ColumnIndex=cell.column + 1, RowSpan=cell.rows, ColumnSpan=cell.columns,
    )  # fmt: skip
    if cell.kind in _ENTITY:
        block["EntityTypes"] = [_ENTITY[cell.kind]]
    places = itertools.product(
        range(cell.row, cell.row + cell.rows), range(cell.column, cell.column + cell.columns)
    )  # fmt: skip
    link(block, "CHILD", [ids[place] for place in places])
    return block["Id"]


def _pair(made: Graph, pair: Pair) -> None:
    key_box = around(word.box for word in pair.key)
    parts = [word.box for word in pair.value] + [mark.box for mark in pair.marks]
    value_box = around(parts) if parts else Box(key_box.right, key_box.top, key_box.right, key_box.bottom)
    key = made.put("KEY_VALUE_SET", key_box, pair.confidence, EntityTypes=["KEY"])
    value = made.put("KEY_VALUE_SET", value_box, pair.confidence, EntityTypes=["VALUE"])
    link(key, "VALUE", [value["Id"]])
    link(key, "CHILD", _contents(made, pair.key, ()))
    link(value, "CHILD", _contents(made, pair.value, pair.marks))
    made.adopt(key, value)


def _signature(made: Graph, signature: Signature) -> Block:
    return made.put("SIGNATURE", signature.box, signature.confidence)


def _region(made: Graph, region: Region) -> None:
    """Append a part of the page; a list has its entries as parts, every other part has lines."""
    block = made.put(_LAYOUT[region.kind], region.box, region.confidence)
    made.adopt(block)
    if region.kind is not RegionKind.LIST:
        link(block, "CHILD", [made.lines[line] for line in region.lines if line in made.lines])
        return
    for entry in entries(region):
        part = made.put("LAYOUT_TEXT", around(line.box for line in entry), region.confidence)
        link(part, "CHILD", [made.lines[line] for line in entry if line in made.lines])
        link(block, "CHILD", [part["Id"]])


def blocks(document: Document, features: Sequence[str] = ()) -> Iterator[Block]:
    """Yield the blocks of all pages in order."""
    for page in document.pages:
        yield from graph(page, features).blocks


def detect_document_text(document: Document) -> Block:
    """Return the answer of DetectDocumentText."""
    return {
        "DocumentMetadata": {"Pages": len(document.pages)},
        "Blocks": list(blocks(document)),
        "DetectDocumentTextModelVersion": MODEL_VERSION,
    }
