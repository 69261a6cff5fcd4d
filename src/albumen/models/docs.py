"""Writes docs/models.md, the page of all models, from the cards: `python -m albumen.models.docs docs/models.md`."""

import sys
from collections.abc import Iterable
from pathlib import Path

from albumen.models.card import Card, Tier
from albumen.models.cards import Cards, permissive
from albumen.models.sources import parse

HEAD = """# Models

This page is made from the model cards by `python -m albumen.models.docs docs/models.md`; a test keeps it true.

A model is named `family.tag`. `albumen models pull NAME` fetches it, `albumen models verify` checks it, and most
commands fetch what they need by themselves. Every file is held to the SHA-256 in its card; where a card is marked
*unpinned*, to the hash of the first download. A default may be used by anyone for anything. *Measured* gives figures
taken with these very files; nothing there means that nobody has measured it here.
"""

TIERS = {
    Tier.OFFLINE: "## Offline tier: from package registries, what a fresh install runs on",
    Tier.QUALITY: "## Quality tier: from the model hub, fetched when asked for",
}


def page(cards: Iterable[Card]) -> str:
    """Return the page in Markdown."""
    everything = sorted(cards, key=lambda c: (c.task, c.name))
    parts = [HEAD]
    for tier, heading in TIERS.items():
        chosen = [c for c in everything if c.tier is tier]
        if chosen:
            parts += [heading, _table(chosen), *(_detail(c) for c in chosen)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _table(cards: Iterable[Card]) -> str:
    rows = ["| model | task | size | licence | measured |", "|---|---|---|---|---|"]
    return "\n".join([*rows, *(_row(c) for c in cards)])


def _row(card: Card) -> str:
    name = f"`{card.name}`" + (" (default)" if card.default else "") + ("" if card.pinned else " (unpinned)")
    licence = card.licence + ("" if permissive(card) else ", **not free for everyone**")
    measured = ", ".join(f"{k} {v:g}" for k, v in card.quality.items())
    return f"| {name} | {card.task} | {card.bytes / 1e6:.1f} MB | {licence} | {measured} |"


def _detail(card: Card) -> str:
    names = sorted({_package(source) for f in card.files for source in f.sources})
    drift = "".join(f" In {d.precision}: cosine {d.mean:.4f} mean, {d.worst:.4f} worst." for d in card.drift)
    return f"**{card.name}**: {card.title}. {card.provenance} From {', '.join(f'`{n}`' for n in names)}.{drift}"


def _package(source: str) -> str:
    """Return a source without the member's path."""
    address = parse(source)
    return str(address).removesuffix(f"/{address.member}") if address.name else "file"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(Cards.load()), "utf-8")
