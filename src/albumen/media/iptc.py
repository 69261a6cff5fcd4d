"""Reads IPTC IIM, the older way in which picture agencies caption."""

from dataclasses import dataclass

from albumen.media.dates import Moment, parse
from albumen.media.exif import decoded_text


@dataclass(frozen=True)
class Iptc:
    """What an IPTC block says."""

    title: str | None = None
    caption: str | None = None
    keywords: tuple[str, ...] = ()
    created: Moment | None = None


def read_iptc(block: bytes) -> Iptc:
    """Read the records of an IPTC block up to the first that makes no sense."""
    found: dict[int, list[str]] = {}
    at = 0
    while block[at : at + 1] == b"\x1c" and at + 5 <= len(block):
        record, data_set = block[at + 1], block[at + 2]
        size = int.from_bytes(block[at + 3 : at + 5], "big")
        value = decoded_text(block[at + 5 : at + 5 + size])
        if record == 2 and value and size < 0x8000:
            found.setdefault(data_set, []).append(value)
        at += 5 + size
    first = {number: values[0] for number, values in found.items()}
    day, clock = first.get(55, ""), first.get(60, "")
    return Iptc(first.get(5), first.get(120), tuple(found.get(25, ())), parse(f"{day} {clock}" if clock else day))
