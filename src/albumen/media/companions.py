"""Which files of one folder belong together, by their names: sidecars, Takeout's JSON, Live Photos. Reads no file."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import PurePath

from albumen.media.formats import VIDEO_SUFFIXES, is_sidecar, worth_looking_at
from albumen.media.record import Metadata

TAKEOUT_STEM = 46
"""Units of UTF-16 that Takeout leaves of a JSON's name before `.json`; many signs of pictures take two."""
LIVE_MS = 6_000
"""No Live Photo's clip is longer."""

_EDITED = re.compile(r"-(edited|bearbeitet|modifié|editado|modificato|bewerkt|edytowane|editada|redigerad|edited_\w+)$")
_NUMBERED = re.compile(r"^(?P<base>.*)\((?P<number>\d+)\)$", re.DOTALL)
_SUPPLEMENT = ".supplemental-metadata"


def sidecars(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return for each medium of a folder the names of its sidecars, the most telling last."""
    everything = list(names)
    media = [name for name in everything if worth_looking_at(name)]
    beside = [name for name in everything if is_sidecar(name)]
    xmp = _by_lower(name for name in beside if name.lower().endswith(".xmp"))
    json = _by_claim(name[:-5] for name in beside if name.lower().endswith(".json"))
    found = {name: (*_takeout(name, json), *_xmp(name, xmp)) for name in media}
    return {name: those for name, those in found.items() if those}


def live_pairs(names: Iterable[str]) -> dict[str, str]:
    """Return still -> clip where both have the same stem; `is_live_pair` tells from the files whether it is true."""
    stills: dict[str, list[str]] = defaultdict(list)
    clips: dict[str, str] = {}
    for name in names:
        path = PurePath(name)
        if path.suffix.lower() in (".heic", ".heif", ".jpg", ".jpeg"):
            stills[path.stem.lower()].append(name)
        elif path.suffix.lower() in (".mov", ".mp4"):
            clips.setdefault(path.stem.lower(), name)
    return {sorted(those, key=_heic_first)[0]: clips[stem] for stem, those in stills.items() if stem in clips}


def is_live_pair(still: Metadata, clip: Metadata) -> bool:
    """Return whether a still and a clip are one Live Photo: by their common mark, else by length and date."""
    if still.content_id and clip.content_id:
        return still.content_id == clip.content_id
    short = clip.duration_ms is not None and clip.duration_ms <= LIVE_MS
    if still.taken is None or clip.taken is None:
        return short
    # The zones of the two may be unknown, so whole quarters of an hour between them do not count.
    apart = abs(still.taken - clip.taken) % timedelta(minutes=15)
    return short and min(apart, timedelta(minutes=15) - apart) <= timedelta(seconds=10)


def _heic_first(name: str) -> tuple[bool, str]:
    return not name.lower().endswith((".heic", ".heif")), name


def _by_lower(names: Iterable[str]) -> dict[str, str]:
    return {name.lower(): name for name in names}


def _xmp(name: str, xmp: Mapping[str, str]) -> tuple[str, ...]:
    """Find `IMG.xmp`, which may stand for several files of the stem, then `IMG.jpg.xmp`."""
    wanted = (PurePath(name).stem.lower() + ".xmp", name.lower() + ".xmp")
    return tuple(xmp[key] for key in wanted if key in xmp)


def _by_claim(stems: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return JSON stems by what they claim to describe: a medium's name, perhaps cut off, and its number.

    What is in lower case finds a name that a file system wrote otherwise, unless another JSON claims that exactly.
    """
    exact: dict[tuple[str, str], str] = {}
    for stem in stems:
        match = _NUMBERED.match(stem)
        exact[(match["base"], match["number"]) if match else (stem, "")] = stem
    return {(base.lower(), number): stem for (base, number), stem in exact.items()} | exact


def _takeout(name: str, stems: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    """Find the JSON of a medium; a clip without one shares that of its still."""
    base, number, suffix = _split(name)
    base = _EDITED.sub("", base)
    found = _describing(base + suffix, number, stems) or _describing((base + suffix).lower(), number, stems)
    if not found and suffix.lower() in VIDEO_SUFFIXES:
        stills = (".HEIC", ".heic", ".JPG", ".jpg", ".jpeg")
        found = [stem for still in stills for stem in _describing(base + still, number, stems)]
    if not found and (base, number) in stems:  # its title had no suffix
        found = [stems[base, number]]
    return tuple(stem + ".json" for stem in sorted(found, key=len)[-1:])


def _split(name: str) -> tuple[str, str, str]:
    """Split `IMG(1).jpg` into `IMG`, `1`, `.jpg`; also `IMG-edited(1).jpg`."""
    path = PurePath(name)
    match = _NUMBERED.match(path.stem)
    return (match["base"], match["number"], path.suffix) if match else (path.stem, "", path.suffix)


def _describing(name: str, number: str, stems: Mapping[tuple[str, str], str]) -> list[str]:
    """Return the JSON stems that are the medium's name, its number moved to the end, perhaps cut off."""
    full = name + _SUPPLEMENT
    shortest = min(len(name), _cut(name, TAKEOUT_STEM - 1))
    return [stems[full[:n], number] for n in range(shortest, len(full) + 1) if (full[:n], number) in stems]


def _cut(name: str, units: int) -> int:
    """Return how many letters of a name fit into so many units of UTF-16."""
    return len(name.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))


def json_name(name: str) -> str:
    """Return the name under which Takeout's JSON is found to describe a medium."""
    base, number, suffix = _split(name)
    return _EDITED.sub("", base) + suffix + (f"({number})" if number else "") + ".json"
