"""What a grid of all photos needs, in memory and in order: months, shapes, colours. Catches up with the catalog."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import select

from albumen.core.arrays import Bools, Ints
from albumen.stores.catalog import changes
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, facts, files
from albumen.stores.columns import Bits, Columns, Not

COLUMNS = {
    "high": "i8",  # the id's 16 hex digits in two halves, because columns hold whole numbers up to 2**53
    "low": "i8",
    "order": "f8",  # seconds of the local clock; where unknown, when it was added
    "month": "i4",  # year * 12 + month - 1; UNDATED
    "w": "i4",
    "h": "i4",
    "ms": "i8",
    "colour": "i4",
    "lat": "f8",
    "lon": "f8",
    "flags": "i4",
}
PHOTO, VIDEO, LIVE, TRASHED, HERE, DOCUMENT = 1, 2, 4, 8, 16, 32
KINDS = {"photo": PHOTO, "video": VIDEO, "document": DOCUMENT}
UNDATED = -1
PALETTE = {
    "black": (24, 24, 26), "white": (236, 236, 232), "grey": (136, 138, 140), "red": (188, 52, 48),
    "orange": (212, 126, 52), "yellow": (216, 190, 84), "green": (92, 124, 76), "blue": (92, 132, 180),
    "purple": (122, 88, 152), "pink": (212, 150, 164), "brown": (116, 88, 64),
}  # fmt: skip
GREY = 0x808080
AT_ONCE = 20_000
FEW = 500
EPOCH = datetime(1970, 1, 1)
FIELDS = ("id", "digest", "kind", "width", "height", "duration_ms", "taken", "added_s", "lat", "lon", "trashed_s",
          "motion_bytes", "changed")  # fmt: skip


class Row(NamedTuple):
    """What a grid shows of one asset."""

    id: str
    w: int
    h: int
    taken: str | None
    kind: str
    ms: int
    colour: str
    live: int


@dataclass(frozen=True)
class Month:
    """The assets of one month (`2024-08` or `undated`), by their keys, newest first."""

    name: str
    keys: Ints


@dataclass(frozen=True)
class View:
    """All assets in order, as they were at one version of the catalog."""

    version: int
    keys: Ints
    months: tuple[Month, ...]

    def month(self, name: str) -> Ints:
        """Return the keys of a month, none if it has no assets."""
        return next((m.keys for m in self.months if m.name == name), np.empty(0, np.int64))


class Timeline:
    """The timeline of one library; safe to use from any thread."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._columns = Columns(COLUMNS)
        self._lock = threading.RLock()
        self._version = 0
        self._views: dict[bool, View] = {}

    def view(self, *, trashed: bool = False) -> View:
        """Return the timeline, or the trash's, as it is now."""
        with self._lock:
            self._catch_up()
            if trashed not in self._views:
                self._views[trashed] = self._sorted(trashed)
            return self._views[trashed]

    def rows(self, keys: Ints) -> list[Row]:
        """Return what a grid shows of these assets."""
        columns = self.table(keys)
        return [Row(*values) for values in zip(*(columns[name] for name in Row._fields), strict=True)]

    def table(self, keys: Ints) -> dict[str, list[Any]]:
        """Return the same as columns of equal length."""
        with self._lock:
            self._mix(keys)
            c = {name: self._columns.column(name)[keys] for name in COLUMNS}
        dated = c["month"] != UNDATED
        return {
            "id": [f"{high:08x}{low:08x}" for high, low in zip(c["high"].tolist(), c["low"].tolist(), strict=True)],
            "w": c["w"].tolist(),
            "h": c["h"].tolist(),
            "taken": _times(c["order"], dated),
            "kind": [next(kind for kind, flag in KINDS.items() if f & flag) for f in c["flags"].tolist()],
            "ms": c["ms"].tolist(),
            "colour": [f"#{v:06x}" for v in c["colour"].tolist()],
            "live": ((c["flags"] & LIVE) > 0).astype(int).tolist(),
        }

    def ratios(self, keys: Ints) -> list[int]:
        """Return width / height in hundredths."""
        with self._lock:
            w, h = self._columns.column("w")[keys], self._columns.column("h")[keys]
        return np.clip(np.rint(100 * w / np.maximum(h, 1)), 1, 10_000).astype(int).tolist()

    def positions(self) -> tuple[Ints, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Return the keys, latitudes and longitudes of the assets that have a position."""
        keys = self.view().keys
        with self._lock:
            lat, lon = self._columns.column("lat")[keys], self._columns.column("lon")[keys]
        known = np.isfinite(lat) & np.isfinite(lon)
        return keys[known], lat[known], lon[known]

    def photos(self) -> Ints:
        """Return the keys of all photos, newest first."""
        keys = self.view().keys
        with self._lock:
            return keys[(self._columns.column("flags")[keys] & PHOTO) > 0]

    def _sorted(self, trashed: bool) -> View:
        bin = Bits("flags", TRASHED)
        keys = np.flatnonzero(self._columns.mask(Bits("flags", HERE), bin if trashed else Not(bin)))
        month, order = self._columns.column("month")[keys], self._columns.column("order")[keys]
        keys = keys[np.lexsort((-keys, -order, -month))]  # UNDATED is lowest, so it comes last
        if not len(keys):
            return View(self._version, keys, ())
        names = self._columns.column("month")[keys]
        starts = np.flatnonzero(np.diff(names, prepend=-2))
        months = [Month(_name(int(names[s])), part) for s, part in zip(starts, np.split(keys, starts[1:]), strict=True)]
        return View(self._version, keys, tuple(months))

    def _mix(self, keys: Ints) -> None:
        """Fill in the colours that nobody has asked for yet."""
        column = self._columns.column("colour")
        new = keys[column[keys] < 0].tolist()
        for start in range(0, len(new), FEW):
            some = new[start : start + FEW]
            with self._catalog.read() as db:
                said = select(facts.c.asset_id, facts.c.value)
                rows = db.execute(said.where(facts.c.task == "colours", facts.c.asset_id.in_(some)))
                shares = {row[0]: row[1] for row in rows}
            column[some] = [mixed(shares.get(key, {})) for key in some]

    def _catch_up(self) -> None:
        with self._catalog.read() as db:
            latest = changes.last_change(db)
            if latest == self._version:
                return
            newer = assets.c.changed > self._version
            rows = db.execute(select(*(assets.c[name] for name in FIELDS)).where(newer)).all()
            seen = select(files.c.asset_id, files.c.role, files.c.state)
            flags = _flags(db.execute(seen.join(assets, assets.c.id == files.c.asset_id).where(newer)))
        for start in range(0, len(rows), AT_ONCE):
            self._put(rows[start : start + AT_ONCE], flags)
        self._version = latest
        self._views.clear()

    def _put(self, rows: Sequence[Any], flags: dict[int, int]) -> None:
        values = [_values(row, flags.get(row.id, 0)) for row in rows]
        columns = {name: [v[i] for v in values] for i, name in enumerate(COLUMNS)}
        self._columns.put([row.id for row in rows], columns)


def _values(row: Any, flags: int) -> tuple[float, ...]:
    taken = datetime.fromisoformat(row.taken) if row.taken else None
    flags |= KINDS[row.kind]
    flags |= (LIVE if row.motion_bytes else 0) | (TRASHED if row.trashed_s is not None else 0)
    return (
        int(row.digest[:8], 16),
        int(row.digest[8:16], 16),
        (taken - EPOCH).total_seconds() if taken else row.added_s,
        taken.year * 12 + taken.month - 1 if taken else UNDATED,
        row.width,
        row.height,
        row.duration_ms or 0,
        np.nan,  # mixed when it is first shown
        np.nan if row.lat is None else row.lat,
        np.nan if row.lon is None else row.lon,
        flags,
    )


def mixed(shares: dict[str, float]) -> int:
    """Return the mean of the named colours by their shares, as 0xRRGGBB."""
    total = sum(shares.values())
    if total <= 0:
        return GREY
    weighed = [(share / total, PALETTE.get(name, (128, 128, 128))) for name, share in shares.items()]
    red, green, blue = (round(sum(share * colour[i] for share, colour in weighed)) for i in range(3))
    return red << 16 | green << 8 | blue


def _flags(rows: Iterator[Any]) -> dict[int, int]:
    flags: dict[int, int] = {}
    for asset_id, role, state in rows:
        one = LIVE if role == "live" else HERE if role == "original" and state != "missing" else 0
        flags[asset_id] = flags.get(asset_id, 0) | one
    return flags


def _times(seconds: np.ndarray[Any, Any], dated: Bools) -> list[str | None]:
    return [
        datetime.fromtimestamp(s, UTC).replace(tzinfo=None).isoformat(timespec="seconds") if known else None
        for s, known in zip(seconds.tolist(), dated.tolist(), strict=True)
    ]


def _name(month: int) -> str:
    return "undated" if month == UNDATED else f"{month // 12:04}-{month % 12 + 1:02}"
