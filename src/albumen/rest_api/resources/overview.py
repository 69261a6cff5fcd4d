"""A library from above: the points of a map, the folders, and how much there is of everything."""

from typing import Annotated

import numpy as np
from fastapi import Query
from sqlalchemy import select

from albumen.core.paths import shown
from albumen.library.clusters import Box, clusters
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import KEEP, LOOK
from albumen.rest_api.shapes import Library, Page, Shape
from albumen.rest_api.shop import Opened
from albumen.stores.catalog import lookup
from albumen.stores.catalog.schema import roots

Longitude = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)]


class Point(Shape):
    """Assets close together on the map."""

    lat: float
    lon: float
    count: int
    id: str
    west: float
    south: float
    east: float
    north: float


class Map(Shape):
    """The points inside a part of the map, and how many assets they stand for."""

    clusters: list[Point]
    total: int


class FolderShown(Shape):
    """A folder that was imported."""

    path: str
    online: bool


def map_points(
    library: Library,
    opened: Opened,
    west: Longitude = -180,
    south: Latitude = -90,
    east: Longitude = 180,
    north: Latitude = 90,
    zoom: Annotated[int, Query(ge=0, le=20)] = 2,
) -> Map:
    """Gather the assets of a part of the map into points."""
    found = clusters(*opened.timeline.positions(), Box(west, south, east, north), zoom)
    ids = [row.id for row in opened.timeline.rows(np.array([c.key for c in found], np.int64))]
    points = [
        Point(lat=c.lat, lon=c.lon, count=c.count, id=id, **vars(c.box)) for c, id in zip(found, ids, strict=True)
    ]
    return Map(clusters=points, total=sum(c.count for c in found))


def stats(library: Library, opened: Opened) -> dict[str, int]:
    """Count what the library holds."""
    with opened.catalog.read() as db:
        return lookup.counts(db)


def folders(library: Library, opened: Opened) -> Page[FolderShown]:
    """List the folders that were imported."""
    with opened.catalog.read() as db:
        rows = db.execute(select(roots.c.path, roots.c.online).where(roots.c.managed.is_(False)).order_by(roots.c.id))
        return Page(items=[FolderShown(path=shown(r[0]), online=r[1]) for r in rows])


ROUTES = (
    Route("GET", "/libraries/{library}/map", map_points, LOOK),
    Route("GET", "/libraries/{library}/stats", stats, LOOK),
    Route("GET", "/libraries/{library}/folders", folders, KEEP),
)
