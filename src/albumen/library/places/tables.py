"""The shipped tables of towns, regions and countries, as arrays; built by scripts/build_places.py."""

import json
import lzma
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools, Floats, Ints

DATA = files("albumen.library.places") / "data"


def arrays(name: str) -> dict[str, NDArray[np.generic]]:
    """Read all arrays of one shipped .npz file."""
    with np.load(BytesIO((DATA / name).read_bytes())) as file:
        return {key: file[key] for key in file.files}


@dataclass(frozen=True)
class Towns:
    """All N towns, sorted by latitude band of half a degree and in it by longitude."""

    lat: Floats  # (N,) degrees
    lon: Floats  # (N,)
    people: Ints  # (N,) within 5 %
    radius: Floats  # (N,) km, of a disc with the people at 3,000 a square km
    region: Ints  # (N,) index into regions
    section: Bools  # (N,) is part of a larger town
    names: tuple[str, ...]
    starts: Ints  # (362,) first row of each latitude band, band 0 at 90 S
    regions: tuple[tuple[str, str], ...]
    """Code such as `IT.07`, and name."""


def band(lat: float) -> int:
    """Return the latitude band of half a degree that towns are sorted by."""
    return round(lat * 2) + 180


def load_towns() -> Towns:
    """Read the table of towns."""
    raw = arrays("cities.npz")
    lat, lon = (np.cumsum(raw[axis].astype(np.int64)) / 1000 for axis in ("lat", "lon"))
    people = np.round(2.0 ** (raw["people"].astype(np.float64) / 8)).astype(np.int64)
    rows = (DATA / "regions.txt").read_text(encoding="utf-8").splitlines()
    starts = np.searchsorted(np.round(lat * 2) + 180, np.arange(362)).astype(np.int64)
    return Towns(
        lat=lat.astype(np.float32),
        lon=lon.astype(np.float32),
        people=people,
        radius=(0.3 + np.sqrt(people / (3000 * np.pi))).astype(np.float32),
        region=raw["region"].astype(np.int64),
        section=np.unpackbits(raw["section"].astype(np.uint8), count=len(lat)).astype(np.bool_),
        names=tuple(raw["names"].tobytes().decode().split("\n")),
        starts=starts,
        regions=tuple((code, name) for code, _, name in (row.partition("\t") for row in rows)),
    )


def load_alternates() -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Read the other names of larger towns, each with the row it belongs to."""
    rows = lzma.decompress((DATA / "alternates.xz").read_bytes()).decode().split("\n")
    cut = (row.split("\t") for row in rows)
    return tuple((int(number), tuple(names)) for number, *names in cut)


def load_names(name: str) -> dict[str, dict[str, str]]:
    """Read a shipped table of names in languages."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))
