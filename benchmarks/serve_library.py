"""A synthetic library for the server's measurements: rows, words, faces, and what the encoder says of 500 looks.

Every asset has one of the looks, with noise of its own, so that search does the work that real photos give it.
"""

import hashlib
import io
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sqlalchemy import insert, text

from albumen.core.arrays import Floats, Ints
from albumen.core.findings import Objects
from albumen.core.settings import read_settings
from albumen.library.folder import Folder
from albumen.server.models import Models
from albumen.stores.blobs import Blobs
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, faces, facts, files, frames, people, roots
from albumen.stores.postings import Postings
from albumen.stores.vectors import Vectors
from albumen.vision.colours.shares import NAMES, Colours
from albumen.vision.embed.encoder import Seen
from albumen.vision.labels import efficientnet

PICTURES, LOOKS, PEOPLE, CHUNK = 500, 500, 60, 10_000
"""Assets that have thumbnails, different looks, people, and assets written at a time."""
SEASON = (1_000_000_000, 1_700_000_000)
TOWNS = (
    ("Rome", "IT.07", "IT", 41.9, 12.5), ("London", "GB.ENG", "GB", 51.5, -0.1), ("Berlin", "DE.16", "DE", 52.5, 13.4),
    ("Lisbon", "PT.14", "PT", 38.7, -9.1), ("Kyoto", "JP.22", "JP", 35.0, 135.8), ("Oslo", "NO.12", "NO", 59.9, 10.7),
)  # fmt: skip
THINGS = ("person", "dog", "cat", "car", "bus", "bicycle", "boat", "cake", "chair", "horse", "pizza", "umbrella")
CAPTIONS = ("A walk by the sea", "Birthday of grandmother", "First day of school", "Skiing with friends")
MODEL = "made up"


class Looks:
    """What models found in pictures that never were, and what the encoder makes of it."""

    def __init__(self, models: Models, random: np.random.Generator) -> None:
        image, shares = np.zeros((8, 8, 3), np.uint8), np.full(len(NAMES), 1 / len(NAMES), np.float32)
        chances = random.dirichlet(np.full(1000, 0.004), LOOKS).astype(np.float32)
        objects = [_objects(random) for _ in range(LOOKS)]
        seen = [Seen(image, c, o, Colours(shares, 0.1)) for c, o in zip(chances, objects, strict=True)]
        self.labels = [_entries(efficientnet.read(c, 0.1)) for c in chances]
        self.objects = [[[*e, b] for e, b in zip(_entries(o), o.boxes.tolist(), strict=True)] for o in objects]
        self._random = random
        self._vectors, self._words = models.scorer.images(seen), models.scorer.words(seen)

    def vectors(self, which: Ints) -> Floats:
        """Return a unit vector for each asset, near that of its look."""
        near = self._vectors[which] + 0.03 * self._random.standard_normal((len(which), self._vectors.shape[1]))
        return (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)

    def words(self, which: Ints) -> tuple[Ints, Ints, Floats]:
        """Return how many words each asset has, the words, and their evidence."""
        found = [self._words[i] for i in which]
        counts, values = np.array([len(f.words) for f in found]), np.concatenate([f.values for f in found])
        noise = self._random.normal(0, 0.02, len(values))
        return counts, np.concatenate([f.words for f in found]), np.clip(values + noise, 0.001, 1).astype(np.float32)


def make_library(folder: Path, count: int) -> None:
    """Write a library of `count` synthetic assets over twenty years, unless the folder holds one already."""
    library, done = Folder(folder), folder / f"made-{count}"
    if done.exists():
        return
    library.create()
    models, random, started = Models(read_settings()), np.random.default_rng(1), time.perf_counter()
    looks, name, catalog = Looks(models, random), models.card("embed").name, Catalog(library.catalog)
    vectors, words = Vectors(library.vectors / name, models.scorer.dim), Postings(library.vectors / f"{name}-words")
    with catalog.write() as db:
        db.execute(insert(roots).values(id=1, path=b"/photos", managed=False, online=True))
        db.execute(insert(people), [{"id": n + 1, "name": f"Person {n}" if n % 3 else None} for n in range(PEOPLE)])
    for start in range(0, count, CHUNK):
        which = random.integers(0, LOOKS, min(CHUNK, count - start))
        keys = np.arange(start + 1, start + 1 + len(which))
        _write(catalog, keys, which, looks, random)
        vectors.add(keys, looks.vectors(which))
        words.add(keys, *looks.words(which))
    vectors.settle()
    words.settle()
    for number in range(min(PICTURES, count)):
        _thumbnails(Blobs(library.thumbnails), digest_of(number + 1), random)
    catalog.close()
    done.touch()
    print(f"made {count:,} assets in {time.perf_counter() - started:.0f} s")


