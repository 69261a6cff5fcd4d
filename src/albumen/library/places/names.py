"""Finding towns by name: folded spelling, other names, and names in the reader's language."""

import unicodedata
from collections.abc import Sequence
from functools import cached_property

from albumen.library.places.tables import Towns, load_alternates, load_names

LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "’": "'", "ʼ": "'", "-": " ", ".": None}
SPELLING = str.maketrans(LETTERS) | dict.fromkeys(range(0x300, 0x370))  # combining marks go
PLAIN = bytes.maketrans(b"-", b" ")


def fold(text: str) -> str:
    """Return the spelling that names are compared by: no case, no accents, no hyphens or dots; lines stay lines."""
    folded = text.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
    folded = folded.translate(SPELLING)
    return folded if "\n" in folded else " ".join(folded.split())


def fold_all(names: Sequence[str]) -> list[str]:
    """Return many names folded; those in plain letters, which are most, the quick way."""
    accented = [i for i, name in enumerate(names) if not name.isascii()]
    plain = "\n".join(name if name.isascii() else "" for name in names).encode().lower().translate(PLAIN, b".")
    folded = plain.decode().split("\n")
    for i, name in zip(accented, fold("\n".join(names[i] for i in accented) + "\n").split("\n"), strict=False):
        folded[i] = name
    return folded


class Index:
    """Folded names -> the rows that bear them; several rows may share a name."""

    def __init__(self, names: Sequence[str], rows: Sequence[int]) -> None:
        folded = fold_all(names)
        self.last = dict(zip(folded, rows, strict=True))
        self.others: dict[str, list[int]] = {}
        for name, row in zip(folded, rows, strict=True):
            if self.last[name] != row:
                self.others.setdefault(name, []).append(row)

    def rows(self, folded: str) -> list[int]:
        """Return the rows of a folded name."""
        return [*self.others.get(folded, ()), self.last[folded]] if folded in self.last else []


class Names:
    """The names of towns, indexed on first use."""

    def __init__(self, towns: Towns) -> None:
        self.towns = towns

    @cached_property
    def main(self) -> Index:
        """Return the index of usual names."""
        return Index(self.towns.names, range(len(self.towns.names)))

    @cached_property
    def other(self) -> Index:
        """Return the index of other names."""
        pairs = [(name, row) for row, names in load_alternates() for name in names]
        return Index([name for name, _ in pairs], [row for _, row in pairs])

    @cached_property
    def locals(self) -> dict[str, dict[str, str]]:
        """Return language -> row as a string -> name there."""
        return load_names("local.json")

    def rows(self, folded: str) -> list[int]:
        """Return the towns of that folded name, those called so in the first place before the others."""
        return list(dict.fromkeys([*self.main.rows(folded), *self.other.rows(folded)]))

    def local(self, row: int, language: str) -> str:
        """Return a town's name in a language, or its usual name where the data has none."""
        return self.locals.get(language, {}).get(str(row), self.towns.names[row])
