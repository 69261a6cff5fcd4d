"""Compares a folder with what the catalog remembers of it, and says what there is to do."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from albumen.core.errors import NotFound
from albumen.library import units
from albumen.library.folder import Folder
from albumen.library.keeping import is_away
from albumen.library.scan import Sighting, sight, walk
from albumen.library.units import Unit
from albumen.stores.catalog import intake
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.intake import KnownFile


@dataclass(frozen=True)
class Job:
    """One unit that is not as the catalog has it; where only what lies beside it changed, its asset is known."""

    root_id: int
    unit: Unit
    asset_id: int | None = None


@dataclass
class Plan:
    """What one root holds, compared with the catalog."""

    root_id: int
    todo: list[Job] = field(default_factory=list[Job])
    known: int = 0
    returned: int = 0
    offline: int = 0
    unreadable: list[tuple[bytes, str]] = field(default_factory=list[tuple[bytes, str]])
    gone: list[int] = field(default_factory=list[int])
    """Ids of files that are not where they were; whether they moved is known when everything new has been seen."""


def make_plan(catalog: Catalog, root: bytes, *, own: Folder) -> Plan:
    """Walk `root` and compare; `own` is the library, whose folder is only looked into for its originals."""
    with catalog.read() as db:
        root_id = intake.root_id(db, root)
        around = intake.enclosing_root(db, root) if root_id is None else None
        known = _known(db, root)
        failures = {} if os.path.isfile(root) else intake.known_failures(db)  # named by hand, it is tried again
    sightings, blocked = _walk(root, own)
    if not os.path.exists(root) or (known and not sightings and root_id is not None):
        return _offline(catalog, root, root_id, known)
    with catalog.write() as db:
        managed = root == os.fsencode(os.path.abspath(own.originals))
        plan = Plan(around or intake.add_root(db, root, managed=managed), unreadable=blocked)
        back = _Comparison(plan, known, failures).compare(sightings, named=root)
        intake.forget_failures(db, _gone_below(root, failures, sightings))
        intake.set_file_states(db, back, "present")
        intake.set_root_online(db, plan.root_id, True)
    return plan


def _known(db: Connection, root: bytes) -> dict[bytes, KnownFile]:
    """Return what is known below a root, without what belongs to a root of its own that is away."""
    away = {key for key, path in intake.roots_below(db, root).items() if is_away(path)}
    return {path: file for path, file in intake.known_files(db, root).items() if file.root_id not in away}


def look_through(root: bytes, *, own: Folder) -> tuple[list[Unit], list[tuple[bytes, str]]]:
    """Return the units below `root`, and what could not be looked into and why."""
    if not os.path.lexists(root):
        raise NotFound(f"there is nothing at {os.fsdecode(root)!r}; check the path")
    sightings, blocked = _walk(root, own)
    return units.units(sightings, named=root), blocked


def settle(catalog: Catalog, gone: Sequence[int]) -> tuple[int, int]:
    """Judge the files that are not where they were; return how many moved and how many are missing."""
    if not gone:
        return 0, 0
    with catalog.write() as db:
        left = intake.forget_moved(db, gone)
        missing = intake.forget_sidecars(db, left)  # what they said was taken back when their picture was told anew
        intake.set_file_states(db, missing, "missing")
    return len(gone) - len(left), len(missing)


def _walk(root: bytes, own: Folder) -> tuple[list[Sighting], list[tuple[bytes, str]]]:
    skip = frozenset({os.path.realpath(os.fsencode(own.path))})
    sightings: list[Sighting] = []
    blocked: list[tuple[bytes, str]] = []
    for seen in walk(root, wanted=units.wanted, skip=skip):
        if isinstance(seen, Sighting):
            sightings.append(seen)
        elif os.path.lexists(seen.path):
            blocked.append((seen.path, seen.reason))
    if os.path.isfile(root) and sightings:
        sightings = units.of_one(root, _siblings(root)) or sightings
    return sightings, blocked


def _gone_below(root: bytes, paths: Iterable[bytes], sightings: Iterable[Sighting]) -> list[bytes]:
    """Return those of the paths in a folder that were not seen there."""
    here = {seen.path for seen in sightings}
    return [path for path in paths if path not in here and (path == root or path.startswith(root.rstrip(b"/") + b"/"))]


def _siblings(path: bytes) -> list[Sighting]:
    """Return the files of a file's folder, itself among them, that may belong together."""
    folder, own = os.path.split(path)
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    found = (sight(os.path.join(folder, name)) for name in sorted(names) if name == own or units.wanted(name))
    return [seen for seen in found if isinstance(seen, Sighting)]


