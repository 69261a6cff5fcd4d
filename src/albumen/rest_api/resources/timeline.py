"""The timeline: months, the shapes of all rows, the rows of a month, and pages of rows for programs."""

import json
from typing import Annotated, Any

import numpy as np
from fastapi import Path, Query, Response
from pydantic import Field
from sqlalchemy import select

from albumen.core.errors import QueryError
from albumen.library.timeline import View
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import LOOK
from albumen.rest_api.shapes import Cursor, Library, Limit, Page, Row, Shape
from albumen.rest_api.shelf import Open
from albumen.rest_api.shop import Opened
from albumen.stores.catalog.schema import assets

MonthName = Annotated[str, Path(pattern=r"^(\d{4}-(0[1-9]|1[0-2])|undated)$", examples=["2024-08"])]
Trashed = Annotated[bool, Query(description="The trash instead of the library.")]


class Bucket(Shape):
    """A month and how many assets it has."""

    month: str = Field(examples=["2024-08"])
    count: int


class Months(Shape):
    """All months, newest first, undated last."""

    version: int
    total: int
    months: list[Bucket]


class Ratios(Shape):
    """A month's widths by heights in hundredths."""

    month: str
    ratios: list[int]


class AllRatios(Shape):
    """The shapes of all assets, in the order of the months."""

    version: int
    months: list[Ratios]


class MonthRows(Shape):
    """What a grid shows of a month, as columns of equal length, newest first."""

    version: int
    month: str
    count: int
    id: list[str]
    w: list[int]
    h: list[int]
    taken: list[str | None]
    kind: list[str]
    ms: list[int]
    colour: list[str]
    live: list[int]
    alt: list[str | None]


class Slide(Row):
    """A photo of a slideshow."""

    caption: str | None
    place: str | None


def timeline(library: Library, opened: Opened, trashed: Trashed = False) -> Months:
    """Count the assets of each month."""
    view = opened.timeline.view(trashed=trashed)
    buckets = [Bucket(month=m.name, count=len(m.keys)) for m in view.months]
    return Months(version=view.version, total=len(view.keys), months=buckets)


def timeline_ratios(library: Library, opened: Opened, trashed: Trashed = False) -> Response:
    """Return the shape of every asset, so that a grid can place all rows before it loads any."""
    view = opened.timeline.view(trashed=trashed)
    months = [{"month": m.name, "ratios": opened.timeline.ratios(m.keys)} for m in view.months]
    return _json({"version": view.version, "months": months})


def timeline_month(library: Library, month: MonthName, opened: Opened, trashed: Trashed = False) -> Response:
    """Return what a grid shows of a month."""
    view = opened.timeline.view(trashed=trashed)
    keys = view.month(month)
    return _json({"version": view.version, "month": month, "count": len(keys), **opened.table(keys)})


def assets_page(
    library: Library, opened: Opened, cursor: Cursor = None, limit: Limit = 100, trashed: Trashed = False
) -> Page[Row]:
    """Return rows, newest first, a page at a time."""
    view = opened.timeline.view(trashed=trashed)
    start = after(view, opened, cursor)
    keys = view.keys[start : start + limit]
    rows = [Row(**row) for row in opened.rows(keys)]
    return Page(items=rows, next=rows[-1].id if rows and start + limit < len(view.keys) else None)


def slideshow(
    library: Library, opened: Opened, limit: Limit = 50, seed: Annotated[int, Query(ge=0, le=2**53)] = 0
) -> Page[Slide]:
    """Choose photos at random; the same seed chooses the same."""
    photos = opened.timeline.photos()
    keys = np.random.default_rng(seed).permutation(photos)[:limit]
    told = _told(opened, keys.tolist())
    rows = zip(keys.tolist(), opened.rows(keys), strict=True)
    return Page(items=[Slide(**row, caption=told[k][0], place=told[k][1]) for k, row in rows])


def after(view: View, opened: Open, cursor: str | None) -> int:
    """Return where to go on: after the asset that the last page ended with, wherever that is now."""
    if cursor is None:
        return 0
    key = opened.key(cursor)
    at = np.flatnonzero(view.keys == key)
    if not len(at):
        raise QueryError(f"the list cannot go on after {cursor!r:.50}, which is no longer in it; start again")
    return int(at[0]) + 1


def _told(opened: Open, keys: list[int]) -> dict[int, tuple[str | None, str | None]]:
    columns = (assets.c.id, assets.c.details, assets.c.town, assets.c.country)
    with opened.catalog.read() as db:
        rows = db.execute(select(*columns).where(assets.c.id.in_(keys))).all()
    return {r[0]: (r[1].get("caption") or r[1].get("title"), ", ".join(p for p in r[2:] if p) or None) for r in rows}


def _json(value: dict[str, Any]) -> Response:
    body = json.dumps(value, separators=(",", ":"))
    return Response(body, media_type="application/json", headers={"Cache-Control": "private, no-cache"})


ROUTES = (
    Route("GET", "/libraries/{library}/timeline", timeline, LOOK),
    Route("GET", "/libraries/{library}/timeline/ratios", timeline_ratios, LOOK, answers=AllRatios),
    Route("GET", "/libraries/{library}/timeline/{month}", timeline_month, LOOK, answers=MonthRows),
    Route("GET", "/libraries/{library}/assets", assets_page, LOOK),
    Route("GET", "/libraries/{library}/slideshow", slideshow, LOOK),
)
