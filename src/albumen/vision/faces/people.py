"""Sorts faces into people: similar faces together, faces of one photo apart, and what a person said always holds.

Average linkage over a graph of nearest neighbours: the mean cosine between two groups of unit vectors is the product
of their mean vectors, so that a merge costs one addition and no table of all pairs is ever held.
"""

from dataclasses import dataclass

import numpy as np

from albumen.core.arrays import Floats, Ints
from albumen.vision.faces.graph import neighbours
from albumen.vision.faces.groups import Groups, Known, Rules
from albumen.vision.faces.similarity import Likeness


def group(
    vectors: Floats,
    photos: Ints,
    *,
    quality: Floats | None = None,
    known: Known | None = None,
    rules: Rules | None = None,
    only: Ints | None = None,
) -> Ints:
    """Return the person of each face, (N,), NOBODY for a poor face that resembles no one.

    Vectors have unit length. People already known keep their number; new ones are numbered on from the highest.
    Two faces of one photo get one person only where a person said so. The order of the faces does not matter.
    `only` names the faces to sort: people of others stay apart unless one of these joins them.
    """
    rules, known = rules or Rules(), known or Known.nothing(len(vectors))
    good = np.ones(len(vectors), np.bool_) if quality is None else quality >= rules.good
    groups = Groups(vectors, photos, known, good)
    found = neighbours(vectors, rules.neighbours, rules.least, only=np.flatnonzero(good), of=only)
    groups.join(found, rules.least)
    while groups.join(groups.near(rules, only), rules.least):
        pass
    poor = np.flatnonzero(~good)
    groups.attach(poor if only is None else np.intersect1d(poor, only), rules.least + rules.poor_margin)
    return groups.labels()


@dataclass(frozen=True)
class Merge:
    """Two people who may be one, and how likely that is."""

    person: int
    other: int
    probability: float


def merges(
    vectors: Floats, photos: Ints, people: Ints, likeness: Likeness, *, known: Known | None = None, least: float = 0.05
) -> list[Merge]:
    """Return pairs of people who may be one, the likeliest first; people seen in one photo are never proposed."""
    groups = settled(vectors, photos, people, known)
    rules = Rules(least=likeness.accept - 4 / likeness.slope)
    near = groups.near(rules)
    found: list[Merge] = []
    for i, j, cosine in near.rows():
        a, b = groups.of[i], groups.of[j]
        if groups.may_merge(a, b):
            pair = sorted((groups.groups[a].person, groups.groups[b].person))
            found.append(Merge(pair[0], pair[1], likeness.chance(cosine)))
    return sorted((m for m in found if m.probability >= least), key=lambda m: (-m.probability, m.person, m.other))


def settled(vectors: Floats, photos: Ints, people: Ints, known: Known | None) -> Groups:
    """Return groups as they stand, with what a person said of them, ready to be compared."""
    told = known or Known.nothing(len(people))
    now = Known(people, told.sure, (), told.apart, told.never)
    return Groups(vectors, photos, now, np.zeros(len(people), np.bool_))
