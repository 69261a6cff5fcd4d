"""What other models found in a picture, as the numbers that captions speak of: mentions, plurals, people, colours.

Each number estimates the share of people who, captioning the picture, would mention that thing.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from pydantic import TypeAdapter

from albumen.core.arrays import Floats
from albumen.core.findings import Faces, Objects
from albumen.vision.colours.shares import Colours
from albumen.vision.embed.encoder import Seen

SURE = 0.2
"""Boxes below this confidence are not counted."""
UNSEEN = 0.03
"""Confidence given to a category that the detector did not find."""
EXTRAS = ("man", "woman", "child", "group", "two", "three", "many", "colourless")
COLOURS = 11
COUNTED = {2: (4, 0.5), 3: (5, 0.4), 4: (6, 0.5)}
"""Column among EXTRAS and its value for the largest number of things of one kind."""


class Found(NamedTuple):
    """What the detector says of each category: best confidence, area of the largest sure box, number; each (80,)."""

    best: Floats
    area: Floats
    number: Floats


def found(objects: Objects) -> Found:
    """Return best confidence, largest area and soft count of each category."""
    names = list(categories())
    best, area, count = np.full(len(names), UNSEEN), np.zeros(len(names)), np.zeros(len(names))
    sizes = (objects.boxes[:, 2] - objects.boxes[:, 0]) * (objects.boxes[:, 3] - objects.boxes[:, 1])
    for name, score, size in zip(objects.names, objects.scores, sizes, strict=True):
        if name in categories():
            k = names.index(name)
            best[k] = max(best[k], score)
            area[k] = max(area[k], size if score >= SURE else 0)
            count[k] += np.clip((score - SURE) / 0.3, 0, 1) if score >= SURE else 0
    return Found(*(a.astype(np.float32) for a in (best, area, count)))


def mentions(seen: Found, rate: Floats) -> Floats:
    """Return the share of captions that mention each category, (80,), from the rate in captions at large.

    A logistic regression on the shares seen in captions of 85 photos.
    """
    best = logit(seen.best)
    size = np.log(seen.area + 0.003)
    found = 0.469 * best + 0.236 * size + 0.722 * np.log1p(seen.number) - 0.546 * (seen.area == 0)
    return sigmoid(0.911 + found + 0.258 * np.log(rate + 0.0001) - 0.018 * best * size)


def plurals(seen: Found) -> Floats:
    """Return the share of captions that mention each category in the plural, (80,)."""
    return sigmoid(-3.677 + 1.885 * np.log1p(seen.number) - 0.623 * (seen.area == 0))


def joined(mentioned: Floats, classes: Floats, trust: float = 0.5) -> Floats:
    """Return mentions raised by what the classifier says of the same category (noisy or)."""
    return (1 - (1 - mentioned) * (1 - trust * np.minimum(classes, 1))).astype(np.float32)


def extras(seen: Found, person: float, rate: Floats, colours: Colours, child: float | None) -> Floats:
    """Return man, woman, child, group, two, three, many and colourless, (8,).

    Nobody's gender is inferred: man and woman get their share in captions of people. `rate` are the rates of
    man, woman and child among captions with people, `child` the share of face area that belongs to children.
    """
    out = np.zeros(len(EXTRAS), np.float32)
    out[:3] = person * rate
    if child is not None:
        out[2] = person * (0.3 * rate[2] + 0.56 * child)
    out[3] = 0.7 * np.clip((seen.number[0] - 2) / 3, 0, 1)
    column, value = COUNTED.get(min(round(float(seen.number.max())), 4), (0, 0.0))
    out[column] += value
    out[7] = 0.8 * (colours.colourless > 0.97)
    return out


def childhood(faces: Faces | None, ages: Floats | None, least: float = 0.75) -> float | None:
    """Return the share of the area of sure faces that belongs to people below fifteen; None where nobody knows."""
    if faces is None or ages is None:
        return None
    boxes = faces.boxes
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]) * (faces.scores >= least)
    area = np.where((area > 0.002) & np.isfinite(ages), area, 0)
    return float(area @ (ages < 15) / area.sum()) if area.any() else None


def coloured(shares: Floats, usual: Floats, rate: Floats) -> Floats:
    """Return the share of captions that mention each colour, (11,)."""
    return np.clip(rate + 0.071 * (shares - usual), 0, 1).astype(np.float32)


def columns(seen: Seen, rate: Floats, usual: Floats, classes: Floats) -> Floats:
    """Return all 179 numbers of a picture; `classes` are the classifier's sums for each category, (80,)."""
    objects = found(seen.objects)
    mentioned = joined(mentions(objects, rate[:80]), classes)
    people = rate[160:163] / rate[0]
    child = childhood(seen.faces, seen.ages)
    more = extras(objects, float(mentioned[0]), people, seen.colours, child)
    return np.concatenate([mentioned, plurals(objects), more, coloured(seen.colours.shares, usual, rate[168:])])


def logit(x: Floats) -> Floats:
    """Return the logit of numbers from 0 to 1, finite at both ends."""
    return np.log((x + 0.001) / (1.001 - x))


def sigmoid(x: Floats) -> Floats:
    """Return the logistic function."""
    return (1 / (1 + np.exp(-x))).astype(np.float32)


@cache
def categories() -> Mapping[str, Sequence[str]]:
    """Return the words that captions use for each of COCO's eighty categories; `a+b` are two words in a row."""
    text = resources.files("albumen.vision.embed").joinpath("data/categories.json").read_bytes()
    return {k: v.split() for k, v in TypeAdapter(dict[str, str]).validate_json(text).items()}
