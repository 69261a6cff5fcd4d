"""What search filters by, in memory and kept in a file, and how it catches up with the catalog."""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import IntFlag
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from albumen.core.arrays import Bools
from albumen.core.errors import StoreError
from albumen.core.locks import Shared
from albumen.library.places.names import fold
from albumen.stores.catalog import changes
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, frames
from albumen.stores.columns import Bits, Columns, Not
from albumen.stores.saved import Saved, pack, read, write

log = logging.getLogger(__name__)
VERSION = 1
"""Changes with what the columns mean."""
CHECKED = 256
"""How many assets of a kept file are compared with the catalog."""
UNKEPT = 0.02
"""Share of rows that may be read from the catalog at a start because the file lacks them."""

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
Floats64: TypeAlias = NDArray[np.float64]
Told: TypeAlias = Mapping[str, Sequence[Any]]


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

    def numbers(self, names: Sequence[str | None]) -> Floats64:
        """Return the number of each name, NaN where there is none."""
        known = self._numbers
        for name in dict.fromkeys(names):
            self.number(name)
        return np.array([known[name] if name else np.nan for name in names], np.float64)

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
    """The filterable columns of a library, by asset id, and which asset each frame belongs to.

    Threads that read them hold them `still` meanwhile. A file beside the catalog keeps them for the next start.
    """

    def __init__(self, catalog: Catalog, *, kept_from: int = 10_000) -> None:
        """Keep the columns in a file once they hold so many rows that are not in it."""
        self._catalog = catalog
        self._file = catalog.path.with_name("catalog.columns")
        self._kept_from = kept_from
        self._turn = Shared()
        self._keeper: threading.Thread | None = None
        self._forget()

    def _forget(self) -> None:
        self.assets = Columns(ASSET_COLUMNS)
        self.frames = Columns({"asset": "i8"})
        self.countries, self.regions, self.cameras, self.towns = Names(), Names(), Names(), Names()
        self._visible: dict[bool, tuple[Bools, Bools]] = {}
        self._change = 0
        self._frame = 0
        self.unkept = 0
        """How many rows were taken in that the file lacks."""

    def still(self) -> AbstractContextManager[None]:
        """Hold the columns as they are while somebody reads them."""
        return self._turn.reading()

    def refresh(self) -> None:
        """Catch up with what has changed in the catalog since the last call."""
        with self._catalog.read() as db:
            if changes.last_change(db) == self._change:
                return
        with self._turn.changing(), self._catalog.read() as db:
            kept = not self._change and self._restored(db)
            self._catch_up(db)
            if kept:
                self._drop_deleted(db)
            self._keep()

    def _catch_up(self, db: Connection) -> None:
        latest = changes.last_change(db)
        if latest == self._change:
            return
        seen = _files(changes.files_seen(db, self._change))
        for columns in changes.changed_assets(db, self._change):
            self._put(dict(zip(changes.FIELDS, columns, strict=True)), seen)
            self.unkept += len(columns[0])
        for ids, owners in changes.frames_since(db, self._frame):
            self.frames.put(np.array(ids), {"asset": np.array(owners)})
            self._frame = max(ids)
        self._change = latest
        self._visible.clear()

    def _restored(self, db: Connection) -> bool:
        """Take in what the file holds where that is still true, and say whether it was."""
        if (saved := read(self._file)) is None:
            return False
        try:
            self._take(saved)
            if self._change <= changes.last_change(db) and self._as_in(db):
                return True
        except (ValueError, KeyError) as error:
            log.info("%s is of another Albumen: %s", self._file, error)
        self._forget()
        return False

    def _take(self, saved: Saved) -> None:
        if saved.about["version"] != VERSION:
            raise ValueError(f"version {saved.about['version']}, not {VERSION}")
        for name, columns in self._columns().items():
            columns.restore({k[len(name) :]: v for k, v in saved.arrays.items() if k.startswith(name)})
        for names, known in zip(self._names(), saved.about["names"], strict=True):
            names.numbers(known)
        self._change, self._frame = saved.about["change"], saved.about["frame"]

    def _as_in(self, db: Connection) -> bool:
        """Return whether the assets that changed last before the file was written are the same in the catalog.

        They would not be where the catalog was put back to an older state and went on from there.
        """
        for columns in changes.assets_before(db, self._change, CHECKED):
            ids = np.array(columns[0])
            if ids.max() >= len(self.assets.present):
                return False
            before = {name: array[ids] for name, array in self.assets.arrays().items()}
            self._put(dict(zip(changes.FIELDS, columns, strict=True)), _files(changes.files_of(db, columns[0])))
            after = self.assets.arrays()
            return all(np.array_equal(before[name], after[name][ids], equal_nan=name != "") for name in before)
        return True

    def _drop_deleted(self, db: Connection) -> None:
        """Forget what was deleted since the file was written, which no change tells."""
        for table, columns in ((assets, self.assets), (frames, self.frames)):
            if changes.count(db, table) != len(columns):
                columns.remove(np.setdiff1d(columns.keys, changes.ids_of(db, table), assume_unique=True))

    def _keep(self) -> None:
        """Write the columns down, in a thread of its own, where much was taken in since that was done last."""
        busy = self._keeper is not None and self._keeper.is_alive()
        if busy or self.unkept < max(self._kept_from, UNKEPT * len(self.assets)):
            return
        about = {
            "version": VERSION,
            "change": self._change,
            "frame": self._frame,
            "names": list(map(list, self._names())),
        }
        arrays = {f"{name}{k}": v for name, columns in self._columns().items() for k, v in columns.arrays().items()}
        self._keeper = threading.Thread(target=_write, args=(self._file, pack(about, arrays)), name="columns")
        self._keeper.start()
        self.unkept = 0

    def settle(self) -> None:
        """Wait until what is being written down is."""
        if self._keeper is not None:
            self._keeper.join()

    def _columns(self) -> dict[str, Columns]:
        return {"assets.": self.assets, "frames.": self.frames}

    def _names(self) -> tuple[Names, ...]:
        return self.countries, self.regions, self.cameras, self.towns

    def visible(self, *, trashed: bool) -> Bools:
        """Return which assets are here, in the trash or out of it; kept until the catalog changes."""
        return self._seen(trashed)[0]

    def _seen(self, trashed: bool) -> tuple[Bools, Bools]:
        if trashed not in self._visible:
            bin = Bits("flags", Flag.TRASHED)
            mask = self.assets.mask(bin if trashed else Not(bin), Bits("flags", Flag.HERE))
            self._visible[trashed] = mask, self.frames.through("asset", mask)
        return self._visible[trashed]

    def frames_of(self, assets: Bools) -> Bools:
        """Return which frames belong to assets that the mask lets pass, by frame id."""
        known = next((frames for mask, frames in list(self._visible.values()) if mask is assets), None)
        return self.frames.through("asset", assets) if known is None else known

    def _put(self, told: Told, seen: Mapping[int, int]) -> None:
        """Put a chunk of assets, given as one tuple of values a field."""
        ids = np.array(told["id"])
        camera = [
            " ".join(filter(None, parts)) for parts in zip(told["make"], told["model"], told["lens"], strict=True)
        ]
        here = np.array([seen.get(i, 0) for i in told["id"]], np.int64)
        values: dict[str, Any] = _times(told["taken"], told["added_s"])
        values |= {name: _numbers(told[name]) for name in ("lat", "lon", "rating")}
        values |= {
            "country": self.countries.numbers(told["country"]),
            "region": self.regions.numbers(told["region"]),
            "town": self.towns.numbers(told["town"]),
            "camera": self.cameras.numbers(camera),
            "shape": shapes(np.array(told["width"]), np.array(told["height"])),
            "seconds": _numbers(told["duration_ms"]) / 1000,
            "flags": here | own_flags(told),
        }
        self.assets.put(ids, values)


