"""How often boxes of a confidence are right, before and after calibration.

    python benchmarks/calibration.py --data FOLDER --models FOLDER

Uses the photos of retrieval/ whose boxes are known. A box is right if it overlaps a box of its kind, taken once, by
half. Calibration is judged on photos left out, a tenth at a time. `--data` may come from ALBUMEN_TEST_DATA.

Labels have no truth of their own. Those that are a kind of what has boxes ("miniature poodle", a dog) are counted as
right where such a thing is in the picture, which is a coarser claim than the label's.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np
from retrieval import logistic

from albumen.library.heads import SURE_LABEL
from albumen.media.formats import Format
from albumen.media.image import decode
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore
from albumen.vision.embed.features import categories, logit
from albumen.vision.embed.tables import Tables
from albumen.vision.labels.efficientnet import EfficientNet
from albumen.vision.objects.efficientdet import EfficientDet, likely

OVERLAP = 0.5
BINS = 10


def overlap(a, b):
    """Return the intersection over union of two boxes."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(width, 0) * max(height, 0)
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def judged(found, photo):
    """Yield (confidence, right) for each box, surest first; boxes on crowds are not judged."""
    width, height = photo["width"], photo["height"]
    truth = [
        (o, (x / width, y / height, (x + w) / width, (y + h) / height))
        for o in photo["objects"]
        for x, y, w, h in [o["bbox"]]
    ]
    used = set()
    for name, score, box in zip(found.names, found.scores, found.boxes, strict=True):
        fits = [k for k, (o, b) in enumerate(truth) if o["category"] == name and overlap(box, b) >= OVERLAP]
        free = [k for k in fits if not truth[k][0]["iscrowd"] and k not in used]
        if free or not any(truth[k][0]["iscrowd"] for k in fits):
            used.update(free[:1])
            yield float(score), bool(free)


def error(said, right):
    """Return the expected calibration error over ten equal bins."""
    bins = np.minimum((said * BINS).astype(int), BINS - 1)
    gaps = [abs(said[bins == k].mean() - right[bins == k].mean()) * (bins == k).mean() for k in np.unique(bins)]
    return round(float(sum(gaps)), 3)


def fit(said, right):
    """Return bias and slope of a logistic of the logit."""
    return logistic(np.stack([np.ones(len(said)), logit(said)], 1), right.astype(float))


def kinds():
    """Return the detector's names for each number of a class that is a kind of them."""
    found, names = {}, list(categories())
    for label, category in Tables.load().same:
        found.setdefault(int(label), set()).add(names[int(category)])
    return found


def labelled(classifier, picture, photo, known):
    """Yield (confidence, right) for each label of a picture that is a kind of what has boxes."""
    there = {thing["category"] for thing in photo["objects"]}
    (probabilities,) = classifier.probabilities([picture])
    for label in np.flatnonzero(probabilities >= SURE_LABEL):
        if int(label) in known:
            yield float(probabilities[label]), bool(known[int(label)] & there)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("ALBUMEN_TEST_DATA"))
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache/albumen/models")
    options = parser.parse_args()
    folder, cards = Path(options.data) / "retrieval", Cards.load()
    pool = Pool(ModelStore(options.models, fetch=True))
    detector, classifier = EfficientDet(cards.default("objects"), pool), EfficientNet(cards.default("labels"), pool)
    rows, labels, known = [], [], kinds()
    photos = json.loads((folder / "objects.json").read_text())
    for number, photo in enumerate(photos):
        image = decode((folder / "images" / Path(photo["file"]).name).read_bytes(), Format.JPEG).canvas
        rows += [(number, *row) for row in judged(detector.detect([image])[0], photo)]
        labels += labelled(classifier, image, photo, known)
    owner, said, right = np.array(rows).T
    left_out = np.zeros(len(said))
    for fold in range(10):
        test = owner % 10 == fold
        bias, slope = fit(said[~test], right[~test])
        left_out[test] = likely(said[test], {"bias": bias, "slope": slope})
    bins = np.minimum((said * BINS).astype(int), BINS - 1)
    print(f"{len(photos)} photos, {len(said)} boxes; fitted to all: bias, slope", fit(said, right).round(3).tolist())
    print(f"expected calibration error: {error(said, right)} before, {error(left_out, right)} after (left out)")
    for k in np.unique(bins):
        chosen = bins == k
        means = [round(float(v[chosen].mean()), 2) for v in (said, left_out, right)]
        print(f"  said {means[0]:.2f}, calibrated {means[1]:.2f}, right {means[2]:.2f}, boxes {chosen.sum()}")
    sure, fits = np.array(labels).T
    print(f"{len(labels)} labels that are a kind of what has boxes: said {sure.mean():.2f}, right {fits.mean():.2f}")


if __name__ == "__main__":
    main()
