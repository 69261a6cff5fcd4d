"""Where an original goes inside the library's folder: a template such as {year}/{month}/{name}, safe to fill in."""

import re
from dataclasses import dataclass
from string import Formatter

from albumen.core.errors import SettingsError
from albumen.media.record import Metadata

DEFAULT = "{year}/{month}/{name}"
UNDATED = "undated"
DATED = frozenset({"year", "month", "day"})
FIELDS = DATED | {"name", "camera"}
LONGEST = 200
"""Bytes that a part of a path may have, so that a number and a suffix still fit into the 255 of most file systems."""
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]')


@dataclass(frozen=True)
class Template:
    """A checked template; each of its parts becomes a folder, the last one the file."""

    parts: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Template":
        """Check a template as a person writes it."""
        parts = tuple(text.split("/"))
        hint = f"fields are {', '.join(f'{{{f}}}' for f in sorted(FIELDS))}, as in {DEFAULT}"
        try:
            fields = [(part, {f for _, f, *_ in Formatter().parse(part) if f is not None}) for part in parts]
        except ValueError as error:
            raise SettingsError(f"the template {text!r} cannot be understood ({error}); {hint}") from error
        unknown = sorted({f for _, used in fields for f in used} - FIELDS)
        if unknown:
            raise SettingsError(f"the template {text!r} has the unknown field {{{unknown[0]}}}; {hint}")
        if any(part.strip(". ") == "" for part in parts) or "\0" in text:
            raise SettingsError(f"the template {text!r} must be a path inside the library, such as {DEFAULT}")
        if "name" not in fields[-1][1] or any("name" in used for _, used in fields[:-1]):
            raise SettingsError(f"the template {text!r} must end with {{name}}, such as {DEFAULT}")
        return cls(parts)

    def fill(self, name: str, told: Metadata) -> tuple[str, ...]:
        """Return the parts of a file's path; where the date is unknown, one folder stands for all that need it."""
        values = {"name": safe(name), "camera": _camera(told)}
        if told.taken is not None:
            values |= {"year": f"{told.taken:%Y}", "month": f"{told.taken:%m}", "day": f"{told.taken:%d}"}
        found: list[str] = []
        for part in self.parts:
            dated = any(f in DATED for _, f, *_ in Formatter().parse(part))
            if not dated or told.taken is not None:
                found.append(safe(part.format_map(values)))
            elif "{name}" in part:
                found += [UNDATED, values["name"]] if UNDATED not in found else [values["name"]]
            elif UNDATED not in found:
                found.append(UNDATED)
        return tuple(found)


def safe(part: str) -> str:
    """Return a name that is one part of a path on every system, hidden on none, and unchanged where possible."""
    cleaned = _UNSAFE.sub("_", part).lstrip(".").rstrip(". ") or "_"
    return cleaned if len(cleaned.encode("utf-8", "surrogateescape")) <= LONGEST else _shortened(cleaned)


def _shortened(part: str) -> str:
    stem, dot, suffix = part.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, dot, suffix = part, "", ""
    kept = stem.encode("utf-8", "surrogateescape")[: LONGEST - len(suffix.encode("utf-8", "surrogateescape")) - 1]
    return kept.decode("utf-8", "ignore") + dot + suffix


def _camera(told: Metadata) -> str:
    return " ".join(part for part in (told.make, told.model) if part) or "unknown camera"