def digest_of(key: int) -> str:
    """Return the digest of an asset by its key."""
    return hashlib.sha256(str(key).encode()).hexdigest()


def _entries(found: Any) -> list[list[Any]]:
    return [[name, round(float(score), 3)] for name, score in zip(found.names, found.scores, strict=True)]


def _objects(random: np.random.Generator) -> Objects:
    names = tuple(random.choice(THINGS, random.integers(0, 4), replace=False).tolist())
    corners = random.uniform(0, 0.5, (len(names), 2))
    scores = np.sort(random.uniform(0.4, 0.95, len(names)))[::-1]
    return Objects(names, scores.astype(np.float32), np.hstack([corners, corners + 0.4]).astype(np.float32))


def _write(catalog: Catalog, keys: Ints, which: Ints, looks: Looks, random: np.random.Generator) -> None:
    rows = [_asset(key, random) for key in keys.tolist()]
    at = [dict(asset_id=r["id"], root_id=1, path=_path(r["id"]).encode(), digest=r["digest"], role="original",
               bytes=3_000_000, mtime_ns=0, state="present") for r in rows]  # fmt: skip
    said = [_fact(key, task, value) for key, look in zip(keys.tolist(), which.tolist(), strict=True)
            for task, value in (("colours", {"red": 0.2, "green": 0.3, "blue": 0.5}), ("labels", looks.labels[look]),
                                ("objects", looks.objects[look]))]  # fmt: skip
    seen = [_face(r["id"], random) for r in rows if random.random() < 0.4]
    docs = [
        {"id": r["id"], "caption": r["details"].get("caption", ""), "file": _path(r["id"]), "place": r["town"] or ""}
        for r in rows
    ]
    with catalog.write() as db:
        db.execute(insert(assets), rows)
        db.execute(insert(files), at)
        db.execute(insert(frames), [dict(id=r["id"], asset_id=r["id"], at_ms=0, shot=0) for r in rows])
        db.execute(insert(facts), said)
        db.execute(insert(faces), seen)
        db.execute(
            text("INSERT INTO docs(rowid, caption, filename, place) VALUES (:id, :caption, :file, :place)"), docs
        )


def _asset(key: int, random: np.random.Generator) -> dict[str, Any]:
    taken, wide = float(random.uniform(*SEASON)), bool(random.random() < 0.7)
    town, region, country, lat, lon = TOWNS[random.integers(len(TOWNS))]
    caption = {"caption": str(random.choice(CAPTIONS))} if random.random() < 0.1 else {}
    return {
        "id": key, "digest": digest_of(key), "kind": "photo", "mime": "image/jpeg", "bytes": 3_000_000,
        "width": 4032 if wide else 3024, "height": 3024 if wide else 4032, "taken_s": taken,
        "taken": time.strftime("%Y-%m-%dT%H:%M:%S.000", time.gmtime(taken)), "details": caption, "added_s": 0.0,
        "lat": lat + float(random.normal(0, 0.05)), "lon": lon + float(random.normal(0, 0.05)), "town": town,
        "region": region, "country": country, "make": "Apple", "model": "iPhone 15", "changed": key // 16 + 1,
    }  # fmt: skip


def _path(key: int) -> str:
    return f"/photos/IMG_{key:06}.jpg"


def _fact(key: int, task: str, value: Any) -> dict[str, Any]:
    return {"asset_id": key, "task": task, "card": MODEL, "value": value, "at_s": 0.0}


def _face(key: int, random: np.random.Generator) -> dict[str, Any]:
    left, top = random.uniform(0, 0.7, 2).tolist()
    box = {"left": left, "top": top, "right": left + 0.2, "bottom": top + 0.2}
    person = int(random.zipf(1.5)) % PEOPLE + 1
    return {"asset_id": key, "card": MODEL, "score": 0.9, "landmarks": [], "person_id": person, **box}


def _thumbnails(blobs: Blobs, digest: str, random: np.random.Generator) -> None:
    noise = random.integers(0, 255, (18, 25, 3), np.uint8)
    for name, size, form in (("250.webp", (333, 250), "WEBP"), ("1440.jpg", (1440, 1080), "JPEG")):
        data = io.BytesIO()
        Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(data, form, quality=80)
        blobs.put(digest, name, data.getvalue())
