"""Turns the parts of a query into filters over columns, and into the assets that other tables name."""

from datetime import datetime

import numpy as np
from sqlalchemy import Connection, select, text

from albumen.core.arrays import Ints
from albumen.core.errors import QueryError
from albumen.library.documents.judging import DOCUMENTS
from albumen.library.documents.judging import Kind as Paper
from albumen.library.places import distance
from albumen.library.places.names import fold
from albumen.library.query import parts
from albumen.library.search.index import SHAPES, Flag, Index
from albumen.stores import columns
from albumen.stores.catalog import documents, fulltext
from albumen.stores.catalog.schema import faces, people
from albumen.stores.columns import Among, AnyOf, Between, Bits, Not, OneOf

KINDS = {
    "photo": Flag.PHOTO,
    "video": Flag.VIDEO,
    "screenshot": Flag.SCREENSHOT,
    "live": Flag.LIVE,
    "panorama": Flag.PANORAMA,
    "raw": Flag.RAW,
    "gif": Flag.GIF,
}
PAPERS = {"document": DOCUMENTS, "receipt": (Paper.RECEIPT, Paper.INVOICE)}
KM_A_DEGREE = 111.2
LARGE_FACE, SURE_FACE = 0.2, 0.8
"""The share of the picture's height from which a face makes a portrait, and how sure it must be that it is a face."""
VIVID, PLAIN, NO_COLOUR = 0.12, 0.35, 0.98
"""Shares of a picture from which it counts as red or blue, as black, white, grey or brown, and as without colours."""
NOTHING = Among(())


def to_filter(wanted: parts.Filter, index: Index, db: Connection) -> columns.Filter | None:
    """Return the filter over assets that a part of a query means; None where it can only be scored."""
    if isinstance(wanted, parts.Not):
        inner = to_filter(wanted.of, index, db)
        return Not(inner) if inner is not None else None
    found = _from_columns(wanted, index)
    return found if found is not None else _from_tables(wanted, index, db)


def _from_columns(wanted: parts.Plain, index: Index) -> columns.Filter | None:
    match wanted:
        case parts.Time():
            return _time(wanted)
        case parts.Camera(name, lens):
            return OneOf("camera", index.cameras.containing(f"{name} {lens}"))
        case parts.Kind(name):
            return Bits("flags", KINDS[name])
        case parts.Shape(name):
            return OneOf("shape", (SHAPES.index(name),))
        case parts.Lasting(least, most):
            return Between("seconds", least, most)
        case parts.Rating(least, most):
            return Between("rating", least, most)
        case parts.Place(kind="country", country=code):
            return OneOf("country", (index.countries.find(code),))
        case parts.Place(kind="region", region_code=code):
            return OneOf("region", (index.regions.find(code),))
        case parts.Place(kind="city" | "point"):
            return Among(near(wanted, index))
        case _:
            return None


def _from_tables(wanted: parts.Plain, index: Index, db: Connection) -> columns.Filter | None:
    match wanted:
        case parts.Place(name):
            return Among(fulltext.match(db, name, fields=("place",))[0])
        case parts.Text(words, exact):
            found = fulltext.match_phrase if exact else _all_words
            return Among(found(db, words, fields=("written",)))
        case parts.FileName(pattern):
            return Among(named(db, pattern))
        case parts.Tag(name):
            return Among(fulltext.match_phrase(db, name, fields=("tags",)))
        case parts.Person(name):
            return Among(shows(db, name))
        case parts.Count("face", least, most):
            return Among(portraits(db, least, most))
        case parts.Colour(name, ""):
            return Among(coloured(db, name))
        case parts.Paper() | parts.Amount():
            return Among(_documents(wanted, db))
        case parts.Album(name):
            raise QueryError(f"there is no album {name!r}; albums are not kept yet")
        case _:
            return None


def _documents(wanted: parts.Paper | parts.Amount, db: Connection) -> Ints:
    match wanted:
        case parts.Paper(name):
            return documents.of_kinds(db, PAPERS.get(name, (name,)))
        case parts.Amount(least, most) if least == most:
            return documents.with_amount(db, least, most)
        case parts.Amount(least, most):
            return documents.with_total(db, least / 100, most / 100)


