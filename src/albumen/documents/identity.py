"""Identity papers: the 21 fields of AnalyzeID, from a machine-readable zone, labels, and how addresses are written."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from albumen.documents import facts, mrz
from albumen.documents.document import Line, Page

FIELDS = (
    "FIRST_NAME", "LAST_NAME", "MIDDLE_NAME", "SUFFIX", "CITY_IN_ADDRESS", "ZIP_CODE_IN_ADDRESS",
    "STATE_IN_ADDRESS", "STATE_NAME", "DOCUMENT_NUMBER", "EXPIRATION_DATE", "DATE_OF_BIRTH", "DATE_OF_ISSUE",
    "ID_TYPE", "ENDORSEMENTS", "VETERAN", "RESTRICTIONS", "CLASS", "ADDRESS", "COUNTY", "PLACE_OF_BIRTH", "MRZ_CODE",
)  # fmt: skip
DATES = ("EXPIRATION_DATE", "DATE_OF_BIRTH", "DATE_OF_ISSUE")


@dataclass(frozen=True)
class Fact:
    """One field of an identity paper; a date also as a day."""

    text: str
    confidence: float
    day: date | None = None


_LABELS: tuple[tuple[str, str], ...] = (
    ("EXPIRATION_DATE", r"(4b\s*)?(exp(ires|iry|iration)?)\b\D*|date of expir\D*|valid (until|thru)\D*|gültig bis\D*"),
    ("DATE_OF_ISSUE", r"(4a\s*)?(iss(ued)?)\b\D*|date of issue\D*|ausstellungsdatum\D*"),
    ("DATE_OF_BIRTH", r"(3\s*)?(dob|birth ?date)\b\D*|date of birth\D*|geburts(tag|datum)\D*"),
    ("DOCUMENT_NUMBER", r"(4d\s*)?(number|dln?( no\.?)?|(lic(ense)?\.?|id)( no\.?|#)?)|(passport|document|card) no\D*"),
    ("CLASS", r"(9a?\s*)?class"),
    ("RESTRICTIONS", r"(12\s*)?(rest|restr|restrictions?)"),
    ("ENDORSEMENTS", r"([o09]\s?a?\s*)?(end|endorse(ments?)?)"),
    ("LAST_NAME", r"1|(1\s*)?(ln|last name|surname|family name|name)(\s*/\D*)?|nachname\D*"),
    ("FIRST_NAME", r"2|(2\s*)?(fn|first name|given names?)(\s*/\D*)?|vornamen?\D*"),
    ("ADDRESS", r"8|(8\s*)?(address|addr)"),
    ("COUNTY", r"county"),
    ("PLACE_OF_BIRTH", r"place of birth\D*|geburtsort\D*"),
    ("VETERAN", r"veteran"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _LABELS)
_PLACE = re.compile(r"^(?P<city>[A-Z][A-Za-z .'-]+?),?\s+(?P<state>[A-Z]{2}),?\s+(?P<zip>\d{5}(?:-\d{4})?)$")
_STREET = re.compile(r"^(?:8\s+)?(\d+\s+[A-Za-z].{3,})$")
_STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|"
    "Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|"
    "Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|"
    "Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|"
    "West Virginia|Wisconsin|Wyoming|District of Columbia"
)
_STATE = re.compile(rf"\b({_STATES})\b", re.IGNORECASE)
_SUFFIX = re.compile(r"^(jr|sr|ii|iii|iv)\.?$", re.IGNORECASE)


def read(pages: Sequence[Page], *, today: date) -> dict[str, Fact]:
    """Return the fields found on the pages (front, back) of one paper; what is absent is left out."""
    lines = [line for page in pages for line in page.lines]
    found = _split_names(_labelled(lines) | _address(lines))
    state = next((m.group(1) for line in lines if (m := _STATE.search(line.text))), None)
    if state:
        found.setdefault("STATE_NAME", Fact(state, 0.9))
    zone = mrz.find([line.text for line in lines], today=today)
    if zone is not None:
        found |= _zoned(zone, found)
    kind = _kind(" ".join(line.text for line in lines).casefold(), zone)
    return found | ({"ID_TYPE": Fact(kind, 0.9)} if kind else {})


def _kind(text: str, zone: mrz.Zone | None) -> str | None:
    if "passport" in text or "reisepass" in text or (zone is not None and zone.kind == "P"):
        return "PASSPORT"
    if "driver" in text or "führerschein" in text:
        return "DRIVER LICENSE FRONT"
    return "IDENTITY CARD" if zone is not None or "identity card" in text or "identification" in text else None


def _labelled(lines: Sequence[Line]) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for line in lines:
        for kind, text in _after_label(line, lines):
            if kind not in found:
                fact = _fact(kind, text, line.confidence)
                if fact is not None:
                    found[kind] = fact
    return found


def _after_label(line: Line, lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """Yield field and text for a label followed by its value in the line, beside it, or under it."""
    words = [word.text for word in line.words]
    for size in range(len(words), 0, -1):
        label = " ".join(words[:size]).rstrip(":")
        kind = next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(label)), None)
        if kind is None:
            continue
        rest = " ".join(words[size:])
        if rest:
            yield kind, rest
        else:
            yield from ((kind, near.text) for near in _near(line, lines))
        return


def _near(line: Line, lines: Sequence[Line]) -> Iterator[Line]:
    box, tall = line.box, line.box.height
    beside = [o for o in lines if o is not line and o.box.beside(box) > 0.5 and 0 <= o.box.left - box.right < 3 * tall]
    under = [
        o for o in lines
        if -0.4 * tall < o.box.top - box.bottom < 1.5 * tall and -2 * tall < o.box.left - box.left < 4 * tall
    ]  # fmt: skip
    numbered = line.text.strip().isdigit()
    yield from sorted(beside, key=lambda o: o.box.left)[:1] if numbered or not under else under[:1]


def _fact(kind: str, text: str, confidence: float) -> Fact | None:
    if kind in DATES:
        match = facts.DATE.search(text)
        day = facts.to_date(match.group()) if match else None
        return Fact(match.group(), 0.95 * confidence, day) if match and day else None
    if kind == "DOCUMENT_NUMBER" and not (facts.NUMBER.search(text) and re.fullmatch(r"[A-Z0-9][A-Z0-9 -]{3,}", text)):
        return None
    return Fact(text, 0.9 * confidence) if re.search(r"\w", text) else None


def _address(lines: Sequence[Line]) -> dict[str, Fact]:
    for place, line in enumerate(lines):
        match = _PLACE.match(line.text)
        if not match:
            continue
        found = {
            "CITY_IN_ADDRESS": Fact(match["city"], 0.9),
            "STATE_IN_ADDRESS": Fact(match["state"], 0.95),
            "ZIP_CODE_IN_ADDRESS": Fact(match["zip"], 0.95),
        }
        streets = (m for one in lines[max(0, place - 3) : place] if (m := _STREET.match(one.text)))
        street = max(streets, key=lambda m: m.start(1), default=None)
        return found | ({"ADDRESS": Fact(street.group(1), 0.9)} if street else {})
    return {}


def _split_names(found: dict[str, Fact]) -> dict[str, Fact]:
    """Move a second given name and a suffix to fields of their own."""
    given = found.get("FIRST_NAME")
    names = given.text.split() if given else []
    if given is None or len(names) < 2:
        return found
    suffixes = [name for name in names[1:] if _SUFFIX.match(name)]
    middle = [name for name in names[1:] if name not in suffixes]
    parts = {"FIRST_NAME": names[0], "MIDDLE_NAME": " ".join(middle), "SUFFIX": " ".join(suffixes)}
    return found | {kind: Fact(text, given.confidence) for kind, text in parts.items() if text}


def _zoned(zone: mrz.Zone, seen: dict[str, Fact]) -> dict[str, Fact]:
    """Return what a zone says; a date that the paper also prints keeps the printed spelling."""
    sure = 0.98 if zone.checked else 0.7
    texts = {
        "FIRST_NAME": zone.first_name, "LAST_NAME": zone.last_name, "MIDDLE_NAME": zone.middle_name,
        "DOCUMENT_NUMBER": zone.number, "MRZ_CODE": zone.code,
    }  # fmt: skip
    found = {kind: Fact(text, sure) for kind, text in texts.items() if text}
    for kind, day in (("DATE_OF_BIRTH", zone.born), ("EXPIRATION_DATE", zone.expires)):
        if day is not None:
            printed = seen.get(kind)
            found[kind] = Fact(printed.text if printed and printed.day == day else day.isoformat(), sure, day)
    return found
