"""What a picture shows, in a few words, for who cannot see it: asked for the rows that are shown, never for all."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from albumen.library.corrections import OWNER
from albumen.stores.catalog.schema import assets, facts

TASKS = ("caption", "labels", "objects")
AT_ONCE, MOST_NAMES, MOST_LETTERS = 500, 2, 200


def alts(db: Connection, keys: Sequence[int]) -> list[str | None]:
    """Return a caption, else the surest labels, each with the place; None where nothing is known."""
    told: dict[int, str | None] = {}
    for start in range(0, len(keys), AT_ONCE):
        told |= dict(_told(db, keys[start : start + AT_ONCE]))
    return [told.get(key) for key in keys]


def _told(db: Connection, keys: Sequence[int]) -> Iterator[tuple[int, str | None]]:
    said: dict[int, list[tuple[str, str, Any]]] = {}
    f, a = facts.c, assets.c
    asked = select(f.asset_id, f.task, f.card, f.value).where(f.asset_id.in_(keys), f.task.in_(TASKS))
    for key, task, card, value in db.execute(asked):
        said.setdefault(key, []).append((task, card, value))
    for key, details, town in db.execute(select(a.id, a.details, a.town).where(a.id.in_(keys))):
        found = said.get(key, ())
        caption = next((v for task, card, v in found if (task, card) == ("caption", OWNER)), None)
        written = caption if caption is not None else details.get("caption") or details.get("title")
        shown = str(written) if written else ", ".join(_names(found))
        yield key, ", ".join(part for part in (" ".join(shown.split())[:MOST_LETTERS], town) if part) or None


def _names(found: Sequence[tuple[str, str, Any]]) -> list[str]:
    """Return the surest names of what it shows; a person's word outranks every model's."""
    owned = next((value for task, card, value in found if (task, card) == ("labels", OWNER)), None)
    if owned is not None:
        return [entry[0] for entry in owned][:MOST_NAMES]
    best: dict[str, float] = {}
    for task, _, value in found:
        for name, score, *_ in value if task != "caption" else ():
            best[name] = max(score, best.get(name, 0.0))
    return sorted(best, key=lambda name: -best[name])[:MOST_NAMES]
