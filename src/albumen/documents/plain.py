"""Documents as plain lists and dictionaries for JSON; boxes are [left, top, right, bottom] as fractions of the page."""

from typing import Any

from albumen.documents.document import Box, Cell, Document, Line, Page, Table

Plain = dict[str, Any]


def to_dict(document: Document) -> Plain:
    """Return a document's pages with everything found on them."""
    return {"pages": [_page(page) for page in document.pages], "notes": dict(document.notes)}


def _page(page: Page) -> Plain:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "lines": [_line(page, line) for line in page.lines],
        "tables": [_table(page, table) for table in page.tables],
        "pairs": [
            {
                "key": pair.key_text,
                "value": pair.text,
                "selected": [mark.selected for mark in pair.marks],
                "confidence": round(pair.confidence, 4),
            }
            for pair in page.pairs
        ],
        "marks": [{"selected": mark.selected, "box": _box(page, mark.box)} for mark in page.marks],
        "signatures": [{"box": _box(page, s.box), "confidence": round(s.confidence, 4)} for s in page.signatures],
        "regions": [
            {"kind": region.kind.value, "box": _box(page, region.box), "text": "\n".join(o.text for o in region.lines)}
            for region in page.regions
        ],
    }


def _line(page: Page, line: Line) -> Plain:
    return {
        "text": line.text,
        "box": _box(page, line.box),
        "words": [{"text": w.text, "confidence": round(w.confidence, 4), "box": _box(page, w.box)} for w in line.words],
    }


def _table(page: Page, table: Table) -> Plain:
    return {
        "rows": table.rows,
        "columns": table.columns,
        "box": _box(page, table.box),
        "title": table.title.text if table.title else "",
        "cells": [_cell(cell) for cell in table.cells],
    }


def _cell(cell: Cell) -> Plain:
    return {
        "row": cell.row,
        "column": cell.column,
        "rows": cell.rows,
        "columns": cell.columns,
        "kind": cell.kind.value,
        "text": cell.text,
        "selected": [mark.selected for mark in cell.marks],
    }


def _box(page: Page, box: Box) -> list[float]:
    sizes = (page.width, page.height, page.width, page.height)
    return [round(value / size, 5) for value, size in zip(box, sizes, strict=True)]
