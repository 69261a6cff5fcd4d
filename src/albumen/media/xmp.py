"""Reads XMP packets: properties, lists and face regions. A packet with a document type is refused, as XMP has none."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from albumen.media.record import Region

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
XML = "{http://www.w3.org/XML/1998/namespace}"
NAMES = {
    "dc": "{http://purl.org/dc/elements/1.1/}",
    "xmp": "{http://ns.adobe.com/xap/1.0/}",
    "exif": "{http://ns.adobe.com/exif/1.0/}",
    "exifEX": "{http://cipa.jp/exif/1.0/}",
    "tiff": "{http://ns.adobe.com/tiff/1.0/}",
    "aux": "{http://ns.adobe.com/exif/1.0/aux/}",
    "photoshop": "{http://ns.adobe.com/photoshop/1.0/}",
    "lr": "{http://ns.adobe.com/lightroom/1.0/}",
    "digiKam": "{http://www.digikam.org/ns/1.0/}",
    "iptcExt": "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}",
    "mp": "{http://ns.microsoft.com/photo/1.2/}",
    "mpri": "{http://ns.microsoft.com/photo/1.2/t/RegionInfo#}",
    "mpr": "{http://ns.microsoft.com/photo/1.2/t/Region#}",
    "ms": "{http://ns.microsoft.com/photo/1.0/}",
    "regions": "{http://www.metadataworkinggroup.com/schemas/regions/}",
    "area": "{http://ns.adobe.com/xmp/sType/Area#}",
    "dim": "{http://ns.adobe.com/xap/1.0/sType/Dimensions#}",
    "camera": "{http://ns.google.com/photos/1.0/camera/}",
    "container": "{http://ns.google.com/photos/1.0/container/}",
    "item": "{http://ns.google.com/photos/1.0/container/item/}",
}
MOST_BYTES = 16_000_000
_ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Xmp:
    """A packet's descriptions."""

    roots: tuple[ElementTree.Element, ...] = ()

    def text(self, name: str) -> str | None:
        """Return the first value of a property such as `dc:title`; blank counts as none."""
        return next(iter(self.texts(name)), None)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all values of a property, the default language first."""
        key = qualified(name)
        found: list[str] = []
        for root in self.roots:
            found += [root.attrib[key]] if key in root.attrib else []
            found += [value for child in root.findall(key) for value in _values(child)]
        return tuple(value.strip() for value in found if value.strip())

    def number(self, name: str) -> float | None:
        """Return a property as a finite number; fractions such as `1/50` are divided."""
        return _number(self.text(name))

    def first(self, name: str) -> ElementTree.Element | None:
        """Return a property as an element, for structures."""
        key = qualified(name)
        return next((child for root in self.roots for child in root.findall(key)), None)


def qualified(name: str) -> str:
    """Return a property's name as the parser writes it."""
    prefix, _, local = name.partition(":")
    return NAMES[prefix] + local


def read_xmp(packet: bytes) -> Xmp:
    """Parse a packet; what is no XMP gives an empty one."""
    text = _decoded(packet[:MOST_BYTES])
    start = text.find("<")
    end = text.rfind(">")
    text = _NOT_XML.sub("", text[start : end + 1])
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return Xmp()
    try:
        tree = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError):
        return Xmp()
    return Xmp(tuple(root for rdf in tree.iter(RDF + "RDF") for root in rdf.findall(RDF + "Description")))


def _decoded(packet: bytes) -> str:
    for mark, encoding in _ENCODINGS:
        if packet.startswith(mark):
            return packet.decode(encoding, errors="replace")
    if packet[1:2] == b"\0":
        return packet.decode("utf-16-le", errors="replace")
    return packet.decode("utf-8", errors="replace")


def _values(element: ElementTree.Element) -> list[str]:
    items = list(element.iter(RDF + "li"))
    if not items:
        return [element.text or element.attrib.get(RDF + "resource", "")]
    items.sort(key=lambda item: item.attrib.get(XML + "lang") != "x-default")
    return [item.text or "" for item in items]


def _number(text: str | None) -> float | None:
    if text is None:
        return None
    above, _, below = text.partition("/")
    try:
        found = float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        return None
    return found if math.isfinite(found) else None


def coordinate(text: str | None) -> float | None:
    """Read `45,30.04N`, `45,30,2N` or signed decimals as degrees."""
    if not text:
        return None
    match = re.fullmatch(r"\s*([+-]?[\d.]+)(?:,([\d./]+))?(?:,([\d./]+))?\s*([NSEW]?)\s*", text)
    if match is None:
        return None
    degrees, minutes, seconds = (_number(part) if part else 0.0 for part in match.group(1, 2, 3))
    if degrees is None or minutes is None or seconds is None:
        return None
    total = abs(degrees) + minutes / 60 + seconds / 3600
    return -total if degrees < 0 or match[4] in ("S", "W") else total


@dataclass(frozen=True)
class Marked:
    """Regions as written, and the size (width, height) of the picture that they were marked on."""

    regions: tuple[Region, ...] = ()
    size: tuple[float, float] | None = None


def regions(xmp: Xmp) -> Marked:
    """Return marked regions: those of the Metadata Working Group, else Microsoft's."""
    root = xmp.first("regions:Regions")
    if root is not None:
        size = next(iter(root.iter(qualified("regions:AppliedToDimensions"))), None)
        width, height = (_number(_of(size, "dim:" + side)) if size is not None else None for side in "wh")
        found = tuple(filter(None, (_mwg(item) for item in root.iter(RDF + "li"))))
        return Marked(found, (width, height) if width and height else None)
    info = xmp.first("mp:RegionInfo")
    items: Iterator[ElementTree.Element] = info.iter(RDF + "li") if info is not None else iter(())
    return Marked(tuple(filter(None, (_microsoft(item) for item in items))))


def _of(element: ElementTree.Element, name: str) -> str | None:
    """Return a structure's field, written as an attribute or an element, here or one description below."""
    key = qualified(name)
    for holder in (element, *element.findall(RDF + "Description")):
        if key in holder.attrib:
            return holder.attrib[key]
        if (child := holder.find(key)) is not None:
            return child.text
    return None


def _mwg(item: ElementTree.Element) -> Region | None:
    area = next(iter(item.iter(qualified("regions:Area"))), None)
    if area is None:
        return None
    x, y, w, h = (_number(_of(area, "area:" + side)) for side in "xywh")
    if x is None or y is None or w is None or h is None:
        return None
    name, kind = _of(item, "regions:Name") or "", _of(item, "regions:Type") or "Face"
    return _region(name, kind.lower(), (x - w / 2, y - h / 2, x + w / 2, y + h / 2))


def _microsoft(item: ElementTree.Element) -> Region | None:
    sides = [_number(part) for part in (_of(item, "mpr:Rectangle") or "").split(",")]
    if len(sides) != 4 or None in sides:
        return None
    x, y, w, h = (side or 0.0 for side in sides)
    return _region(_of(item, "mpr:PersonDisplayName") or "", "face", (x, y, x + w, y + h))


def _region(name: str, kind: str, box: tuple[float, float, float, float]) -> Region | None:
    left, top, right, bottom = (min(1.0, max(0.0, side)) for side in box)
    return Region(name.strip(), kind, (left, top, right, bottom)) if left < right and top < bottom else None