def _times(taken: Sequence[str | None], added: Sequence[float]) -> dict[str, Floats64]:
    """Return the parts of local times that filters ask for, NaN where the time is unknown."""
    moments = np.array([t or "NaT" for t in taken], "datetime64[ms]")
    unknown = np.isnat(moments)
    days = moments.astype("datetime64[D]").astype(np.int64)
    local = moments.astype(np.int64) / 1000
    parts = {
        "taken": local,
        "month": moments.astype("datetime64[M]").astype(np.int64) % 12 + 1.0,
        "weekday": (days + 3) % 7 + 0.0,  # 1970 began on a Thursday
        "hour": (local // 3600) % 24,
    }
    known = {name: np.where(unknown, np.nan, values) for name, values in parts.items()}
    return known | {"order": np.where(unknown, np.array(added, np.float64), local)}


def own_flags(told: Told) -> NDArray[np.int64]:
    """Return what the assets' own rows say of their kind."""
    width, height = np.array(told["width"]), np.array(told["height"])
    mime = np.array(told["mime"])
    photo = np.array(told["kind"]) == "photo"
    camera = np.array([m is not None or lens is not None for m, lens in zip(told["make"], told["lens"], strict=True)])
    screen = np.array([size in SCREENS for size in zip(told["width"], told["height"], strict=True)])
    tests = {
        Flag.PHOTO: photo,
        Flag.VIDEO: np.array(told["kind"]) == "video",
        Flag.TRASHED: np.array([t is not None for t in told["trashed_s"]]),
        Flag.LIVE: np.array([bool(m) for m in told["motion_bytes"]]),
        Flag.GIF: mime == "image/gif",
        Flag.RAW: mime == "image/x-raw",
        Flag.PANORAMA: photo & (np.maximum(width, height) >= 2.2 * np.minimum(width, height)),
        Flag.SCREENSHOT: photo & screen & ~camera & np.isin(mime, ("image/png", "image/webp")),
    }
    return sum((holds.astype(np.int64) * int(flag) for flag, holds in tests.items()), np.zeros(len(mime), np.int64))


def is_screenshot(asset: Any) -> bool:
    """Return whether one asset's row is that of a screenshot."""
    told = {name: [getattr(asset, name)] for name in changes.FIELDS}
    return bool(int(own_flags(told)[0]) & Flag.SCREENSHOT)


def shapes(width: NDArray[np.int64], height: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place in `SHAPES` of each picture's form; within a twentieth it is square."""
    square = np.abs(width - height) <= np.maximum(width, height) / 20
    upright = np.where(width > height, SHAPES.index("landscape"), SHAPES.index("portrait"))
    return np.where(square, SHAPES.index("square"), upright)


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


def _files(chunks: Iterator[changes.Columns]) -> dict[int, int]:
    """Return for each asset whether a file of it is here, and whether it has a live part."""
    here, live, seen = int(Flag.HERE), int(Flag.LIVE), dict[int, int]()
    for ids, roles, states in chunks:
        for asset_id, role, state in zip(ids, roles, states, strict=True):
            if role == "original":
                if state != "missing":
                    seen[asset_id] = seen.get(asset_id, 0) | here
            elif role == "live":
                seen[asset_id] = seen.get(asset_id, 0) | live
    return seen


def _write(path: Path, packed: bytes) -> None:
    try:
        write(path, packed)
    except StoreError as error:
        log.info("the next start reads the whole catalog again: %s", error)


def _numbers(values: Sequence[float | None]) -> Floats64:
    """Return numbers with NaN where there is none."""
    return np.array(values, np.float64)
