"""A sentence under the knife: folded letter by letter, with the stretches that rules have claimed so far."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cached_property

from albumen.library.query.parts import Filter, Known, Not, Part, Plain, Role

LONGEST = 1000  # letters; what is beyond cannot be a sentence that somebody typed
STOPS = set(" \t\n.,;:!?()[]\"'")


def fold_letter(letter: str) -> str:
    """Return a letter without case and accents, always one letter, so that positions stay."""
    low = "'" if letter == "’" else letter.lower()
    bare = unicodedata.normalize("NFKD", low)[:1] if ord(letter) > 127 else low
    return bare if len(bare) == 1 and len(low) == 1 else letter


def fold_letters(text: str) -> str:
    """Return the text folded letter by letter; as long as the text."""
    return text.lower() if text.isascii() else "".join(map(fold_letter, text))


class Sentence:
    """The sentence, its folded form, what the library knows, and the parts found so far."""

    def __init__(self, text: str, *, today: date, known: Known) -> None:
        self.text = text[:LONGEST]
        self.folded = fold_letters(self.text)
        self.today = today
        self.known = known
        self.parts: list[Part] = []
        self.taken = bytearray(len(self.text))
        self.shouts = self.text.upper() == self.text or self.text.lower() == self.text

    @cached_property
    def words(self) -> frozenset[str]:
        """Return the folded words."""
        return frozenset(re.findall(r"\w+", self.folded))

    @cached_property
    def han(self) -> bool:
        """Tell whether there are Chinese signs, which no blanks part into words."""
        return not self.folded.isascii() and any(letter >= "⺀" for letter in self.folded)

    def may_have(self, firsts: frozenset[str]) -> bool:
        """Tell whether one of the phrases that begin so may be in the sentence; only then is looking worth the time."""
        return self.han or not firsts.isdisjoint(self.words)

    def free(self, start: int, end: int) -> bool:
        """Tell whether no part has claimed any letter there."""
        return start < end and not any(self.taken[start:end])

    def found(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yield the matches of a pattern in what is still free."""
        return (m for m in pattern.finditer(self.folded) if self.free(m.start(), m.end()))

    def claim(self, start: int, end: int, filter: Filter, *, role: Role = Role.FILTER, kept: bool = False) -> None:
        """Make a part of a stretch, trimmed of blanks."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        self.taken[start:end] = b"\1" * (end - start)
        self.parts.append(Part(start, end, self.text[start:end], filter, role, kept))

    def claim_or_not(
        self, start: int, end: int, filter: Plain, *, role: Role = Role.FILTER, kept: bool = False
    ) -> None:
        """Make a part of a stretch, negated where a word for "not" stands right before it."""
        before = NEGATES.search(self.folded, 0, start)
        if before and self.free(before.start(), before.end()):
            self.claim(before.start(), end, Not(filter))
        else:
            self.claim(start, end, filter, role=role, kept=kept)

    def capital(self, start: int) -> bool:
        """Tell whether the word there begins with a capital that means something."""
        return self.text[start].isupper()

    def next_word(self, end: int) -> str:
        """Return the folded word right after a position, empty at the end, at punctuation and before a part."""
        match = NEXT_WORD.match(self.folded, end)
        return match[1] if match and self.free(*match.span(1)) else ""


NEGATES = re.compile(
    r"(?:\b(?:not|no|without|except|excluding|nicht|kein|keine|keinen|ohne|ausser|sin|excepto|pas|sans|sauf|non"
    r"|senza|tranne)"
    r"(?: (?:any|de|des|d')\b)?\s+|不在|没有|不是|不含|不要|除了)$"
)
NEXT_WORD = re.compile(r"\s+([\w'’]+)")
