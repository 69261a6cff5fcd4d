"""Is this a picture of a document? Judged by the words that were read in it, and its labels.

Method: a logistic regression, fitted with a ridge of .5 on 53 document pictures (36 of them photographed askew) and
219 other photos; `docs/benchmarks.md` says how many of each it takes for documents.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

CARD = "documents.v1"
"""Who says what kind of document an asset is; another card looks at all assets anew."""
WORTH_READING = 0.2
"""Chance from which the careful reading is worth its time."""
IS_DOCUMENT = 0.5
LIKE_PAPER = frozenset({"binder", "book jacket", "crossword puzzle", "envelope", "menu", "web site"})
"""Labels that the classifier gives to pages of text."""
_WORDS, _LINES, _LABELS, _BIAS = 1.6, 0.37, 0.65, -5.0


def chance(words: int, lines: int, labels: Iterable[tuple[str, float]]) -> float:
    """Return how likely a picture with so many words in so many lines, and such labels, is one of a document."""
    paper = min(1.0, sum(share for name, share in labels if name in LIKE_PAPER))
    z = _WORDS * math.log1p(words) + _LINES * math.log1p(lines) + _LABELS * paper + _BIAS
    return 1 / (1 + math.exp(-z))


def chance_of(said: Sequence[tuple[str, Any]]) -> float:
    """Return the chance from what was said of a picture, as (task, value)."""
    written: list[Any] = next((value for task, value in said if task == "text"), list[Any]())
    labels = [(entry[0], float(entry[1])) for task, value in said if task == "labels" for entry in value]
    return chance(len(written), len({entry[3] for entry in written}), labels)
