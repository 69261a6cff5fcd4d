"""Machine-readable zones of passports, visas and identity cards (ICAO 9303), with their check digits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_LINE = re.compile(r"^[A-Z0-9<]{28,46}$")
_WEIGHTS = (7, 3, 1)


@dataclass(frozen=True)
class Zone:
    """What a machine-readable zone says; `checked` tells whether number and both dates pass their check digits."""

    code: str
    kind: str
    issuer: str
    last_name: str
    first_name: str
    middle_name: str
    number: str
    nationality: str
    born: date | None
    sex: str
    expires: date | None
    checked: bool


def check_digit(text: str) -> int:
    """Return the check digit of a field (ICAO 9303-3, 4.9)."""
    values = (0 if c == "<" else int(c) if c.isdigit() else ord(c) - 55 for c in text)
    return sum(value * _WEIGHTS[i % 3] for i, value in enumerate(values)) % 10


def find(lines: Sequence[str], *, today: date) -> Zone | None:
    """Return the zone in lines of text: two of 44 or 36 signs, or three of 30; None if there is none."""
    clean = [re.sub(r"[\s.]", "", line.upper()).replace("«", "<<") for line in lines]
    rows = [line for line in clean if _LINE.match(line) and "<" in line]
    for i in range(len(rows) - 1):
        if len(rows[i]) > 40 and len(rows[i + 1]) > 40:
            return _passport(rows[i][:44].ljust(44, "<"), rows[i + 1][:44].ljust(44, "<"), today)
        if 28 <= len(rows[i]) <= 32 and i + 2 < len(rows):
            return _card(*(row[:30].ljust(30, "<") for row in rows[i : i + 3]), today=today)
        if 34 <= len(rows[i]) <= 38:
            return _passport(rows[i][:36].ljust(36, "<"), rows[i + 1][:36].ljust(36, "<"), today)
    return None


def _passport(first: str, second: str, today: date) -> Zone:
    last, given = _names(first[5:])
    return Zone(
        code=first + "\n" + second, kind=first[0], issuer=first[2:5].strip("<"), last_name=last,
        first_name=given[0] if given else "", middle_name=" ".join(given[1:]), number=second[:9].strip("<"),
        nationality=second[10:13].strip("<"), born=_day(second[13:19], today, past=True), sex=second[20].strip("<"),
        expires=_day(second[21:27], today, past=False),
        checked=all(_sound(second, a, b) for a, b in ((0, 9), (13, 19), (21, 27))),
    )  # fmt: skip


def _card(first: str, second: str, third: str, *, today: date) -> Zone:
    last, given = _names(third)
    return Zone(
        code="\n".join((first, second, third)), kind=first[0], issuer=first[2:5].strip("<"), last_name=last,
        first_name=given[0] if given else "", middle_name=" ".join(given[1:]), number=first[5:14].strip("<"),
        nationality=second[15:18].strip("<"), born=_day(second[:6], today, past=True), sex=second[7].strip("<"),
        expires=_day(second[8:14], today, past=False),
        checked=_sound(first, 5, 14) and _sound(second, 0, 6) and _sound(second, 8, 14),
    )  # fmt: skip


def _sound(row: str, start: int, end: int) -> bool:
    return row[end].replace("<", "0") == str(check_digit(row[start:end]))


def _names(text: str) -> tuple[str, list[str]]:
    last, _, given = text.partition("<<")
    return last.replace("<", " ").strip(), [name for name in given.split("<") if name]


def _day(text: str, today: date, *, past: bool) -> date | None:
    """Return the day of YYMMDD; births lie in the past, expiries at most fifty years ahead."""
    if not text.isdigit():
        return None
    year = 2000 + int(text[:2])
    if past and year > today.year:
        year -= 100
    try:
        return date(year, int(text[2:4]), int(text[4:]))
    except ValueError:
        return None
