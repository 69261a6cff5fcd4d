"""Who an invoice is from and to, where it says so: a label such as "Bill to", and the block of lines under it."""

import re
from collections.abc import Iterator, Sequence

from albumen.documents import facts
from albumen.documents.document import Line
from albumen.documents.expense.field import Field, written
from albumen.documents.expense.labels import plain

_TO = re.compile(
    r"^((bill(ed)?|ship(ped)?|sold|invoiced?|deliver(ed)?|remit) to|to|customer|client|buyer|rechnung an|kunde|client"
    r"|facture a|facturado a|cliente|destinatario|klant|nabywca)\W*$"
)
_FROM = re.compile(r"^(from|seller|vendor|supplier|sold by|remit to|vendeur|verkaufer|emisor|fornitore|sprzedawca)\W*$")
_MOST = 6  # lines of a block


def read(lines: Sequence[Line]) -> Iterator[Field]:
    """Yield name and address of the receiver and of the vendor, each where a label announces it."""
    for party, pattern in (("VENDOR", _FROM), ("RECEIVER", _TO)):
        label = next((line for line in lines if pattern.match(plain(line.text))), None)
        block = _under(label, lines) if label is not None else []
        if label is None or not block:
            continue
        yield _field(f"{party}_NAME", block[:1], label)
        address = [
            line for line in block[1:] if not facts.EMAIL.search(line.text) and not facts.PHONE.search(line.text)
        ]
        if address:
            yield _field(f"{party}_ADDRESS", address, label)


def _field(kind: str, lines: Sequence[Line], label: Line) -> Field:
    return Field(kind, written(lines), tuple(word for line in lines for word in line.words), label.words, 0.9)


def _under(label: Line, lines: Sequence[Line]) -> list[Line]:
    """Return the lines that stand close under a label, starting where it starts."""
    found: list[Line] = []
    bottom, tall = label.box.bottom, label.box.height
    for line in sorted(lines, key=lambda one: one.box.top):
        if line is label or line.box.top < bottom - 0.5 * tall or abs(line.box.left - label.box.left) > 1.5 * tall:
            continue
        if line.box.top - bottom > 1.6 * tall or len(found) == _MOST or facts.MONEY.search(line.text):
            break
        found.append(line)
        bottom = line.box.bottom
    return found
