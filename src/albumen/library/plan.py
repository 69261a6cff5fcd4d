"""Compares a folder with what the catalog remembers of it, and says what there is to do."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from albumen.core.errors import NotFound
from albumen.library.scan import Sighting, walk
from albumen.media.formats import worth_looking_at
from albumen.stores.catalog import intake
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.intake import KnownFile


@dataclass
class Plan:
    """What one root holds, compared with the catalog."""

    root_id: int
    todo: list[Sighting] = field(default_factory=list[Sighting])
    known: int = 0
    returned: int = 0
    offline: int = 0
    unreadable: list[tuple[bytes, str]] = field(default_factory=list[tuple[bytes, str]])
    gone: list[int] = field(default_factory=list[int])
    """Ids of files that are not where they were; whether they moved is known when everything new has been seen."""


def make_plan(catalog: Catalog, root: bytes, *, own: Path) -> Plan:
    """Walk `root` and compare; `own` is the library's folder, which is never looked into."""
    with catalog.read() as db:
        root_id = intake.root_id(db, root)
        known = intake.known_files(db, root_id) if root_id is not None else {}
        failures = intake.known_failures(db)
    sightings, blocked = _walk(root, own)
    if not os.path.exists(root) or (known and not sightings):
        return _offline(catalog, root, root_id, known)
    with catalog.write() as db:
        plan = Plan(intake.add_root(db, root), unreadable=blocked)
        back = _compare(plan, known, failures, sightings)
        intake.set_file_states(db, back, "present")
        intake.set_root_online(db, plan.root_id, True)
    return plan


def settle(catalog: Catalog, gone: Sequence[int]) -> tuple[int, int]:
    """Judge the files that are not where they were; return how many moved and how many are missing."""
    if not gone:
        return 0, 0
    with catalog.write() as db:
        missing = intake.forget_moved(db, gone)
        intake.set_file_states(db, missing, "missing")
    return len(gone) - len(missing), len(missing)


def _walk(root: bytes, own: Path) -> tuple[list[Sighting], list[tuple[bytes, str]]]:
    skip = frozenset({os.path.realpath(os.fsencode(own))})
    sightings: list[Sighting] = []
    blocked: list[tuple[bytes, str]] = []
    for seen in walk(root, wanted=_wanted, skip=skip):
        if isinstance(seen, Sighting):
            sightings.append(seen)
        elif os.path.lexists(seen.path):
            blocked.append((seen.path, seen.reason))
    return sightings, blocked


def _wanted(name: bytes) -> bool:
    return not name.startswith(b".") and worth_looking_at(os.fsdecode(name))


def _compare(
    plan: Plan, known: dict[bytes, KnownFile], failures: dict[bytes, tuple[int, int, str]], sightings: list[Sighting]
) -> list[int]:
    """Sort the sightings into the plan and return the ids of files that are back."""
    back: list[int] = []
    for seen in sightings:
        before, failed = known.pop(seen.path, None), failures.get(seen.path)
        if before and (before.bytes, before.mtime_ns) == (seen.bytes, seen.mtime_ns):
            plan.known += 1
            if before.state != "present":
                back.append(before.id)
        elif failed and failed[:2] == (seen.bytes, seen.mtime_ns):
            plan.unreadable.append((seen.path, failed[2]))
        else:
            plan.todo.append(seen)
    plan.returned = len(back)
    plan.gone = [k.id for k in known.values()]
    return back


def _offline(catalog: Catalog, root: bytes, root_id: int | None, known: dict[bytes, KnownFile]) -> Plan:
    """Say that the whole root is not there: perhaps it is not mounted, so nothing is missing yet."""
    if root_id is None:
        raise NotFound(f"there is nothing at {os.fsdecode(root)!r}; check the path")
    with catalog.write() as db:
        intake.set_file_states(db, [k.id for k in known.values()], "offline")
        intake.set_root_online(db, root_id, False)
    return Plan(root_id, offline=len(known))
