"""How reliable the confidences of the AWS-compatible API are, on data with known truth.

Run: `python benchmarks/aws_confidences.py DATA`. Labels: photos whose things are known, over the 80 names that are
known. Faces: labelled pairs. Moderation: photos with nothing in them to moderate, so that each label is a false alarm.
"""

import csv
import json
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from albumen.aws_api.services.rekognition.faces import FaceAnalysis
from albumen.aws_api.services.rekognition.installed import installed
from albumen.aws_api.services.rekognition.labels import Labels
from albumen.aws_api.services.rekognition.moderation import Moderation
from albumen.aws_api.services.rekognition.ontology import ontology
from albumen.aws_api.services.rekognition.pictures import Pictures
from albumen.core.arrays import Floats, Image
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore

EDGES = (5, 30, 50, 60, 70, 80, 90, 100.001)
PICTURES = Pictures()


def opened(path: Path) -> Image:
    """Return a photo as requests have it."""
    return PICTURES.pixels(path.read_bytes())


def table(said: Floats, right: Floats) -> None:
    """Print how often what was said with a confidence was right."""
    for low, high in pairwise(EDGES):
        chosen = (said >= low) & (said < high)
        if chosen.any():
            share = f"{100 * right[chosen].mean():.0f} % right"
            print(f"  {low:3.0f} to {min(high, 100):3.0f}: said {said[chosen].mean():.0f}, {share}, n={chosen.sum()}")
    gaps = [
        abs(said[c].mean() / 100 - right[c].mean()) * c.sum()
        for low, high in pairwise(EDGES)
        if (c := (said >= low) & (said < high)).any()
    ]
    print(f"  expected calibration error {sum(gaps) / len(said):.3f}, Brier {np.mean((said / 100 - right) ** 2):.3f}")


def labels(data: Path, tasks: Any) -> None:
    """Labels of things against the things that are known to be in the photos."""
    known, finder = ontology(tasks.classes), Labels(tasks, PICTURES)
    names = {known.by_object[n] for n in known.by_object}
    said: list[float] = []
    right: list[bool] = []
    for row in json.loads((data / "retrieval" / "objects.json").read_text()):
        truth = {known.by_object[o["category"]] for o in row["objects"] if o["category"] in known.by_object}
        pixels = opened(data / "retrieval" / "images" / row["file"])
        for found in finder.find(pixels, finder.things(pixels), EDGES[0]):
            if found.label.name in names:
                said.append(found.confidence)
                right.append(found.label.name in truth)
    print(f"labels of things: {len(said)} said of {len(names)} names")
    table(np.array(said, np.float32), np.array(right, np.float32))


def faces(data: Path, tasks: Any) -> None:
    """Similarities of labelled pairs."""
    folder, analysis = data / "faces", FaceAnalysis(tasks)
    rows = list(csv.DictReader((folder / "pairs.csv").open()))
    vectors: Mapping[str, Floats] = {
        name: analysis.vectors(pixels := opened(folder / "images" / name), analysis.find(pixels))
        for name in sorted({r[k] for r in rows for k in ("file_x", "file_y")})
    }
    usable = [r for r in rows if len(vectors[r["file_x"]]) and len(vectors[r["file_y"]])]
    cosines = np.array([vectors[r["file_x"]][0] @ vectors[r["file_y"]][0] for r in usable], np.float32)
    similar = analysis.similarities(cosines)
    same = np.array([r["same_person"].strip().lower() in ("1", "true", "yes") for r in usable])
    print(f"faces: {len(usable)} of {len(rows)} pairs, {same.sum()} of one person")
    for least in (50, 80, 90, 95, 99):
        missed, wrong = (similar[same] < least).mean(), (similar[~same] >= least).mean()
        print(f"  from similarity {least}: {100 * missed:.1f} % of one person missed, {100 * wrong:.1f} % of two taken")


def moderation(data: Path, tasks: Any) -> None:
    """False alarms on harmless photos."""
    moderator = Moderation(tasks, PICTURES, "v7")
    paths = [p for part in ("retrieval", "faces") for p in sorted((data / part / "images").iterdir())]
    found = [moderator.moderate(opened(p), 5.0) for p in paths]
    print(f"moderation: {len(paths)} harmless photos")
    for least in (50, 60, 80, 90):
        alarms = [x for x in ([f for f in one if float(str(f["Confidence"])) >= least] for one in found) if x]
        names = sorted({str(f["Name"]) for one in alarms for f in one})
        print(f"  from confidence {least}: {len(alarms)} photos with a label ({', '.join(names) or 'none'})")


if __name__ == "__main__":
    data = Path(sys.argv[1])
    pool = Pool(ModelStore(Path.home() / ".cache" / "albumen" / "models"))
    models = installed(Cards.load(), pool)
    labels(data, models)
    faces(data, models)
    moderation(data, models)
    pool.close()
