"""XML bodies by shape: flattened lists, attributes, namespaces; documents with a doctype are refused."""

from collections.abc import Mapping, Sequence
from typing import cast
from xml.etree import ElementTree as ET

from botocore.model import ListShape, MapShape, Shape, StructureShape

from albumen.aws_api.errors import Fault
from albumen.aws_api.protocol.values import read_text, write_text

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def load(body: bytes) -> ET.Element:
    """Return the root element of a document, or refuse it."""
    if b"<!DOCTYPE" in body:
        raise Fault("MalformedXML", "The XML you provided has a document type, which is not allowed.")
    try:
        return ET.fromstring(body)
    except (ET.ParseError, ValueError, LookupError):
        raise Fault("MalformedXML", "The XML you provided was not well-formed.") from None


def dump(root: ET.Element) -> bytes:
    """Return a document with its declaration."""
    return HEAD + cast("bytes", ET.tostring(root, encoding="utf-8", xml_declaration=False))


def read(element: ET.Element, shape: Shape) -> object:
    """Return the value that an element stands for."""
    match shape:
        case StructureShape():
            return _structure(element, shape)
        case ListShape():
            return [read(child, shape.member) for child in element]
        case _:
            return read_text(element.text or "", shape)


def _structure(element: ET.Element, shape: StructureShape) -> dict[str, object]:
    found: dict[str, list[ET.Element]] = {}
    for child in element:
        found.setdefault(_local(child.tag), []).append(child)
    out: dict[str, object] = {}
    for name, member in shape.members.items():
        wire = _name(name, member)
        if member.serialization.get("xmlAttribute"):
            value = next((v for k, v in element.attrib.items() if _local(k) == wire.partition(":")[2]), None)
            out |= {} if value is None else {name: read_text(value, member)}
        elif wire in found:
            out[name] = _member(found.pop(wire), member)
    return out | {tag: "" for tag in found}


def _member(elements: list[ET.Element], shape: Shape) -> object:
    if isinstance(shape, ListShape) and shape.serialization.get("flattened"):
        return [read(e, shape.member) for e in elements]
    return read(elements[0], shape)


def write(name: str, value: object, shape: Shape, *, namespace: bool = False) -> ET.Element:
    """Return the element that holds a value; members that are None are left out."""
    root = ET.Element(name, {"xmlns": NAMESPACE} if namespace else {})
    _fill(root, value, shape)
    return root


def _fill(element: ET.Element, value: object, shape: Shape) -> None:
    match shape, value:
        case StructureShape(), Mapping():
            given = cast("Mapping[str, object]", value)
            for name, member in shape.members.items():
                if given.get(name) is not None:
                    _append(element, _name(name, member), given[name], member)
        case ListShape(), Sequence():
            for item in cast("Sequence[object]", value):
                _append(element, _name("member", shape.member), item, shape.member)
        case MapShape(), Mapping():
            for key, item in cast("Mapping[str, object]", value).items():
                entry = ET.SubElement(element, "entry")
                _append(entry, _name("key", shape.key), key, shape.key)
                _append(entry, _name("value", shape.value), item, shape.value)
        case _:
            element.text = write_text(value, shape, "iso8601")


def _append(parent: ET.Element, name: str, value: object, shape: Shape) -> None:
    if isinstance(shape, ListShape) and shape.serialization.get("flattened"):
        for item in cast("Sequence[object]", value):
            parent.append(write(_name(name, shape.member) if _has_name(shape.member) else name, item, shape.member))
    elif shape.serialization.get("xmlAttribute"):
        prefix, _, local = name.partition(":")
        uri = shape.serialization.get("xmlNamespace", {}).get("uri", "http://www.w3.org/2001/XMLSchema-instance")
        parent.set(f"{{{uri}}}{local}" if local else prefix, str(value))
    else:
        parent.append(write(name, value, shape))


def _has_name(shape: Shape) -> bool:
    return "name" in shape.serialization


def _name(default: str, shape: Shape) -> str:
    return str(shape.serialization.get("name", default))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
