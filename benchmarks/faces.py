"""Measure the face models: recall, verification, people, time; `python benchmarks/faces.py DATA` prints the figures."""

import csv
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from sqlalchemy import text

from albumen.core.arrays import Floats, Image, Ints
from albumen.library.sorting import sort_faces
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.vectors import Vectors
from albumen.vision.faces.age import Age
from albumen.vision.faces.analyse import Analyser, FaceFacts
from albumen.vision.faces.mesh import FaceMesh
from albumen.vision.faces.people import group
from albumen.vision.faces.sface import SFace, unit
from albumen.vision.faces.similarity import Likeness
from albumen.vision.faces.yunet import YuNet
from albumen.vision.moderation.open_nsfw import OpenNsfw

ASSETS = """INSERT INTO assets (id, digest, kind, mime, bytes, width, height, details, added_s, changed)
    VALUES (?, ?, 'photo', 'image/jpeg', 1, 1000, 1000, '{}', 0, 1)"""
FACES = """INSERT INTO faces (id, asset_id, card, score, left, top, right, bottom, landmarks, person_id, by_owner)
    VALUES (?, ?, 'bench', .99, .1, .1, .6, .6,
    '[[0.35, 0.4], [0.65, 0.4], [0.5, 0.55], [0.4, 0.7], [0.6, 0.7]]', ?, 0)"""


def main(data: Path, pool: Pool) -> None:
    """Print every figure."""
    cards = Cards.load()
    folder = data / "faces"
    truth = json.loads((folder / "truth.json").read_text())
    pictures = [read(folder / t["file"]) for t in truth]
    facts = timed(cards, pool, pictures)
    counted = [(len(f.faces), t["faces_in_photo"]) for f, t in zip(facts, truth, strict=True) if t["faces_in_photo"]]
    print(f"photos with a face found: {sum(len(f.faces) > 0 for f in facts)} of {len(facts)}")
    print(f"photos of known count: {sum(a == b for a, b in counted)} of {len(counted)} right")
    vectors = {t["file"].split("/")[-1]: largest(f) for f, t in zip(facts, truth, strict=True)}
    verification(folder / "pairs.csv", vectors, Likeness.of(cards["sface-2021dec.fp32"]))
    known = [t for t in truth if t["identity"]]
    album = np.stack([vectors[t["file"].split("/")[-1]] for t in known])
    report("shared album", np.array([t["identity"] for t in known]), group(album, np.arange(len(album))))
    for faces in (2_000, 20_000, 100_000):
        synthetic(faces)
    joining(100_000, 200)
    harmless(cards, pool, sorted((data / "retrieval" / "images").glob("*.jpg")))


def timed(cards: Cards, pool: Pool, pictures: list[Image]) -> list[FaceFacts]:
    """Print milliseconds a photo of each part and return what all parts read."""
    detector, embedder = YuNet(cards["yunet-2023mar.fp32"], pool), SFace(cards["sface-2021dec.fp32"], pool)
    age, mesh = Age(cards["age-dlib.v1"], pool), FaceMesh(cards["face-mesh.v1"], pool)
    found = detector.detect(pictures)
    parts = {
        "detect, 640": lambda: detector.detect(pictures),
        "detect, 640 and tiles of 1280": lambda: YuNet(cards["yunet-2023mar.fp32"], pool, long_side=1280).detect(
            pictures
        ),
        "embed": lambda: [embedder.embed(i, f) for i, f in zip(pictures, found, strict=True)],
        "age": lambda: [age.estimate(i, f) for i, f in zip(pictures, found, strict=True)],
        "mesh": lambda: [mesh.fit(i, f) for i, f in zip(pictures, found, strict=True)],
        "find, embed, quality, pose": lambda: Analyser(detector, embedder).look(pictures),
    }
    for name, part in parts.items():
        print(f"{name}: {milliseconds(part, len(pictures)):.1f} ms a photo")
    return Analyser(detector, embedder, age=age, mesh=mesh).look(pictures)


