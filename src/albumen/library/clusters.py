"""Gathers positions into the points of a map: one point a cell of a grid that gets finer with the zoom."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from albumen.core.arrays import Ints

Numbers = np.ndarray[Any, np.dtype[np.float64]]
CELLS_A_TILE = 8
MOST = 2_000


@dataclass(frozen=True)
class Box:
    """A part of the map in degrees; `west` may be greater than `east` across the date line."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Cluster:
    """Assets close together: their middle, how many, the box around them, and the key of one."""

    lat: float
    lon: float
    count: int
    key: int
    box: Box


def clusters(keys: Ints, lat: Numbers, lon: Numbers, box: Box, zoom: int) -> list[Cluster]:
    """Return the clusters inside a box, the largest first; a cell is an eighth of a map tile at that zoom."""
    inside = (lat >= box.south) & (lat <= box.north) & _between(lon, box)
    keys, lat, lon = keys[inside], lat[inside], lon[inside]
    if not len(keys):
        return []
    size = 360 / (2.0**zoom * CELLS_A_TILE)
    column, row = np.floor((lon + 180) / size).astype(np.int64), np.floor((lat + 90) / size).astype(np.int64)
    _, number = np.unique(row * (1 << 32) + column, return_inverse=True)
    order = np.argsort(number, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(number[order])) + 1)
    groups.sort(key=len, reverse=True)
    return [_cluster(keys[g], lat[g], lon[g]) for g in groups[:MOST]]


def _between(lon: Numbers, box: Box) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if box.west <= box.east:
        return (lon >= box.west) & (lon <= box.east)
    return (lon >= box.west) | (lon <= box.east)


def _cluster(keys: Ints, lat: Numbers, lon: Numbers) -> Cluster:
    box = Box(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    return Cluster(float(lat.mean()), float(lon.mean()), len(keys), int(keys[0]), box)
