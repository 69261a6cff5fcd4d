"""What a sentence asks for in words: directly in English, guessed from its meaning in other languages."""

from collections.abc import Mapping, Sequence

import numpy as np

from albumen.core.arrays import Floats
from albumen.vision.colours.shares import NAMES as COLOURS
from albumen.vision.embed.features import categories
from albumen.vision.embed.sentences import telling, words
from albumen.vision.embed.tables import Tables

NUMBERS = {"two": 2, "couple": 2, "pair": 2, "three": 3, "four": 4, "many": 4, "several": 4}
COUNTS = (2, 3, 4)
"""Counts of things that are kept; 4 means four or more."""
ARTICLES = frozenset(("un", "une", "le", "les", "il", "gli", "uno", "der", "das", "ein", "eine", "einen", "einem"))
"""Articles of other languages that no English sentence begins with."""
REACH = 2
"""A colour or number belongs to a thing that stands at most so many words after it."""


def is_english(text: str, known: frozenset[str]) -> bool:
    """Return whether at least six words in ten are English; a sentence without Latin letters is not."""
    found = words(text)
    first = next(iter(text.split()), "")
    if first.lower() in ARTICLES and not first.isupper():
        return False  # "un chat" is no talk
    foreign = sum(not c.isascii() and c.isalpha() for c in text)
    return bool(found) and not foreign and sum(w in known for w in found) >= 0.6 * len(found)


def asked(text: str, numbers: Mapping[str, int]) -> dict[int, float]:
    """Return weight one for each word of an English sentence that there can be evidence for."""
    return {numbers[w]: 1.0 for w in telling(text) if w in numbers}


def guessed(expected: Floats, least: float = 0.1, most: int = 12) -> dict[int, float]:
    """Return the likeliest words of an English caption that would say the same, weighted by their probability."""
    order = [int(k) for k in np.argsort(-expected)[:most] if expected[k] > least]
    return {k: float(expected[k]) for k in order}


def rules(text: str, tables: Tables) -> dict[int, float]:
    """Return colours and counts that a sentence asks of a thing, by the number of their evidence."""
    read = words(text)
    asked: dict[int, float] = {}
    for at, word in enumerate(read):
        colour = {"gray": "grey", "tan": "brown"}.get(word, word)
        for category in _things(read[at + 1 : at + 2 + REACH]):
            if colour in COLOURS:
                asked[coloured(tables, category, COLOURS.index(colour))] = 0.5
            if word in NUMBERS:
                asked[counted(tables, category, NUMBERS[word])] = 0.3
    return asked


def coloured(tables: Tables, category: int, colour: int) -> int:
    """Return the number of the evidence that things of a category have a colour."""
    return len(tables.words) + category * len(COLOURS) + colour


def counted(tables: Tables, category: int, count: int) -> int:
    """Return the number of the evidence that there are so many things of a category."""
    return len(tables.words) + len(categories()) * len(COLOURS) + category * len(COUNTS) + COUNTS.index(count)


def _things(following: Sequence[str]) -> list[int]:
    # the nearest word that names a category decides
    for word in following:
        if found := [k for k, names in enumerate(categories().values()) if word in names]:
            return found
    return []
