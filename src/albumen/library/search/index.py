"""What search filters by, in memory, and how it catches up with the catalog."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import IntFlag

import numpy as np

from albumen.core.arrays import Bools
from albumen.library.places.names import fold
from albumen.stores.catalog import changes
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.changes import AnyRow
from albumen.stores.columns import Columns

ASSET_COLUMNS = {
    "taken": "f8",  # seconds since 1970 of the local clock
    "month": "i1",
    "weekday": "i1",
    "hour": "i1",
    "lat": "f4",
    "lon": "f4",
    "country": "i2",
    "region": "i4",
    "town": "i4",
    "camera": "i4",
    "rating": "i1",
    "shape": "i1",
    "seconds": "f4",
    "flags": "i4",
    "order": "f8",  # what results without a score are sorted by: when it was taken, else when it was added
}
SHAPES = ("portrait", "square", "landscape")
AT_ONCE = 20_000


class Flag(IntFlag):
    """What an asset is, one bit each."""

    PHOTO = 1
    VIDEO = 2
    LIVE = 4
    RAW = 8
    GIF = 16
    PANORAMA = 32
    SCREENSHOT = 64
    TRASHED = 128
    HERE = 256  # a file of it is present, or at least its folder is only offline


class Names:
    """Numbers for names that repeat."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, name: str | None) -> int | None:
        """Return the number of a name, a new one if it is new."""
        return self._numbers.setdefault(name, len(self._numbers)) if name else None

    def find(self, name: str) -> int:
        """Return the number of a name, or one that nothing has."""
        return self._numbers.get(name, -1)

    def containing(self, words: str) -> tuple[int, ...]:
        """Return the numbers of the names in which all the words stand, case and accents ignored."""
        wanted = fold(words).split()
        return tuple(n for name, n in self._numbers.items() if all(w in fold(name) for w in wanted))

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)


class Index:
    """The filterable columns of a library, by asset id, and which asset each frame belongs to."""

    def __init__(self, catalog: Catalog) -> None:
        self.assets = Columns(ASSET_COLUMNS)
        self.frames = Columns({"asset": "i8"})
        self.countries, self.regions, self.cameras, self.towns = Names(), Names(), Names(), Names()
        self._catalog = catalog
        self._change = 0
        self._frame = 0

    def refresh(self) -> None:
        """Catch up with what has changed in the catalog since the last call."""
        with self._catalog.read() as db:
            latest = changes.last_change(db)
            if latest == self._change:
                return
            seen = _files(changes.files_seen(db, self._change))
            for rows in _chunks(changes.changed_assets(db, self._change)):
                self._put(rows, seen)
            for rows in _chunks(changes.frames_since(db, self._frame)):
                self.frames.put([r[0] for r in rows], {"asset": [r[1] for r in rows]})
                self._frame = max(r[0] for r in rows)
            self._change = latest

    def frames_of(self, assets: Bools) -> Bools:
        """Return which frames belong to assets that the mask lets pass, by frame id."""
        return self.frames.through("asset", assets)

    def _put(self, rows: Sequence[AnyRow], seen: dict[int, Flag]) -> None:
        values = [self._values(row, seen.get(row.id, Flag(0))) for row in rows]
        columns = {name: [_number(v[name]) for v in values] for name in ASSET_COLUMNS}
        self.assets.put([row.id for row in rows], columns)

    def _values(self, row: AnyRow, flags: Flag) -> dict[str, float | None]:
        taken = datetime.fromisoformat(row.taken) if row.taken else None
        local = (taken - datetime(1970, 1, 1)).total_seconds() if taken else None
        return {
            "taken": local,
            "month": taken.month if taken else None,
            "weekday": taken.weekday() if taken else None,
            "hour": taken.hour if taken else None,
            "lat": row.lat,
            "lon": row.lon,
            "country": self.countries.number(row.country),
            "region": self.regions.number(row.region),
            "town": self.towns.number(row.town),
            "camera": self.cameras.number(" ".join(p for p in (row.make, row.model, row.lens) if p)),
            "rating": row.rating,
            "shape": shape(row.width, row.height),
            "seconds": row.duration_ms / 1000 if row.duration_ms is not None else None,
            "flags": flags | own_flags(row),
            "order": row.added_s if local is None else local,
        }


def own_flags(row: AnyRow) -> Flag:
    """Return what an asset's own row says of its kind."""
    flags = Flag.VIDEO if row.kind == "video" else Flag.PHOTO
    flags |= Flag.TRASHED if row.trashed_s is not None else Flag(0)
    flags |= Flag.LIVE if row.motion_bytes else Flag(0)
    flags |= Flag.GIF if row.mime == "image/gif" else Flag(0)
    flags |= Flag.RAW if row.mime == "image/x-raw" else Flag(0)
    if row.kind == "photo":
        flags |= Flag.PANORAMA if max(row.width, row.height) >= 2.2 * min(row.width, row.height) else Flag(0)
        screen = row.make is None and row.lens is None and row.mime in ("image/png", "image/webp")
        flags |= Flag.SCREENSHOT if screen and (row.width, row.height) in SCREENS else Flag(0)
    return flags


def shape(width: int, height: int) -> int:
    """Return the place in `SHAPES` of a picture's form; within a twentieth it is square."""
    if abs(width - height) <= max(width, height) / 20:
        return SHAPES.index("square")
    return SHAPES.index("landscape" if width > height else "portrait")


def _both_ways(*sizes: tuple[int, int]) -> frozenset[tuple[int, int]]:
    return frozenset(sizes) | frozenset((h, w) for w, h in sizes)


# Sizes of phone, tablet and computer screens in pixels.
SCREENS = _both_ways(
    (640, 1136), (750, 1334), (828, 1792), (1080, 1920), (1080, 2160), (1080, 2220), (1080, 2280), (1080, 2340),
    (1080, 2400), (1125, 2436), (1170, 2532), (1179, 2556), (1206, 2622), (1242, 2208), (1242, 2688), (1284, 2778),
    (1290, 2796), (1320, 2868), (1440, 2560), (1440, 2960), (1440, 3040), (1440, 3088), (1440, 3120), (1440, 3200),
    (1536, 2048), (1620, 2160), (1668, 2224), (1668, 2388), (2048, 2732), (1280, 720), (1280, 800), (1366, 768),
    (1440, 900), (1600, 900), (1680, 1050), (1920, 1200), (2560, 1440), (2560, 1600), (2880, 1800), (3024, 1964),
    (3456, 2234), (3840, 2160),
)  # fmt: skip


def _files(rows: Iterator[AnyRow]) -> dict[int, Flag]:
    seen: dict[int, Flag] = {}
    for asset_id, role, state in rows:
        flags = Flag.LIVE if role == "live" else Flag(0)
        flags |= Flag.HERE if role == "original" and state != "missing" else Flag(0)
        seen[asset_id] = seen.get(asset_id, Flag(0)) | flags
    return seen


def _chunks(rows: Iterator[AnyRow]) -> Iterator[list[AnyRow]]:
    chunk: list[AnyRow] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _number(value: float | None) -> float:
    return np.nan if value is None else value