def verification(pairs: Path, vectors: dict[str, Floats], likeness: Likeness) -> None:
    """Print how well the pairs of the shared list are told apart."""
    rows = list(csv.DictReader(pairs.open()))
    cosines = np.array([vectors[r["file_x"].split("/")[-1]] @ vectors[r["file_y"].split("/")[-1]] for r in rows])
    same = np.array([r["same_person"] == "yes" for r in rows])
    auc = (cosines[same][:, None] > cosines[~same]).mean()
    accuracy = ((likeness.percent(cosines.astype(np.float32)) >= 80) == same).mean()
    print(f"pairs: AUC {auc:.4f}, accuracy at similarity 80 {accuracy:.4f} of {len(rows)}")
    print(f"cosines: same {cosines[same].min():.3f} and up, different {cosines[~same].max():.3f} and down")


def synthetic(faces: int) -> None:
    """Print the scores of an album of made-up people: families alike, three looks a person, poor views among them."""
    random = np.random.default_rng(3)
    people = faces // 40
    share = random.pareto(1.0, people) + 0.3
    who = random.choice(people, faces, p=share / share.sum())
    family = directions(random, people // 4 + 1)[np.arange(people) // 4]
    centres = unit(0.9 * directions(random, people) + 0.3 * directions(random, 1) + 0.45 * family)
    looks = unit(centres[:, None].repeat(3, 1).reshape(-1, 128) + 0.55 * directions(random, 3 * people))
    poor = random.random(faces) < 0.15
    noise = np.where(poor, random.uniform(0.9, 1.4, faces), random.uniform(0.25, 0.75, faces))
    seen = looks[3 * who + random.integers(0, 3, faces)] + noise[:, None].astype(np.float32) * directions(random, faces)
    photos, quality = photographed(who, random), np.where(poor, 0.3, 1).astype(np.float32)
    start = time.perf_counter()
    found = group(unit(seen.astype(np.float32)), photos, quality=quality)
    seconds = time.perf_counter() - start
    shown = list(zip(photos[found >= 0].tolist(), found[found >= 0].tolist(), strict=True))
    report(f"{faces} made-up faces of {people} people", who, found)
    print(f"  {seconds:.1f} s, a person twice in one photo: {len(shown) - len(set(shown))} times")


def joining(known: int, new: int) -> None:
    """Print how long new faces take to join the people of a library that knows so many faces, as after an import."""
    random = np.random.default_rng(0)
    share = random.pareto(1.0, known // 40) + 0.3
    who = random.choice(len(share), known + new, p=share / share.sum())
    vectors = unit(directions(random, len(share))[who] + 0.5 * directions(random, known + new))
    with tempfile.TemporaryDirectory() as folder:
        catalog, store = Catalog(Path(folder) / "catalog.sqlite"), Vectors(Path(folder) / "vectors", 128)
        seen(catalog, store, 1 + np.arange(known), vectors[:known], who[:known])
        store.settle()
        seen(catalog, store, 1 + np.arange(known, known + new), vectors[known:], None)
        wall, cpu = time.perf_counter(), time.process_time()
        sort_faces(catalog, store, "bench")
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        with catalog.read() as db:
            rows = db.execute(text("SELECT person_id FROM faces WHERE id > :known ORDER BY id"), {"known": known})
            right = np.mean([person == w + 1 for (person,), w in zip(rows, who[known:], strict=True)])
        store.close()
        catalog.close()
    print(f"{new} faces join {known}: {wall:.1f} s, {cpu:.1f} s of processor time, {right:.3f} where they belong")


def seen(catalog: Catalog, store: Vectors, ids: Ints, vectors: Floats, who: Ints | None) -> None:
    """Put faces into a library, one a photo, with people (numbered from 1) where these are known."""
    whose = [None] * len(ids) if who is None else (who + 1).tolist()
    with catalog.write() as db:
        driver = db.connection.driver_connection
        driver.executemany(ASSETS, [(i, f"{i:064x}") for i in ids.tolist()])
        if who is not None:
            driver.executemany("INSERT INTO people (id) VALUES (?)", [(p,) for p in sorted(set(whose))])
            driver.execute("INSERT INTO meta (key, value) VALUES ('people.face', ?)", (str(ids.max()),))
        driver.executemany(FACES, [(i, i, p) for i, p in zip(ids.tolist(), whose, strict=True)])
    store.add(ids, vectors)


def photographed(who: Ints, random: np.random.Generator) -> Ints:
    """Return a photo for each face, one to four faces each, nobody twice."""
    photos, photo, inside, most = np.zeros(len(who), np.int64), 0, set[int](), 1
    for i, person in enumerate(who.tolist()):
        if person in inside or len(inside) == most:
            photo, inside, most = photo + 1, set[int](), int(random.integers(1, 5))
        inside.add(person)
        photos[i] = photo
    return photos


def report(name: str, true: Ints, found: Ints) -> None:
    """Print B-cubed and pairwise F; a face given to nobody counts as a person of its own."""
    labels = found.copy()
    labels[found < 0] = found.max() + 1 + np.arange((found < 0).sum())
    _, t = np.unique(true, return_inverse=True)
    _, p = np.unique(labels, return_inverse=True)
    _, both, counts = np.unique(t * (p.max() + 1) + p, return_inverse=True, return_counts=True)
    true_sizes, sizes = np.bincount(t), np.bincount(p)
    precision, recall = (counts[both] / sizes[p]).mean(), (counts[both] / true_sizes[t]).mean()
    together = pairs_in(counts)
    pair_precision, pair_recall = together / pairs_in(sizes), together / pairs_in(true_sizes)
    b_cubed = 2 * precision * recall / (precision + recall)
    pairwise = 2 * pair_precision * pair_recall / (pair_precision + pair_recall)
    print(
        f"{name}: B-cubed F {b_cubed:.4f} (precision {precision:.4f}), pairwise F {pairwise:.4f}, {p.max() + 1} groups"
    )


def harmless(cards: Cards, pool: Pool, photos: list[Path]) -> None:
    """Print the moderation scores of photos known to be harmless, and the time."""
    pictures = [read(p) for p in photos]
    scorer = OpenNsfw(cards["open-nsfw.fp32"], pool)
    scores = scorer.score(pictures)
    print(
        f"harmless photos scored above 0.2: {(scores > 0.2).sum()}, above 0.8: {(scores > 0.8).sum()} of {len(scores)}"
    )
    print(f"moderation: {milliseconds(lambda: scorer.score(pictures), len(pictures)):.1f} ms a photo")


def milliseconds(part: object, pictures: int) -> float:
    """Return the time of one run a picture."""
    start = time.perf_counter()
    part()  # pyright: ignore
    return (time.perf_counter() - start) / pictures * 1000


def directions(random: np.random.Generator, count: int) -> Floats:
    """Return random unit vectors."""
    return unit(random.normal(size=(count, 128)).astype(np.float32))


def largest(facts: FaceFacts) -> Floats:
    """Return the vector of the largest face."""
    return facts.vectors[np.prod(facts.faces.boxes[:, 2:] - facts.faces.boxes[:, :2], axis=1).argmax()]


def pairs_in(sizes: Ints) -> float:
    """Return how many pairs groups of these sizes hold."""
    return float((sizes * (sizes - 1) / 2).sum())


def read(path: Path) -> Image:
    """Return the pixels of a photo."""
    return np.ascontiguousarray(cv2.imread(str(path), cv2.IMREAD_COLOR)[:, :, ::-1])


if __name__ == "__main__":
    models = Path(os.environ.get("ALBUMEN_MODELS", Path.home() / ".cache" / "albumen" / "models"))
    main(Path(sys.argv[1]), Pool(ModelStore(models)))
