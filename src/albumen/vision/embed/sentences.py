"""Words of an English sentence as the word channel knows them: lower case, singular, without those that say nothing."""

import re
from collections.abc import Set
from functools import lru_cache

IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "feet": "foot", "teeth": "tooth", "geese": "goose",
    "mice": "mouse", "knives": "knife", "leaves": "leaf", "loaves": "loaf", "shelves": "shelf", "calves": "calf",
    "wives": "wife", "halves": "half", "scarves": "scarf", "wolves": "wolf", "oxen": "ox", "buses": "bus",
    "skis": "ski", "taxis": "taxi", "ties": "tie", "pies": "pie", "cookies": "cookie", "selfies": "selfie",
    "movies": "movie", "potatoes": "potato", "tomatoes": "tomato", "firemen": "fireman", "policemen": "policeman",
    "glasses": "glasses", "scissors": "scissors", "tvs": "tv", "lenses": "lens",
}  # fmt: skip

_STOP = """a an the of in on at to with and or by for from as is are was were be been being has have had do does did it
    its this that these those there their his her he she they them him who which while into onto over under near next
    behind front top up down out off through across along around about between against beside some other another each
    both all any very one no not can just so than then also i you we my your our"""
STOP = frozenset(_STOP.split())
"""Words that say nothing of a picture."""

_WORD = re.compile(r"[a-z]+")
_ES = re.compile(r"(ch|sh|x|ss|zz)es$")
_KEPT = ("ss", "us", "is", "as", "os")


def lemma(word: str) -> str:
    """Return the singular of a lower-case word."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if _ES.search(word):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(_KEPT):
        return word[:-1]
    return word


def words(text: str) -> list[str]:
    """Return the singular forms of all words in reading order."""
    return [lemma(w) for w in _WORD.findall(text.lower())]


def telling(text: str) -> list[str]:
    """Return the words that say something, each once, in reading order."""
    return list(dict.fromkeys(w for w in words(text) if w not in STOP))


def holds(text: str, asked: Set[str]) -> bool:
    """Return whether all of these telling words stand in a text, which may be long."""
    lower = text.lower()
    if not all(any(stem in lower for stem in _stems(word)) for word in asked):
        return False
    begin = {word[0] for word in asked}  # a plural begins as its singular does
    return asked <= {lemma(w) for w in set(_WORD.findall(lower)) if w[0] in begin}


@lru_cache(4096)
def _stems(word: str) -> tuple[str, ...]:
    """Return what every word in the singular or plural contains whose singular this is."""
    return (word[:-1], *(plural for plural, singular in IRREGULAR.items() if singular == word))


def plurals(text: str) -> set[str]:
    """Return the singular forms of the words that stand in the plural."""
    found = _WORD.findall(text.lower())
    return {lemma(w) for w in found if lemma(w) != w} | ({"people"} & set(found))
