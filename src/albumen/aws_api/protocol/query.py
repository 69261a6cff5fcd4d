"""The query protocol: a form with flattened names comes in, XML in a wrapper named after the operation goes out."""

from collections.abc import Mapping
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from botocore.model import ListShape, MapShape, Shape, StructureShape

from albumen.aws_api.errors import Fault
from albumen.aws_api.protocol import xml
from albumen.aws_api.protocol.values import read_text
from albumen.aws_api.spec import Operation
from albumen.aws_api.wire import Reply

CONTENT_TYPE = "text/xml"
Form = Mapping[str, str]


def form(body: bytes) -> dict[str, str]:
    """Return the fields of a form."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=10_000))
    except ValueError:
        raise Fault("MalformedQueryString", "The request body is not a form.") from None


def parse(operation: Operation, body: bytes) -> dict[str, object]:
    """Return the members of a request; fields that the operation does not know stay for validation to name."""
    fields = {k: v for k, v in form(body).items() if k not in ("Action", "Version")}
    if operation.input is None:
        return {}
    known = {n: _read(fields, n, m) for n, m in operation.input.members.items()}
    unknown = {k: v for k, v in fields.items() if k.partition(".")[0] not in operation.input.members}
    return unknown | {n: v for n, v in known.items() if v is not None}


def _read(fields: Form, at: str, shape: Shape) -> object:
    """Return what the fields from `at` on stand for, None where there are none."""
    match shape:
        case StructureShape():
            inside = {n: _read(fields, f"{at}.{n}", m) for n, m in shape.members.items()}
            return {n: v for n, v in inside.items() if v is not None} or None
        case ListShape():
            return [_read(fields, f"{at}.member.{i}", shape.member) for i in _numbers(fields, f"{at}.member")] or None
        case MapShape():
            entries = [f"{at}.entry.{i}" for i in _numbers(fields, f"{at}.entry")]
            return {str(fields.get(f"{e}.key")): _read(fields, f"{e}.value", shape.value) for e in entries} or None
        case _:
            return read_text(fields[at], shape) if at in fields else None


def _numbers(fields: Form, at: str) -> list[int]:
    found = {k.removeprefix(f"{at}.").partition(".")[0] for k in fields if k.startswith(f"{at}.")}
    return sorted(int(n) for n in found if n.isdecimal())


def answer(operation: Operation, result: Mapping[str, object], request_id: str) -> Reply:
    """Return the reply that carries a result."""
    namespace = str(operation.model.service_model.metadata.get("xmlNamespace", ""))
    root = ET.Element(f"{operation.name}Response", {"xmlns": namespace})
    shape = operation.output
    if shape is not None:
        name = str(shape.serialization.get("resultWrapper", f"{operation.name}Result"))
        root.append(xml.write(name, result, shape))
    ET.SubElement(ET.SubElement(root, "ResponseMetadata"), "RequestId").text = request_id
    return Reply(operation.success, {"Content-Type": CONTENT_TYPE}, xml.dump(root))


def refuse(fault: Fault, status: int, request_id: str) -> Reply:
    """Return the reply that carries a refusal."""
    root = ET.Element("ErrorResponse")
    error = ET.SubElement(root, "Error")
    texts = {"Type": "Receiver" if status >= 500 else "Sender", "Code": fault.code, "Message": fault.message}
    for name, text in texts.items():
        ET.SubElement(error, name).text = text
    ET.SubElement(root, "RequestId").text = request_id
    return Reply(status, {"Content-Type": CONTENT_TYPE}, xml.dump(root))
