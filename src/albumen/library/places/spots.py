"""What geography answers with: the place of a coordinate, and the spot that a name stands for."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

EARTH_KM = 6371.0


@dataclass(frozen=True)
class Place:
    """Where a coordinate is: a town (perhaps with its district), its region and its country."""

    name: str
    """The town, empty where none is within 50 km."""
    district: str
    region: str
    region_code: str
    """GeoNames code such as `IT.07`, empty where no town is near."""
    country: str
    """ISO 3166 code, two letters."""
    country_name: str
    km: float
    """Distance to the middle of the town."""
    lat: float
    lon: float

    def text(self) -> str:
        """Return the place as one reads it, the smallest part first."""
        parts = (self.district, self.name, self.region, self.country_name)
        return ", ".join(dict.fromkeys(p for p in parts if p))


@dataclass(frozen=True)
class Spot:
    """What a name may stand for: a country, a region or a town with the circle it fills."""

    name: str
    kind: Literal["country", "region", "city"]
    country: str
    country_name: str
    region: str
    region_code: str
    lat: float
    lon: float
    km: float
    """Radius of a town; 0 for a country or a region, which are matched by their code."""
    people: int

    def text(self) -> str:
        """Return the spot as one reads it: `Rome, Italy`."""
        parts = (self.name, self.country_name)
        return ", ".join(dict.fromkeys(p for p in parts if p))


def distance(lat: float, lon: float, lats: NDArray[Any], lons: NDArray[Any]) -> NDArray[np.float64]:
    """Return the great-circle distances in km from a coordinate in degrees to others, (n,) (haversine)."""
    a, b = np.radians(lat), np.radians(np.asarray(lats, np.float64))
    east = np.sin(np.radians(np.asarray(lons, np.float64) - lon) / 2) * np.sqrt(np.cos(a) * np.cos(b))
    return 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.hypot(np.sin((b - a) / 2), east)))
