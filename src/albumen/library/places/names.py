"""Finding towns by name: folded spelling, other names, and names in the reader's language."""

import unicodedata
from functools import cached_property

import numpy as np

from albumen.library.places.tables import Towns, load_alternates, load_names

LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "’": "'", "ʼ": "'", "-": " ", ".": " "}
SPELLING = str.maketrans(LETTERS) | dict.fromkeys(range(0x300, 0x370))  # combining marks go


def fold(text: str) -> str:
    """Return the spelling that names are compared by: no case, no accents, no hyphens or dots; lines stay lines."""
    folded = text.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
    folded = folded.translate(SPELLING)
    return folded if "\n" in folded else " ".join(folded.split())


class Names:
    """The names of towns, folded once on first use and searched as one text."""

    def __init__(self, towns: Towns) -> None:
        self.towns = towns

    @cached_property
    def main(self) -> tuple[bytes, np.ndarray]:
        """Return all main names as one folded text, a line a town, and where the lines begin."""
        blob = ("\n" + fold("\n".join(self.towns.names)) + "\n").encode()
        return blob, np.flatnonzero(np.frombuffer(blob, np.uint8) == ord("\n"))

    @cached_property
    def other(self) -> tuple[bytes, np.ndarray, list[int]]:
        """Return the other names as one folded text, where the lines begin, and the town of each line."""
        rows = load_alternates()
        owners = [number for number, names in rows for _ in names]
        blob = ("\n" + fold("\n".join("\n".join(names) for _, names in rows)) + "\n").encode()
        return blob, np.flatnonzero(np.frombuffer(blob, np.uint8) == ord("\n")), owners

    @cached_property
    def locals(self) -> dict[str, dict[str, str]]:
        """Return language -> row as a string -> name there."""
        return load_names("local.json")

    def rows(self, folded: str) -> list[int]:
        """Return the towns of that folded name, those called so in the first place before the others."""
        blob, starts = self.main
        found = [int(np.searchsorted(starts, at)) for at in positions(blob, folded)]
        blob, starts, owners = self.other
        found += [owners[int(np.searchsorted(starts, at))] for at in positions(blob, folded)]
        return list(dict.fromkeys(found))

    def local(self, row: int, language: str) -> str:
        """Return a town's name in a language, or its usual name where the data has none."""
        name = self.towns.names[row]
        return self.locals.get(language, {}).get(str(row), name)


def positions(blob: bytes, folded: str) -> list[int]:
    """Return where whole lines equal to a folded name begin in a text."""
    needle, at, found = f"\n{folded}\n".encode(), -1, list[int]()
    while (at := blob.find(needle, at + 1)) >= 0:
        found.append(at)
    return found
