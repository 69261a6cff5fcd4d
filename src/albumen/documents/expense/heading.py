"""The top of a receipt: who sold, where they are, and how to reach them."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from albumen.documents import facts
from albumen.documents.document import Line, Page
from albumen.documents.expense.field import Field, Row, written
from albumen.documents.expense.labels import plain

_COMPANY = re.compile(
    r"\b(sdn|bhd|bnd|inc|ltd|limited|llc|llp|plc|gmbh|ohg|e\.k|kg|ag|corp|co|company|enterprises?|trading|stores?|market"
    r"|mart|restaurant|restoran|kedai|perniagaan|syarikat|cafe|coffee|bakery|pharmacy|hardware|stationery|supermarket"
    r"|sarl|sas|s\.?a\.?|b\.?v\.?|s\.?l\.?|s\.?r\.?l\.?|s\.?n\.?c\.?|sp\. z o\.?o|pty|hotel|shop|books?|marketing)\b\.?"
)
_NO_NAME = re.compile(
    r"\b(invoice|receipt|tax|bill|statement|date|tel|phone|fax|page|welcome|thanks?|copy|cashier|table|reg|no|gst|vat|sst"
    r"|order|co\. reg|company no|roc|est|rechnung|facture|factura|ticket|bon|paragon|www|original|duplicate|customer"
    r"|documento|scontrino|server|served|counter|till|kasse|caisse|kasa|cassa)\b|[@]|\d{4}|^\W*$|\*{2}"
)
_REGISTERED = re.compile(
    r"\s*\(?(co\.? ?reg\.?|reg\.?|roc)?[ .:]*(no\.?)?[ :]*\(?\d{5,7}\s?-?\s?[a-z]{1,2}\)?\s*$", re.I
)
_ENDING = re.compile(r"^\W*(\(m\)|\(\w+\))?\W*(sdn|bhd|co|inc|ltd|llc|gmbh)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"\b(no|lot|unit|suite|level|ground floor|floor|jalan|jln|lorong|taman|persiaran|lebuh|plaza|bandar|kampung|kg|mall"
    r"|street|st|road|rd|ave|avenue|blvd|boulevard|drive|dr|lane|ln|way|square|parade|highway|hwy|court|strasse|str|allee"
    r"|weg|platz|markt|rue|place|quai|calle|c/|avda|avenida|plaza|paseo|via|viale|corso|piazza|straat|plein|gracht|weg"
    r"|ul|al|rynek|selangor|johor|penang|perak|melaka|sabah|sarawak|kedah|pahang|kuala lumpur|malaysia|singapore)\b"
    r"|\w+(strasse|str|straat|gasse|platz|plein|gracht|allee|weg|ring)\b"
    r"|\b\d{5}(-\d{4})?\b|\b[a-z]{1,2}\d{1,2}[a-z]? \d[a-z]{2}\b"
    r"|\b\d{2}-\d{3}\b|\b\d{4} [a-z]{2}\b|^\d+[a-z]?[ ,-]+\w+|\w+[ ,]+\d+[a-z]?$"
)
_STOP = re.compile(
    r"\b(tel|phone|telephone|telefon|telefoon|telefono|fon|tlf|tfno|h/p|fax|gst|vat|sst|tax|reg|date|cashier|www|email|items?"
    r"|total|member|guests?|points?|server|served|covers?|counter|table|slip|nip|nif|siret|p\.iva|kvk|steuer|datum|fecha"
    r"|data|inv|invoice|receipt|bill|check|ticket|doc|documento|order|faktura|facture|factura|factuur\w*|rechnung\w*"
    r"|beleg\w*|bon|bon-nr|bonn\w+|kassabon|kassenbon|paragon\w*|recu|recibo|scontrino|ricevuta|fattura)\b|\d{1,2}:\d{2}|@"
)
_BEGUN = re.compile(r"\b(cashier|server|guests?|check|qty|description|document|invoice|receipt|bill|order)\b")
_CALLS = re.compile(r"\b(tel|phone|telephone|telefon[eo]?|telefoon|fon|tlf|tfno|h/p|hp|mobile|ph|t)\b", re.IGNORECASE)


def read(page: Page, rows: Sequence[Row]) -> list[Field]:
    """Return the vendor's name, address, telephone and address on the net."""
    top = _top(page)
    name = _name(top)
    address = _address(top, name)
    found: list[Field] = []
    if name:
        found += _twice("VENDOR_NAME", "NAME", _REGISTERED.sub("", written(name)), name)
    if address:
        found += _twice("VENDOR_ADDRESS", "ADDRESS", written(address), address)
    return [*found, *_phones(rows), *_nets(rows)]


