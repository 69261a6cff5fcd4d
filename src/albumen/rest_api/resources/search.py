"""Search: the parts of the sentence, results with reasons, and where the sure ones end."""

from datetime import date
from typing import Annotated, Literal

import numpy as np
from fastapi import Query
from pydantic import Field

from albumen.core.errors import QueryError
from albumen.library.query.explain import explain
from albumen.library.query.parts import Role
from albumen.library.query.said import Said
from albumen.library.search.answer import Answer
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import LOOK
from albumen.rest_api.shapes import Cursor, Library, Row, Shape
from albumen.rest_api.shelf import Open
from albumen.rest_api.shop import Opened

DEEPEST = 10_000


class Told(Shape):
    """A short sentence: in English, and as its kind and values, for clients that speak other languages."""

    kind: str = Field(examples=["shows"])
    values: dict[str, str | float] = Field(examples=[{"what": "bus", "score": 0.93}])
    text: str = Field(examples=["shows bus (93%)"])


class PartShown(Shape):
    """One understood part of the sentence."""

    index: int
    kind: str = Field(examples=["place"])
    text: str = Field(examples=["in London"])
    role: Literal["filter", "score"]
    means: Told
    relaxed: bool


class Hit(Shape):
    """One asset that was found."""

    row: Row
    score: float
    verdict: Literal["sure", "maybe", "weak"]
    reasons: list[Told]
    at_ms: int


class Found(Shape):
    """What was found, best first, and how the sentence was understood."""

    query: str
    content: str
    parts: list[PartShown]
    sure: int
    maybe: int
    items: list[Hit]
    next: str | None


def search(
    library: Library,
    opened: Opened,
    q: Annotated[str, Query(min_length=1, max_length=1_000, examples=["red bus in London"])],
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    trashed: bool = False,
    relax: Annotated[list[Annotated[int, Query(ge=0, le=100)]] | None, Query(max_length=50)] = None,
) -> Found:
    """Find photos and videos in plain words."""
    start, wanted = _start(cursor), tuple(relax or ())
    answer = opened.find(q, relax=wanted, limit=start + limit + 1, trashed=trashed, today=date.today())
    hits = _hits(opened, answer, start, limit)
    more = len(answer.results) > start + limit and start + limit < DEEPEST
    return Found(
        query=q,
        content=answer.content,
        parts=_parts(answer, frozenset(wanted)),
        sure=answer.sure,
        maybe=answer.maybe,
        items=hits,
        next=f"s{start + limit}" if more else None,
    )


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.startswith("s") or not cursor[1:].isdecimal() or len(cursor) > 8:
        raise QueryError(f"{cursor!r:.50} is no cursor of a search; search again")
    return min(int(cursor[1:]), DEEPEST)


def _parts(answer: Answer, relaxed: frozenset[int]) -> list[PartShown]:
    return [
        PartShown(
            index=i,
            kind=part.kind,
            text=part.text,
            role="filter" if part.role is Role.FILTER else "score",
            means=_told(explain(part)),
            relaxed=i in relaxed,
        )
        for i, part in enumerate(answer.parts)
    ]


def _told(said: Said) -> Told:
    return Told(kind=said.kind, values=dict(said.values), text=said.text)


def _hits(opened: Open, answer: Answer, start: int, limit: int) -> list[Hit]:
    results = answer.results[start : start + limit]
    rows = opened.rows(np.array([r.asset_id for r in results], np.int64))
    return [
        Hit(
            row=Row(**row),
            score=round(float(result.score), 4),
            verdict="sure" if n < answer.sure else "maybe" if n < answer.sure + answer.maybe else "weak",
            reasons=[_told(reason) for reason in result.reasons],
            at_ms=result.at_ms,
        )
        for n, (row, result) in enumerate(zip(rows, results, strict=True), start)
    ]


ROUTES = (Route("GET", "/libraries/{library}/search", search, LOOK),)
