"""The words a picture gives evidence for: likely words of its captions, and colours and counts of its things."""

from collections.abc import Iterator

import numpy as np

from albumen.core.arrays import Floats, Ints
from albumen.vision.colours.shares import within
from albumen.vision.embed.encoder import Seen
from albumen.vision.embed.evidence import Evidence
from albumen.vision.embed.features import SURE, categories, found
from albumen.vision.embed.queries import COUNTS, coloured, counted
from albumen.vision.embed.scoring import likelier
from albumen.vision.embed.tables import Tables

KEPT = 96
"""Words kept a picture."""
WEAK = 0.2
"""Evidence below this, in nats, is not kept."""
CLASSES = 0.35
"""What the classifier's words count beside those of the objects."""
NAMED = 0.3
"""How surely people say a word that WordNet has for what the classifier sees."""
PLAIN = 0.05
"""Share of a colour that says nothing."""


def likely(x: Floats, classes: Floats, tables: Tables) -> Floats:
    """Return for every word how probably a caption has it, (V,), from features and class probabilities."""
    common = tables.common
    out = np.zeros(len(tables.words), np.float32)
    np.add.at(out, tables.named[:, 1], classes[tables.named[:, 0]])
    out = NAMED * np.minimum(out, 1)
    guess = tables.rate[:common] + (x - tables.mean) @ tables.word_head
    guess += CLASSES * (classes @ tables.class_words - classes.sum() * tables.rate[:common])
    out[:common] = np.maximum(np.clip(guess, 0, 1), out[:common])
    return out.astype(np.float32)


def strongest(probability: Floats, tables: Tables) -> tuple[Ints, Floats]:
    """Return the numbers and the evidence, in nats, of the words worth keeping."""
    evidence = likelier(probability, tables.rate)
    gain = (evidence - tables.absent) * np.minimum(20 * probability, 1)
    order = np.argsort(-gain)[:KEPT].astype(np.int64)
    order = order[evidence[order] > WEAK]
    return order, evidence[order]


def facts(seen: Seen, tables: Tables) -> Iterator[tuple[int, float]]:
    """Yield colours of things and counts of things with their evidence; what is not yielded counts nothing."""
    names = list(categories())
    sure = [i for i, s in enumerate(seen.objects.scores) if s >= SURE and seen.objects.names[i] in categories()]
    shares = within(seen.image, seen.objects.boxes[sure]) * np.sqrt(seen.objects.scores[sure])[:, None]
    for name in sorted({seen.objects.names[i] for i in sure}):
        mine = [k for k, i in enumerate(sure) if seen.objects.names[i] == name]
        for colour, share in enumerate(shares[mine].max(0)):
            if share > PLAIN:
                yield coloured(tables, names.index(name), colour), float(np.log((PLAIN + share) / PLAIN))
    for category, number in enumerate(found(seen.objects).number):
        for count in COUNTS:
            if (value := agreement(float(number), count)) > 0:
                yield counted(tables, category, count), value


def agreement(number: float, count: int) -> float:
    """Return the evidence in nats that there are `count` things where about `number` were seen; 4 means more, too."""
    away = max(count - round(number), 0) if count == COUNTS[-1] else abs(round(number) - count)
    return {0: float(np.log(10)), 1: float(np.log(4))}.get(away, 0.0) if number >= 0.5 else 0.0


def evidence(seen: Seen, x: Floats, classes: Floats, tables: Tables) -> Evidence:
    """Return all that is kept of a picture for the word channel."""
    words, values = strongest(likely(x, classes, tables), tables)
    more = list(facts(seen, tables))
    numbers = np.concatenate([words, [k for k, _ in more]]).astype(np.uint16)
    return Evidence(numbers, np.concatenate([values, [v for _, v in more]]).astype(np.float32))
