"""Documents as plain data for people and programs: in short, and page by page with places as polygons."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from albumen.core.errors import NotFound
from albumen.documents.document import CellKind, Line, Page, Pair, Table, around
from albumen.library.documents.judging import FIELDS, short
from albumen.library.documents.kept import Shelf, polygon
from albumen.library.documents.recognise import CARD
from albumen.stores.catalog import intake, lookup

Plain = dict[str, Any]


def page_of(db: Connection, shelf: Shelf, asset_id: int, number: int) -> Plain:
    """Return one page of a document with all that was read on it."""
    known = short(db, asset_id)
    if known is None or not 1 <= number <= known["pages"]:
        raise NotFound("this is no document" if known is None else f"it has {known['pages']} pages, and no {number}")
    reading = shelf.get(lookup.asset(db, asset_id).digest, number)
    page = reading.page if reading else Page(number, 1, 1)
    fields: Sequence[Mapping[str, Any]] = intake.fact(db, asset_id, FIELDS, CARD) or ()
    return known | {
        "page": number,
        "note": reading.note if reading else None,
        "lines": [_line(page, line) for line in page.lines],
        "fields": [{k: v for k, v in f.items() if k != "page"} for f in fields if f["page"] == number],
        "tables": [_table(page, table) for table in page.tables],
        "pairs": [_pair(page, pair) for pair in page.pairs],
    }


def _line(page: Page, line: Line) -> Plain:
    return {
        "text": line.text,
        "polygon": polygon(page, line.box),
        "confidence": round(line.confidence, 3),
        "words": [{"text": word.text, "polygon": polygon(page, word.box)} for word in line.words],
    }


def _table(page: Page, table: Table) -> Plain:
    cells = [
        {
            "row": cell.row,
            "column": cell.column,
            "row_span": cell.rows,
            "column_span": cell.columns,
            "text": cell.text,
            "header": cell.kind is CellKind.HEADER,
            "polygon": polygon(page, cell.box),
        }
        for cell in table.cells
    ]
    title = table.title.text if table.title else ""
    size = {"rows": table.rows, "columns": table.columns}
    return {**size, "title": title, "polygon": polygon(page, table.box), "cells": cells}


def _pair(page: Page, pair: Pair) -> Plain:
    boxes = [part.box for part in (*pair.value, *pair.marks)] or [word.box for word in pair.key]
    return {
        "key": pair.key_text,
        "value": pair.text,
        "selected": [mark.selected for mark in pair.marks],
        "confidence": round(pair.confidence, 3),
        "polygon": polygon(page, around(boxes)),
    }
