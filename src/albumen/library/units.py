"""Sorts the files of a scan into units of work: a picture or video, the clip that may be its, and its sidecars."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from albumen.library.scan import Sighting
from albumen.media import companions
from albumen.media.formats import is_sidecar, worth_looking_at


@dataclass(frozen=True)
class Unit:
    """One picture or video with what lies beside it, by name; whether a clip belongs to it, the files must say."""

    primary: Sighting
    clip: Sighting | None = None
    sidecars: tuple[Sighting, ...] = ()
    """The most telling last."""
    lost: tuple[bytes, ...] = ()
    """Paths of sidecars that were here before."""
    clip_sidecars: tuple[Sighting, ...] = ()
    """What would describe the clip if it stood alone."""

    def alone(self) -> "Unit | None":
        """Return the clip as a unit of its own."""
        return Unit(self.clip, sidecars=self.clip_sidecars) if self.clip else None

    def without_clip(self) -> "Unit":
        """Return the rest."""
        return Unit(self.primary, None, self.sidecars, self.lost)

    def files(self) -> Iterable[Sighting]:
        """Yield every file that is there."""
        yield self.primary
        if self.clip:
            yield self.clip
        yield from self.sidecars


def wanted(name: bytes) -> bool:
    """Return whether a scan should see a file of this name."""
    text = os.fsdecode(name)
    return not name.startswith(b".") and (worth_looking_at(text) or is_sidecar(text))


def units(seen: Iterable[Sighting], gone: Iterable[bytes] = (), *, named: bytes = b"") -> list[Unit]:
    """Return the units among the files seen; `gone` are paths of files that were seen before and no longer are.

    A file that was `named` by hand is worth looking at whatever it is called.
    """
    folders: defaultdict[bytes, dict[str, Sighting]] = defaultdict(dict)
    lost: defaultdict[bytes, set[str]] = defaultdict(set)
    for file in seen:
        folder, name = os.path.split(file.path)
        folders[folder][os.fsdecode(name)] = file
    for path in gone:
        folder, name = os.path.split(path)
        if folder in folders and is_sidecar(os.fsdecode(name)):
            lost[folder].add(os.fsdecode(name))
    return [unit for folder, files in folders.items() for unit in _of_folder(folder, files, lost[folder], named)]


def _of_folder(folder: bytes, files: dict[str, Sighting], lost: set[str], named: bytes) -> list[Unit]:
    beside = companions.sidecars([*files, *lost])
    pairs = companions.live_pairs(files)
    clips = set(pairs.values())

    def described(name: str) -> tuple[Sighting, ...]:
        return tuple(files[n] for n in beside.get(name, ()) if n in files)

    return [
        Unit(
            file,
            files.get(pairs.get(name, "")),
            described(name),
            tuple(os.path.join(folder, os.fsencode(n)) for n in beside.get(name, ()) if n in lost),
            described(pairs.get(name, "")),
        )
        for name, file in files.items()
        if (worth_looking_at(name) or file.path == named) and name not in clips
    ]


def of_one(path: bytes, siblings: Sequence[Sighting]) -> list[Sighting]:
    """Return those of a folder's files that belong to the one that was named."""
    mine = [unit for unit in units(siblings) if unit.primary.path == path]
    return [file for unit in mine for file in unit.files()]