def _time(wanted: parts.Time) -> columns.Filter:
    tests: list[columns.Filter] = [OneOf(n, tuple(v)) for n, v in _recurring(wanted) if v]
    if wanted.spans:
        tests.append(AnyOf(tuple(_span(span) for span in wanted.spans)))
    if not tests:
        return columns.Known("taken")
    # Both must hold: neither may fail to hold.
    return tests[0] if len(tests) == 1 else Not(AnyOf(tuple(Not(t) for t in tests)))


def _recurring(wanted: parts.Time) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return (("month", wanted.months), ("weekday", wanted.weekdays), ("hour", wanted.hours))


def _span(span: parts.Span) -> columns.Filter:
    end = local_seconds(span.end)
    before = None if end is None else float(np.nextafter(end, -np.inf))
    return Between("taken", local_seconds(span.start), before)


def local_seconds(moment: datetime | None) -> float | None:
    """Return a wall-clock time as seconds since 1970 of the same clock."""
    return None if moment is None else (moment - datetime(1970, 1, 1)).total_seconds()


def near(wanted: parts.Place, index: Index) -> Ints:
    """Return the assets taken within a circle."""
    south, north = wanted.lat - wanted.km / KM_A_DEGREE, wanted.lat + wanted.km / KM_A_DEGREE
    candidates = np.flatnonzero(index.assets.mask(Between("lat", south, north)))
    lat, lon = index.assets.column("lat")[candidates], index.assets.column("lon")[candidates]
    return candidates[distance(wanted.lat, wanted.lon, lat, lon) <= wanted.km]


def named(db: Connection, pattern: str) -> Ints:
    """Return the assets whose file name contains the words, or fits the pattern with `*`."""
    if "*" not in pattern:
        return fulltext.match(db, pattern, fields=("filename",))[0]
    rows = db.execute(text("SELECT rowid FROM docs WHERE lower(filename) GLOB :p"), {"p": pattern.lower()})
    return np.array([row[0] for row in rows], np.int64)


def shows(db: Connection, name: str) -> Ints:
    """Return the assets that show a person, by faces and by the names that files carry."""
    known = [row[0] for row in db.execute(select(people.c.id, people.c.name)) if fold(row[1] or "") == fold(name)]
    rows = db.execute(select(faces.c.asset_id).where(faces.c.person_id.in_(known)).distinct())
    by_face = np.array([row[0] for row in rows], np.int64)
    return np.union1d(by_face, fulltext.match_phrase(db, name, fields=("names",)))


def portraits(db: Connection, least: int, most: int | None) -> Ints:
    """Return the assets with so many faces that fill much of the picture."""
    asked = text(
        "SELECT asset_id FROM faces WHERE bottom - top >= :tall AND score >= :sure GROUP BY asset_id"
        " HAVING count(*) BETWEEN :least AND :most"
    )
    values = {"tall": LARGE_FACE, "sure": SURE_FACE, "least": least, "most": 10_000 if most is None else most}
    return np.array([row[0] for row in db.execute(asked, values)], np.int64)


def coloured(db: Connection, name: str) -> Ints:
    """Return the assets of which a colour covers a part worth the name, or which have none at all."""
    seen = ("black", "white", "grey") if name == "monochrome" else (name,)
    share = " + ".join(f"json_extract(value, '$.{colour}')" for colour in seen)
    least = NO_COLOUR if name == "monochrome" else PLAIN if name in ("black", "white", "grey", "brown") else VIVID
    rows = db.execute(
        text(f"SELECT asset_id FROM facts WHERE task = 'colours' AND {share} >= :least"), {"least": least}
    )
    return np.array([row[0] for row in rows], np.int64)


def _all_words(db: Connection, words: str, *, fields: tuple[str, ...]) -> Ints:
    return fulltext.match(db, words, fields=fields)[0]
