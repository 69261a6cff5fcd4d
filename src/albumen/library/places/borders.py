"""Which country a coordinate is in, by the parity of border crossings along its parallel.

No ring is ever assembled: a point lies in a country if a ray to the west crosses that country's lines
an odd number of times.
"""

from dataclasses import dataclass

import numpy as np

from albumen.core.arrays import Floats, Ints
from albumen.library.places.tables import arrays

BANDS_A_DEGREE = 4
NOBODY = 65535
ICE = -80.0  # south of here all is Antarctica


@dataclass(frozen=True)
class Borders:
    """Border edges, once for each country they bound and for each latitude band they touch."""

    edges: Floats  # (M, 4) x0, y0, x1, y1 in degrees
    country: Ints  # (M,) index into codes
    starts: Ints  # (722,) first edge of each band, band 0 at 90 S
    codes: tuple[str, ...]

    def country_at(self, lat: float, lon: float) -> str:
        """Return the ISO code of the country there, empty at sea."""
        if lat < ICE:
            return "AQ"
        at = int((lat + 90) * BANDS_A_DEGREE)
        rows = slice(self.starts[at], self.starts[at + 1])
        x0, y0, x1, y1 = self.edges[rows].T
        crossed = (y0 <= lat) != (y1 <= lat)
        x0, y0, x1, y1 = x0[crossed], y0[crossed], x1[crossed], y1[crossed]
        west = x0 + (lat - y0) / (y1 - y0) * (x1 - x0) < lon
        odd = np.flatnonzero(np.bincount(self.country[rows][crossed][west]) % 2)
        return self.codes[int(odd[0])] if len(odd) else ""


def load_borders() -> Borders:
    """Read the border lines and sort their edges into latitude bands."""
    raw = arrays("borders.npz")
    points = np.stack([np.cumsum(raw[axis].astype(np.int64)) for axis in "xy"], axis=1) / 1000
    points = points.astype(np.float32)
    line = np.repeat(np.arange(len(raw["sizes"])), raw["sizes"].astype(np.int64))
    flat = np.concatenate([points[:-1], points[1:]], axis=1)
    joined = (line[1:] == line[:-1]) & (points[1:, 1] != points[:-1, 1])
    edges = flat[joined]
    sides = [raw[side].astype(np.int64)[line[1:][joined]] for side in ("left", "right")]
    country, edges = np.concatenate(sides), np.concatenate([edges, edges])
    edges, country = edges[country != NOBODY], country[country != NOBODY]
    low, high = np.sort(((edges[:, [1, 3]] + 90) * BANDS_A_DEGREE).astype(np.int64), axis=1).T
    rows = np.repeat(np.arange(len(edges)), high - low + 1)
    first = np.cumsum(high - low + 1) - (high - low + 1)
    bands = low[rows] + np.arange(len(rows)) - first[rows]
    order = np.argsort(bands, kind="stable")
    starts = np.searchsorted(bands[order], np.arange(180 * BANDS_A_DEGREE + 2)).astype(np.int64)
    return Borders(edges[rows[order]], country[rows[order]], starts, tuple(str(c) for c in raw["codes"]))