class _Comparison:
    """Sorts what was seen of one root into its plan."""

    def __init__(self, plan: Plan, known: dict[bytes, KnownFile], failures: dict[bytes, tuple[int, int, str]]) -> None:
        self._plan = plan
        self._known = known
        self._failures = failures
        self._back: list[int] = []

    def compare(self, sightings: Sequence[Sighting], *, named: bytes) -> list[int]:
        """Fill the plan and return the ids of files that are back."""
        here = {seen.path for seen in sightings}
        gone = {path: file for path, file in self._known.items() if path not in here}
        for unit in units.units(sightings, gone, named=named):
            self._sort(unit)
        self._plan.returned = len(self._back)
        self._plan.gone = [file.id for file in gone.values()]
        return self._back

    def _sort(self, unit: Unit) -> None:
        before = self._same(unit.primary)
        failed = self._failed(unit.primary)
        clip = unit.alone()
        if clip and (failed or self._settled_apart(unit, before)):
            self._sort(clip)
            unit = unit.without_clip()
        if failed is not None:
            self._plan.unreadable.append((unit.primary.path, failed))
        elif before is None or before.role != "original":
            self._plan.todo.append(Job(self._plan.root_id, unit))
        else:
            self._return(before)
            self._sort_known(unit, before)

    def _sort_known(self, unit: Unit, before: KnownFile) -> None:
        told = {file: self._same(file) for file in unit.sidecars}
        refused = {file.path: reason for file in unit.sidecars if (reason := self._failed(file))}
        clip = self._same(unit.clip) if unit.clip else None
        paired = unit.clip is None or (clip is not None and (clip.role, clip.asset_id) == ("live", before.asset_id))
        if unit.lost or not paired or any(not same and file.path not in refused for file, same in told.items()):
            self._plan.todo.append(Job(self._plan.root_id, unit, before.asset_id))
            return
        for file in filter(None, (*told.values(), clip)):
            self._return(file)
        self._plan.known += 1
        self._plan.unreadable += refused.items()

    def _settled_apart(self, unit: Unit, before: KnownFile | None) -> bool:
        """Return whether both were here before and were found to be no pair."""
        clip = self._same(unit.clip) if unit.clip else None
        return before is not None and clip is not None and clip.role == "original" and before.state == "present"

    def _same(self, file: Sighting) -> KnownFile | None:
        """Return what is known of a file, if it has not changed since."""
        before = self._known.get(file.path)
        return before if before and (before.bytes, before.mtime_ns) == (file.bytes, file.mtime_ns) else None

    def _failed(self, file: Sighting) -> str | None:
        failed = self._failures.get(file.path)
        return failed[2] if failed and failed[:2] == (file.bytes, file.mtime_ns) else None

    def _return(self, file: KnownFile) -> None:
        if file.state != "present":
            self._back.append(file.id)


def _offline(catalog: Catalog, root: bytes, root_id: int | None, known: dict[bytes, KnownFile]) -> Plan:
    """Say that the whole root is not there: perhaps it is not mounted, so nothing is missing yet."""
    if root_id is None:
        raise NotFound(f"there is nothing at {os.fsdecode(root)!r}; check the path")
    with catalog.write() as db:
        intake.set_file_states(db, [k.id for k in known.values() if k.state == "present"], "offline")
        intake.set_root_online(db, root_id, False)
    return Plan(root_id, offline=len(known))
