"""Documents: the list of them, their pages with what was read, and answers to questions with the place that says it."""

from typing import Annotated, Any

import numpy as np
from fastapi import Path, Query, Request, Response
from pydantic import Field

from albumen.core.errors import NotFound, QueryError
from albumen.library.documents.asking import LONGEST, Asking, Found
from albumen.library.documents.judging import DOCUMENTS, Kind
from albumen.library.documents.kept import Shelf, picture_variant
from albumen.library.documents.shown import page_of
from albumen.rest_api.media import is_head, send, whole
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import LOOK
from albumen.rest_api.shapes import AssetId, Cursor, Library, Limit, Row, Shape
from albumen.rest_api.shelf import Open
from albumen.rest_api.shop import Opened
from albumen.stores.catalog import documents as catalog
from albumen.stores.catalog import lookup

Number = Annotated[int, Path(ge=1, le=100_000, examples=[1])]
Question = Annotated[str, Query(min_length=1, max_length=LONGEST, examples=["What is the total?"])]
Polygon = Annotated[list[list[float]], Field(examples=[[[0.1, 0.5], [0.2, 0.5], [0.2, 0.52], [0.1, 0.52]]])]
HIDDEN = (Kind.NONE, Kind.UNREAD)


class Listed(Shape):
    """One document in short."""

    row: Row
    kind: str = Field(examples=["receipt"])
    pages: int
    read: int
    title: str | None
    vendor: str | None
    total: float | None
    currency: str | None
    day: str | None


class Listing(Shape):
    """Documents, and how many of each kind there are."""

    kinds: dict[str, int] = Field(examples=[{"receipt": 12}])
    items: list[Listed]
    next: str | None


class PageShown(Shape):
    """One page with all that was read on it."""

    kind: str
    confidence: float
    pages: int
    read: int
    page: int
    note: str | None
    lines: list[dict[str, Any]]
    fields: list[dict[str, Any]]
    tables: list[dict[str, Any]]
    pairs: list[dict[str, Any]]


class Answer(Shape):
    """What answers a question, and where it stands."""

    text: str = Field(examples=["27.50"])
    confidence: float
    page: int
    polygon: Polygon
    line: str = Field(examples=["TOTAL 27.50"])
    kind: str = Field(examples=["receipt"])


class Answers(Shape):
    """The answer of one document; none is an answer too."""

    question: str
    items: list[Answer]


class RowAnswer(Answer):
    """An answer with the asset that gives it."""

    row: Row


class RowAnswers(Shape):
    """The answers of all documents, the surest first."""

    question: str
    items: list[RowAnswer]


def documents(
    library: Library, opened: Opened, kind: Kind | None = None, cursor: Cursor = None, limit: Limit = 100
) -> Listing:
    """List documents, the latest first."""
    with opened.catalog.read() as db:
        chosen = (kind,) if kind is not None and kind not in HIDDEN else DOCUMENTS
        found = catalog.listed(db, chosen, before=_before(cursor), limit=limit + 1)
        counts = catalog.counts(db)
    shown = found[:limit]
    names = Listed.model_fields.keys() - {"row"}
    items = [
        Listed(row=row, **{name: getattr(each, name) for name in names})
        for row, each in zip(_rows(opened, [one.asset_id for one in shown]), shown, strict=True)
    ]
    kinds = {name: count for name, count in counts.items() if name not in HIDDEN}
    return Listing(kinds=kinds, items=items, next=f"d{shown[-1].asset_id}" if len(found) > limit else None)


def document(
    library: Library, id: AssetId, opened: Opened, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> PageShown:
    """Return one page of a document with all that was read on it."""
    with opened.catalog.read() as db:
        return PageShown(**page_of(db, Shelf(opened.blobs), lookup.find_asset(db, id), page))


def page_picture(library: Library, id: AssetId, number: Number, request: Request, opened: Opened) -> Response:
    """Return a picture of a page that fills a screen."""
    with opened.catalog.read() as db:
        digest = lookup.asset(db, lookup.find_asset(db, id)).digest
    variant = picture_variant(number)
    path = opened.blobs.find(digest, variant)
    if path is None:
        raise NotFound(f"there is no picture of page {number} of {id}; it may not have been read yet")
    part = whole(bytes(path), bytes_=None, mime="image/jpeg", etag=f"{digest[:16]}-{variant}")
    return send(part, request.headers, head=is_head(request))


def asset_answers(library: Library, id: AssetId, opened: Opened, q: Question) -> Answers:
    """Answer a question from one document."""
    found = Asking(opened.catalog, opened.blobs).one(opened.key(id), q)
    return Answers(question=q, items=[Answer(**_answer(found))] if found else [])


def all_answers(
    library: Library, opened: Opened, q: Question, limit: Annotated[int, Query(ge=1, le=20)] = 5
) -> RowAnswers:
    """Answer a question from all documents."""
    found = Asking(opened.catalog, opened.blobs).all(q, limit=limit)
    rows = _rows(opened, [one.asset_id for one in found])
    items = [RowAnswer(row=row, **_answer(one)) for row, one in zip(rows, found, strict=True)]
    return RowAnswers(question=q, items=items)


def _answer(found: Found) -> dict[str, Any]:
    return {name: value for name, value in vars(found).items() if name != "asset_id"}


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.startswith("d") or not cursor[1:].isdecimal() or len(cursor) > 18:
        raise QueryError(f"{cursor!r:.50} is no cursor of a list of documents; begin again")
    return int(cursor[1:])


def _rows(opened: Open, keys: list[int]) -> list[Row]:
    return [Row(**row) for row in opened.rows(np.array(keys, np.int64))]


ROUTES = (
    Route("GET", "/libraries/{library}/documents", documents, LOOK),
    Route("GET", "/libraries/{library}/documents/answers", all_answers, LOOK),
    Route("GET", "/libraries/{library}/assets/{id}/document", document, LOOK),
    Route("GET", "/libraries/{library}/assets/{id}/answers", asset_answers, LOOK),
    Route("GET", "/libraries/{library}/assets/{id}/pages/{number}", page_picture, LOOK, binary=("image/jpeg",)),
)
