"""How often offline geocoding names the right town and country, and how fast; run from the repository root.

Usage: python benchmarks/places.py
"""

import time
import tomllib
from pathlib import Path

import numpy as np

from albumen.library.places import Gazetteer
from albumen.library.places.names import fold

TABLE = Path(__file__).parents[1] / "tests/library/places/places.toml"
DATA = Path(__file__).parents[1] / "src/albumen/library/places/data"


def milliseconds(work: object) -> float:
    """Return the CPU time of a call in ms."""
    start = time.process_time()
    work()  # type: ignore[operator]
    return 1000 * (time.process_time() - start)


def main() -> None:
    """Print accuracy, load time, lookup time and the size of the tables."""
    world = Gazetteer()
    print(f"load towns        {milliseconds(lambda: world.towns):8.1f} ms")
    print(f"load borders      {milliseconds(lambda: world.borders):8.1f} ms")
    print(f"load names        {milliseconds(lambda: (world.names.main, world.names.other)):8.1f} ms")
    rows = [row for table in tomllib.loads(TABLE.read_text(encoding="utf-8")).values() for row in table]
    right_country = right_town = towns = 0
    for name, lat, lon, town, country in rows:
        place = world.place(lat, lon)
        right_country += (place.country if place else "") == country
        towns += bool(town)
        hit = bool(town) and place is not None and fold(place.name) == fold(town)
        right_town += hit
        if town and not hit:
            print(f"  missed: {name} -> {place.text() if place else 'nowhere'}")
    print(f"country right     {right_country:5d} of {len(rows)}")
    print(f"town right        {right_town:5d} of {towns}")
    rng = np.random.default_rng(0)
    picks = rng.integers(0, len(world.towns.lat), 2000)
    noise = rng.normal(0, 0.05, (2000, 2))
    points = [
        (float(world.towns.lat[i] + n[0]), float(world.towns.lon[i] + n[1])) for i, n in zip(picks, noise, strict=True)
    ]
    print(f"reverse, each     {milliseconds(lambda: [world.place(*p) for p in points]) / 2000:8.3f} ms")
    names = [world.towns.names[i] for i in picks]
    print(f"forward, each     {milliseconds(lambda: [world.find(n) for n in names]) / 2000:8.3f} ms")
    print(
        f"tables            {sum(f.stat().st_size for f in DATA.iterdir()) / 1e6:8.2f} MB, {len(world.towns.lat)} towns"
    )


if __name__ == "__main__":
    main()
