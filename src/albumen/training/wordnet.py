"""Nouns of WordNet 3.0 as its database files give them; needed only when tables are made."""

import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from albumen.core.errors import StoreError


@dataclass
class Nouns:
    """Sets of synonyms by their offset in the file, and the more general sets above each."""

    lemmas: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    above: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    offsets: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict[str, list[int]](list))

    def general(self, offset: int, steps: int = 6) -> list[int]:
        """Return the set itself and up to `steps` more general ones."""
        chain = [offset]
        while len(chain) <= steps and self.above.get(chain[-1]):
            chain.append(self.above[chain[-1]][0])
        return chain

    def names(self, offset: int) -> set[str]:
        """Return the single words that name the set or a more general one; of a compound its last word."""
        own = {w.split("_")[-1] for w in self.lemmas[offset]}
        return own | {w for o in self.general(offset) for w in self.lemmas[o] if "_" not in w}


def read(folder: Path) -> Nouns:
    """Read `data.noun` of a WordNet database folder."""
    path = folder / "data.noun"
    if not path.is_file():
        raise StoreError(f"no WordNet at {folder}: it has no data.noun; install wordnet-base and name its folder")
    nouns = Nouns()
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith(" "):
            _take(nouns, line.split("|")[0].split())
    return nouns


def _take(nouns: Nouns, parts: Sequence[str]) -> None:
    # offset, file, kind, hexadecimal count of words, (word, sense)*, count of pointers, (symbol, offset, kind, ends)*
    offset, count = int(parts[0]), int(parts[3], 16)
    nouns.lemmas[offset] = [parts[4 + 2 * i].lower() for i in range(count)]
    pointers = parts[5 + 2 * count :]
    nouns.above[offset] = [int(pointers[i + 1]) for i in range(0, len(pointers) - 3, 4) if pointers[i] in ("@", "@i")]
    for word in nouns.lemmas[offset]:
        nouns.offsets[word].append(offset)


def ascending(names: Sequence[str], nouns: Nouns) -> list[int | None]:
    """Return the set of each name, where names are ordered by set: what ImageNet's classes are.

    A name has several meanings; the longest rising chain of offsets tells which is meant. A name left out is None.
    """
    tops: list[int] = []  # smallest last offset of a chain of each length
    ends: list[tuple[int, int]] = []  # name and offset of those ends
    back: dict[tuple[int, int], tuple[int, int] | None] = {}
    for index, name in enumerate(names):
        for offset in sorted(set(nouns.offsets.get(_key(name), ())), reverse=True):
            at = bisect.bisect_left(tops, offset)
            back[index, offset] = ends[at - 1] if at else None
            tops[at : at + 1], ends[at : at + 1] = [offset], [(index, offset)]
    found: list[int | None] = [None] * len(names)
    step = ends[-1] if ends else None
    while step:
        found[step[0]] = step[1]
        step = back[step]
    return found


def _key(name: str) -> str:
    return name.lower().replace(" ", "_").replace("’", "'")