def _twice(kind: str, part: str, text: str, lines: Sequence[Line]) -> Iterator[Field]:
    """Yield a field of the vendor and the part of the group that says the same, as AnalyzeExpense does."""
    words = tuple(word for line in lines for word in line.words)
    yield Field(kind, text, words, (), 0.8)
    yield Field(part, text, words, (), 0.8, "VENDOR")


def _top(page: Page) -> list[Line]:
    """Return the lines of the heading from the top: what stands above the first price, a dozen at most."""
    lines = sorted(page.lines, key=lambda one: one.box.y)
    end = next((one.box.top for one in lines if _priced(one.text)), float("inf"))
    return [one for one in lines if one.box.bottom < end + 0.4 * one.box.height][:14]


def _priced(text: str) -> bool:
    """Say whether a line ends with an amount, perhaps with a letter for its tax."""
    match = facts.MONEY.search(text)
    return match is not None and len(text) - match.end() < 4


def _name(top: Sequence[Line]) -> list[Line]:
    """Return the lines that name the seller: by a company's ending, by size, and by standing first."""
    tall = float(np.median([one.box.height for one in top])) if top else 1.0
    end = next((i for i, one in enumerate(top) if i and (_places(one) or _STOP.search(plain(one.text)))), len(top))
    near = [one for one in top[: max(end + 1, 2)][:7] if re.search(r"[^\W\d]{2}", one.text)]
    ranked = [(_nameness(one, place, tall), -place) for place, one in enumerate(near)]
    best = max(zip(ranked, range(len(near)), strict=True), default=None)
    if best is None or best[0][0] < -1.5:
        return []
    at = top.index(near[best[1]])
    after = top[at + 1] if at + 1 < len(top) else None
    return [top[at], after] if after is not None and _ENDING.match(after.text) else [top[at]]


def _nameness(line: Line, place: int, tall: float) -> float:
    text = plain(line.text)
    bare = _REGISTERED.sub("", text)
    return (
        2.5 * bool(_COMPANY.search(bare))
        + min(1.5, 2.0 * (line.box.height / tall - 1.0))
        - 0.4 * place
        - 3.0 * bool(_NO_NAME.search(bare))
        - 1.5 * _places(line)
        - 0.8 * (line.text == line.text.lower())
        - 3.0 * (sum(map(str.isalpha, bare)) < 4)
    )


def _places(line: Line) -> bool:
    text = plain(line.text)
    return bool(_PLACE.search(text)) and not _COMPANY.search(text)


def _address(top: Sequence[Line], name: Sequence[Line]) -> list[Line]:
    """Return the run of lines that say where somebody is, the first below the name if there is one."""
    after = top[top.index(name[-1]) + 1 :] if name else list(top)
    run: list[Line] = []
    for line in after:
        if (run or name) and line.box.over((run or name)[-1].box) <= 0:
            continue
        text = plain(line.text)
        if facts.DATE.search(text) or (run and _BEGUN.search(text)):
            break
        stops = bool(_STOP.search(text) or facts.PHONE.fullmatch(line.text.strip()))
        if not run and (stops or not _PLACE.search(text) or _REGISTERED.fullmatch(text)):
            continue
        if stops or (run and not _goes_on(run[-1], line)):
            break
        run.append(line)
    return run[:5]


def _goes_on(before: Line, line: Line) -> bool:
    """Say whether an address goes on: a place follows, or the line before ended with a comma."""
    text = plain(line.text)
    near = line.box.top - before.box.bottom < 1.2 * before.box.height
    return near and (bool(_PLACE.search(text)) or before.text.rstrip().endswith(",") or "," in text)


def _phones(rows: Sequence[Row]) -> Iterator[Field]:
    """Yield the first telephone number, rather one that calls itself so."""
    found: list[Field] = []
    for place, row in enumerate(rows[: max(12, len(rows) // 3)]):
        match = facts.PHONE.search(row.text)
        if not match or facts.DATE.search(row.text) or facts.MONEY.search(row.text):
            continue
        calls = _CALLS.search(plain(row.text[: match.start()]))
        alone = not re.search(r"[^\W\d]{3}", row.text)
        if calls or alone:
            words = row.at(*match.span())
            label = row.at(calls.start(), calls.end()) if calls else ()
            label = tuple(w for w in label if w not in words)
            found.append(
                Field("VENDOR_PHONE", match.group().strip(), words, label, 0.9 if calls else 0.7 - 0.01 * place)
            )
    yield from sorted(found, key=lambda f: -f.confidence)[:1]


def _nets(rows: Sequence[Row]) -> Iterator[Field]:
    for row in rows:
        found = row.last(facts.URL)
        if found and not facts.EMAIL.search(row.text):
            yield Field("VENDOR_URL", found[0], found[1], (), 0.7)
