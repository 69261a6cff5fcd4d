"""The parts of an expense: a fact, its label, and the page they stand on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from albumen.documents.document import Line, Page, Word

_APART = 2.0  # heights between words of one label, at most


@dataclass(frozen=True)
class Field:
    """One fact of an expense: its type, what it says, and the words of its value and, if there is one, of its label."""

    kind: str
    text: str
    value: tuple[Word, ...]
    label: tuple[Word, ...] = ()
    confidence: float = 0.9
    group: str = ""


@dataclass(frozen=True)
class Expense:
    """What one receipt or invoice says, and its items, each a list of fields."""

    page: Page
    fields: tuple[Field, ...]
    items: tuple[tuple[Field, ...], ...]


@dataclass(frozen=True)
class Row:
    """One printed row: its words from the left, and what they say."""

    words: tuple[Word, ...]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Row:
        """Return the row that lines side by side form."""
        return cls(tuple(word for line in lines for word in line.words))

    @property
    def text(self) -> str:
        """Return its words joined by one space."""
        return " ".join(word.text for word in self.words)

    def at(self, start: int, end: int) -> tuple[Word, ...]:
        """Return the words that stand in the text from a letter to another."""
        found: list[Word] = []
        here = 0
        for word in self.words:
            if here < end and here + len(word.text) > start:
                found.append(word)
            here += len(word.text) + 1
        return tuple(found)

    def title(self, value: tuple[Word, ...]) -> tuple[Word, ...]:
        """Return the words that stand together before a value."""
        found: list[Word] = []
        for word in reversed(self.words[: self.words.index(value[0])]):
            if found and found[0].box.left - word.box.right > _APART * word.box.height:
                break
            found.insert(0, word)
        return tuple(found)

    def last(self, pattern: re.Pattern[str]) -> tuple[str, tuple[Word, ...]] | None:
        """Return the last place where a pattern matches: the text and its words."""
        matches = list(pattern.finditer(self.text))
        return (matches[-1].group().strip(), self.at(*matches[-1].span())) if matches else None


def written(lines: Sequence[Line]) -> str:
    """Return the text of lines, each on a line of its own, as answers write values of several lines."""
    return "\n".join(line.text for line in lines)
