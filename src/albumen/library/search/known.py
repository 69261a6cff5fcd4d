"""What the library knows that decides what an ambiguous word of a sentence means."""

import threading
from collections.abc import Iterator

import numpy as np
from sqlalchemy import Connection, select, text

from albumen.library.documents.judging import DOCUMENTS
from albumen.library.query.parts import FindsSpots, Known
from albumen.library.search.index import Index
from albumen.stores.catalog import changes, documents
from albumen.stores.catalog.schema import people

SECONDS_A_YEAR = 31_556_952


class Knowing:
    """What one library knows, gathered anew only after it changed, by one thread for all."""

    def __init__(self, spots: FindsSpots) -> None:
        self._spots = spots
        self._known: tuple[int, Known] | None = None
        self._turn = threading.Lock()

    def __call__(self, index: Index, db: Connection) -> Known:
        """Return what the library knows now."""
        version = changes.last_change(db)
        with self._turn:
            if self._known is None or self._known[0] != version:
                with index.still():
                    self._known = version, known(index, db, self._spots)
            return self._known[1]


def known(index: Index, db: Connection, spots: FindsSpots) -> Known:
    """Gather people, cameras, places with counts, tags, the first year, and on which half of the earth."""
    return Known(
        people=tuple(sorted({*_named(db), *_lines(db, "names")})),
        cameras=tuple(index.cameras),
        places=_places(index),
        homes=_homes(index),
        tags=tuple(sorted(set(_lines(db, "tags")))),
        papers=tuple(kind for kind in documents.counts(db) if kind in DOCUMENTS),
        spots=spots,
        first_year=_first_year(index),
        southern=_southern(index),
    )


def _named(db: Connection) -> Iterator[str]:
    return (row[0] for row in db.execute(select(people.c.name).where(people.c.name.is_not(None))))


def _lines(db: Connection, field: str) -> Iterator[str]:
    rows = db.execute(text(f"SELECT DISTINCT {field} FROM docs WHERE {field} != ''"))
    return (line for row in rows for line in str(row[0]).split("\n"))


def _places(index: Index) -> dict[str, int]:
    numbers = index.assets.column("town")[index.assets.present]
    counts = np.bincount(numbers[numbers >= 0], minlength=1)
    return {name: int(counts[i]) for i, name in enumerate(index.towns) if i < len(counts) and counts[i]}


def _homes(index: Index) -> dict[tuple[str, str], int]:
    here = index.assets.present
    town, region = index.assets.column("town")[here], index.assets.column("region")[here]
    both = np.stack([town, region], axis=1)[(town >= 0) & (region >= 0)].astype(np.int64)
    pairs, counts = np.unique(both, axis=0, return_counts=True)
    towns, regions = list(index.towns), list(index.regions)
    counted: list[tuple[list[int], int]] = list(zip(pairs.tolist(), counts.tolist(), strict=True))
    return {(towns[town].casefold(), regions[region]): count for (town, region), count in counted}


def _first_year(index: Index) -> int:
    taken = index.assets.column("taken")
    taken = taken[np.isfinite(taken)]
    return max(1900, int(1970 + taken.min() // SECONDS_A_YEAR)) if len(taken) else 1990


def _southern(index: Index) -> bool:
    lat = index.assets.column("lat")
    lat = lat[np.isfinite(lat)]
    return bool(len(lat)) and float((lat < 0).mean()) > 0.5
