"""Reverse and forward geocoding over the shipped tables; each table is read on first use."""

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools, Floats, Ints
from albumen.library.places.aliases import COUNTRIES, REGIONS
from albumen.library.places.borders import Borders, load_borders
from albumen.library.places.names import Names, fold
from albumen.library.places.spots import Place, Spot
from albumen.library.places.tables import Towns, band, load_names, load_towns

REACH_KM = 50.0
SEA_KM = 25.0  # a point in no country belongs to a coast this near
DISTRICT_KM = 3.0
DRIFT_KM = 2.0  # how far a border line may be off
KM_A_DEGREE = 111.2
PART_OF = {
    **dict.fromkeys(("GP", "MQ", "GF", "RE", "YT"), "FR"),
    **dict.fromkeys(("SJ", "BV"), "NO"),
    **dict.fromkeys(("CX", "CC"), "AU"),
    "BQ": "NL",
    "TK": "NZ",
    "UM": "US",
}
"""Codes that the border table holds as part of another country."""


class Gazetteer:
    """Answers where a coordinate is and what a place's name may mean, without a network."""

    def __init__(self, *, language: str = "en") -> None:
        self.language = language

    @cached_property
    def towns(self) -> Towns:
        """Return the table of towns."""
        return load_towns()

    @cached_property
    def borders(self) -> Borders:
        """Return the border lines."""
        return load_borders()

    @cached_property
    def names(self) -> Names:
        """Return the index of town names."""
        return Names(self.towns)

    @cached_property
    def countries(self) -> dict[str, dict[str, str]]:
        """Return ISO code -> language -> country name."""
        return load_names("countries.json")

    @cached_property
    def country_codes(self) -> dict[str, str]:
        """Return folded country name in any language -> ISO code."""
        table = {fold(name): code for code, names in self.countries.items() for name in names.values()}
        return {name: code for name, code in (table | COUNTRIES).items() if code}

    @cached_property
    def region_rows(self) -> dict[str, list[int]]:
        """Return folded region name -> rows of the region table."""
        rows: dict[str, list[int]] = {}
        for row, (_, name) in enumerate(self.towns.regions):
            rows.setdefault(fold(name), []).append(row)
        codes = {code: row for row, (code, _) in enumerate(self.towns.regions)}
        return rows | {name: [codes[code]] for name, code in REGIONS.items() if code in codes}

    def place(self, lat: float | None, lon: float | None) -> Place | None:
        """Return the place at a coordinate in degrees; None at sea, at 0/0 and where the numbers cannot be."""
        if lat is None or lon is None or not is_somewhere(lat, lon):
            return None
        country = self.borders.country_at(lat, lon)
        rows, km = self.near(lat, lon, REACH_KM if country else SEA_KM)
        if country:
            inside = self.states[rows] == country
            rows, km = self.trusted(rows, km, inside)
        if not len(rows):
            return self.nowhere_near(country, lat, lon) if country else None
        return self.settle(rows, km)

    @cached_property
    def states(self) -> NDArray[np.str_]:
        """Return the country of each town as the border table names it."""
        codes = [PART_OF.get(code[:2], code[:2]) for code, _ in self.towns.regions]
        return np.array(codes)[self.towns.region]

    def trusted(self, rows: Ints, km: Floats, inside: Bools) -> tuple[Ints, Floats]:
        """Keep the towns of the country, unless a town of another is so much nearer that the border must be off."""
        abroad = np.where(inside, np.inf, km)
        if len(rows) and abroad.min() < min(DRIFT_KM, km[inside].min(initial=np.inf) / 2):
            inside = self.states[rows] == self.states[rows[int(abroad.argmin())]]
        return rows[inside], km[inside]

    def near(self, lat: float, lon: float, reach: float) -> tuple[Ints, Floats]:
        """Return the towns within `reach` km and their distances in km."""
        width = min(180.0, reach / KM_A_DEGREE / max(np.cos(np.radians(min(abs(lat) + 0.5, 89.9))), 0.01))
        rows = np.concatenate([self.strip(b, lon, width) for b in bands(lat, reach)])
        east = (self.towns.lon[rows] - lon + 180) % 360 - 180
        north = self.towns.lat[rows] - lat
        km = KM_A_DEGREE * np.hypot(north, east * np.cos(np.radians(lat + north / 2)))
        return rows[km <= reach], km[km <= reach].astype(np.float32)

    def strip(self, number: int, lon: float, width: float) -> Ints:
        """Return the rows of one latitude band within `width` degrees of a longitude, over the date line too."""
        start, end = self.towns.starts[number], self.towns.starts[number + 1]
        lons = self.towns.lon[start:end]
        spans = [(lon - width, lon + width)]
        spans += [(lon - width + 360, 180.0)] if lon - width < -180 else []
        spans += [(-180.0, lon + width - 360)] if lon + width > 180 else []
        cuts = [np.searchsorted(lons, span) for span in spans]
        return np.concatenate([np.arange(start + a, start + b, dtype=np.int64) for a, b in cuts])

    def settle(self, rows: Ints, km: Floats) -> Place:
        """Choose the town whose disc holds the point most, else the one whose edge is nearest, and its district."""
        radius, section = self.towns.radius[rows], self.towns.section[rows]
        ratio, beyond = km / radius, km - radius
        whole = np.flatnonzero(~section) if not section.all() else np.arange(len(rows))
        holding = whole[ratio[whole] <= 1.2]
        pick = int(holding[ratio[holding].argmin()] if len(holding) else whole[beyond[whole].argmin()])
        parts = np.flatnonzero(section & (km < DISTRICT_KM) & (rows != rows[pick]))
        part = int(parts[km[parts].argmin()]) if len(parts) else -1
        close = part >= 0 and km[part] < km[pick]
        return self.describe(int(rows[pick]), float(km[pick]), int(rows[part]) if close else None)

    def describe(self, row: int, km: float, district: int | None) -> Place:
        """Return a town of the table as a place, in the reader's language where the data has it."""
        towns = self.towns
        code, region = towns.regions[int(towns.region[row])]
        return Place(
            name=self.names.local(row, self.language),
            district="" if district is None else towns.names[district],
            region=region,
            region_code=code,
            country=code[:2],
            country_name=self.country_name(code[:2]),
            km=round(km, 2),
            lat=round(float(towns.lat[row]), 3),
            lon=round(float(towns.lon[row]), 3),
        )

    def nowhere_near(self, country: str, lat: float, lon: float) -> Place:
        """Return a place of which only the country is known."""
        return Place("", "", "", "", country, self.country_name(country), 0.0, lat, lon)

    def country_name(self, code: str) -> str:
        """Return a country's name in the reader's language."""
        names = self.countries.get(code, {})
        return names.get(self.language) or names.get("en") or code

    @lru_cache(maxsize=4096)  # noqa: B019 - one gazetteer lives as long as the library that owns it
    def find(self, name: str, /) -> tuple[Spot, ...]:
        """Return what a name may stand for: the country, regions, then towns by people; `Rome, US` narrows."""
        head, _, rest = name.partition(",")
        folded = fold(head)
        if not folded:
            return ()
        found = self.find_country(folded) + self.find_regions(folded) + self.find_towns(folded)
        return tuple(s for s in found if self.lies_in(s, fold(rest))) if rest.strip() else found

    def lies_in(self, spot: Spot, whole: str) -> bool:
        """Tell whether a spot lies in the folded country or region, given by name or code."""
        code = self.country_codes.get(whole, whole.upper())
        last = spot.region_code.rpartition(".")[2].casefold()
        return spot.country == code or whole in (fold(spot.region), last)

    def find_country(self, folded: str) -> tuple[Spot, ...]:
        """Return the country of that name as a spot."""
        code = self.country_codes.get(folded)
        if not code:
            return ()
        name = self.country_name(code)
        rows = np.array([i for i, (c, _) in enumerate(self.towns.regions) if c[:2] == code], np.int64)
        return (self.area(name, code, ("", ""), np.isin(self.towns.region, rows)),)

    def find_regions(self, folded: str) -> tuple[Spot, ...]:
        """Return the regions of that name, the one with most people first."""
        spots: list[Spot] = []
        for row in self.region_rows.get(folded, ()):
            code, name = self.towns.regions[row]
            spots.append(self.area(name, code[:2], (code, name), self.towns.region == row))
        return tuple(sorted(spots, key=lambda s: -s.people))

    def area(self, name: str, country: str, region: tuple[str, str], inside: np.ndarray) -> Spot:
        """Return a country or region as a spot at its largest town."""
        rows = np.flatnonzero(inside)
        top = int(rows[self.towns.people[rows].argmax()]) if len(rows) else 0
        lat, lon = float(self.towns.lat[top]), float(self.towns.lon[top])
        people = int(self.towns.people[rows].sum())
        kind = "region" if region[0] else "country"
        return Spot(name, kind, country, self.country_name(country), region[1], region[0], lat, lon, 0.0, people)

    def find_towns(self, folded: str) -> tuple[Spot, ...]:
        """Return the towns of that name, the one with most people first."""
        rows = self.names.rows(folded)
        spots = [self.town(row) for row in rows]
        return tuple(sorted(spots, key=lambda s: -s.people))

    def town(self, row: int) -> Spot:
        """Return a town of the table as a spot."""
        place = self.describe(row, 0.0, None)
        km, people = float(self.towns.radius[row]), int(self.towns.people[row])
        return Spot(
            place.name, "city", place.country, place.country_name, place.region, place.region_code,
            place.lat, place.lon, round(km, 1), people,
        )  # fmt: skip


def is_somewhere(lat: float, lon: float) -> bool:
    """Tell whether a coordinate is on Earth and not the 0/0 that cameras without a fix write."""
    on_earth = -90 <= lat <= 90 and -180 <= lon <= 180  # False for NaN too
    return on_earth and not (abs(lat) < 1e-4 and abs(lon) < 1e-4)


def bands(lat: float, reach: float) -> range:
    """Return the latitude bands that touch a circle."""
    return range(max(0, band(lat - reach / KM_A_DEGREE)), min(360, band(lat + reach / KM_A_DEGREE)) + 1)
