"""Every model card that ships with Albumen, read as data: nothing here imports a runtime."""

import difflib
import tomllib
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Self

from pydantic import ValidationError

from albumen.core.errors import ModelError, UnknownModel
from albumen.models.card import Card, Tier

PERMISSIVE = frozenset(
    {"Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "CC0-1.0", "CC-BY-4.0", "Unlicense", "Zlib", "PSF-2.0"}
)
"""SPDX identifiers whose weights anyone may use for anything."""


def permissive(card: Card) -> bool:
    """Return whether everyone may use the card's weights, for money too: only such a card can be a default."""
    parts = card.licence.replace("(", " ").replace(")", " ").split(" AND ")
    return card.commercial and all(any(o.strip() in PERMISSIVE for o in p.split(" OR ")) for p in parts)


class Cards:
    """Model cards by name."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self._cards: dict[str, Card] = {}
        for card in sorted(cards, key=lambda c: c.name):
            if card.name in self._cards:
                raise ModelError(f"two cards are named {card.name}; rename one of them")
            self._cards[card.name] = card

    @classmethod
    def load(cls, package: str = "albumen") -> Self:
        """Read every `cards/*.toml` below `package`."""
        return cls(read(path) for path in _find(resources.files(package), inside=False))

    def __getitem__(self, name: str) -> Card:
        if card := self._cards.get(name):
            return card
        near = (
            difflib.get_close_matches(name, self._cards, n=3, cutoff=0.5) or [n for n in self._cards if name in n][:3]
        )
        hint = f"did you mean {' or '.join(near[:3])}?" if near else "`albumen models list` shows all."
        raise UnknownModel(f"no model is named {name!r}; {hint}")

    def __iter__(self) -> Iterator[Card]:
        return iter(self._cards.values())

    def __len__(self) -> int:
        return len(self._cards)

    def of_task(self, task: str, *, tier: Tier | str | None = None) -> list[Card]:
        """Return the cards for a task, by name."""
        return [c for c in self if c.task == task and tier in (None, c.tier)]

    def default(self, task: str, tier: Tier | str = Tier.OFFLINE) -> Card:
        """Return the tier's permissive card for a task that has `default = true`, or its only one."""
        fit = [c for c in self.of_task(task, tier=tier) if permissive(c)]
        chosen = [c for c in fit if c.default] or fit
        if len(chosen) == 1:
            return chosen[0]
        if not chosen:
            raise UnknownModel(
                f"the {tier} tier has no permissive model for {task!r}; `albumen models list` shows all."
            )
        names = " and ".join(c.name for c in chosen)
        raise UnknownModel(f"the {tier} tier has several models for {task!r}: {names}; name one of them.")

    def defaults(self, tier: Tier | str) -> list[Card]:
        """Return the tier's defaults, whatever their task."""
        return [c for c in self if c.default and c.tier == tier]


def read(path: Traversable) -> Card:
    """Read one card; a mistake in it is told with the card's file name."""
    try:
        return Card.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ModelError(f"the model card {path.name} cannot be read: {error}") from error


def _find(folder: Traversable, *, inside: bool) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name not in {"__pycache__", "static"}:
                yield from _find(entry, inside=entry.name == "cards")
        elif inside and entry.name.endswith(".toml"):
            yield entry
