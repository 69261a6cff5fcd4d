"""REST requests and replies: members travel in path, query, headers and a body that is JSON or XML."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast
from urllib.parse import quote
from xml.etree import ElementTree as ET

from botocore.model import ListShape, MapShape, Shape, StructureShape

from albumen.aws_api.errors import Fault
from albumen.aws_api.protocol import json, xml
from albumen.aws_api.protocol.values import read_text, write_text
from albumen.aws_api.spec import Operation
from albumen.aws_api.wire import Reply, Request

BODY_TYPE = {"rest-xml": "application/xml", "rest-json": "application/json"}
ROOTS = {
    "ListBucketsOutput": "ListAllMyBucketsResult",
    "ListObjectsOutput": "ListBucketResult",
    "ListObjectsV2Output": "ListBucketResult",
    "DeleteObjectsOutput": "DeleteResult",
    "CreateMultipartUploadOutput": "InitiateMultipartUploadResult",
    "ListObjectVersionsOutput": "ListVersionsResult",
    "GetBucketVersioningOutput": "VersioningConfiguration",
    "GetObjectTaggingOutput": "Tagging",
}
UNWRAPPED = {"GetBucketLocationOutput": "LocationConstraint"}
"""Answers that are one element with text, named as their only member."""


def parse(operation: Operation, request: Request, labels: Mapping[str, str]) -> dict[str, object]:
    """Return the members of a request from wherever they travel."""
    if operation.input is None:
        return {}
    members: dict[str, object] = {}
    for name, shape in operation.input.members.items():
        value = _outside_body(name, shape, request, labels)
        if value is not None:
            members[name] = value
    return _body(operation, operation.input, request) | members


def _outside_body(name: str, shape: Shape, request: Request, labels: Mapping[str, str]) -> object:
    wire = str(shape.serialization.get("name", name))
    match shape.serialization.get("location"):
        case "uri":
            return read_text(labels[wire], shape)
        case "querystring":
            return _query(wire, shape, request.query)
        case "header":
            return _header(shape, request.headers.get(wire.lower()))
        case "headers":
            prefix = wire.lower()
            return {k[len(prefix) :]: v for k, v in request.headers.items() if k.startswith(prefix)} or None
        case _:
            return None


def _query(wire: str, shape: Shape, query: Sequence[tuple[str, str]]) -> object:
    found = [v for k, v in query if k == wire]
    if isinstance(shape, ListShape):
        return [read_text(v, shape.member) for v in found] or None
    if isinstance(shape, MapShape):
        return None
    return read_text(found[0], shape) if found else None


def _header(shape: Shape, text: str | None) -> object:
    if text is None:
        return None
    if isinstance(shape, ListShape):
        return [read_text(v.strip(), shape.member) for v in text.split(",")]
    return read_text(text, shape)


def _body(operation: Operation, shape: StructureShape, request: Request) -> dict[str, object]:
    payload = shape.serialization.get("payload")
    if payload:
        return _payload(operation, str(payload), shape.members[str(payload)], request)
    if not any("location" not in m.serialization for m in shape.members.values()):
        return {}
    body = request.body.read()
    if not body:
        return {}
    if operation.protocol == "rest-json":
        return json.structure(json.load(body), shape)
    return cast("dict[str, object]", xml.read(xml.load(body), shape))


def _payload(operation: Operation, name: str, shape: Shape, request: Request) -> dict[str, object]:
    if shape.type_name == "blob":
        return {name: request.body if shape.serialization.get("streaming") else request.body.read()}
    body = request.body.read()
    if not body:
        return {}
    if shape.type_name == "string":
        return {name: body.decode(errors="replace")}
    if operation.protocol == "rest-json":
        return {name: json.read(json.load(body), shape)}
    return {name: xml.read(xml.load(body), shape)}


def answer(operation: Operation, result: Mapping[str, object]) -> Reply:
    """Return the reply that carries a result."""
    reply = Reply(206 if result.get("ContentRange") else operation.success)
    shape = operation.output
    if shape is None:
        return reply
    for name, member in shape.members.items():
        if result.get(name) is not None:
            _outside(name, member, result[name], reply)
    payload = shape.serialization.get("payload")
    if payload:
        _write_payload(operation, shape.members[str(payload)], result.get(str(payload)), reply)
    elif any("location" not in m.serialization for m in shape.members.values()):
        reply.headers["Content-Type"] = BODY_TYPE[operation.protocol]
        reply.body = _document(operation, shape, result)
    return reply


def _outside(name: str, shape: Shape, value: object, reply: Reply) -> None:
    wire = str(shape.serialization.get("name", name))
    match shape.serialization.get("location"):
        case "statusCode":
            reply.status = cast("int", value)
        case "header":
            reply.headers[wire] = _header_text(value, shape)
        case "headers":
            pairs = cast("Mapping[str, object]", value).items()
            reply.headers |= {wire + k: _latin(str(v)) for k, v in pairs}
        case _:
            pass


def _header_text(value: object, shape: Shape) -> str:
    if isinstance(shape, ListShape):
        return ",".join(write_text(v, shape.member, "rfc822") for v in cast("Sequence[object]", value))
    return _latin(write_text(value, shape, "rfc822"))


def _latin(text: str) -> str:
    """Keep a header one line of characters that a header can hold; others are percent-encoded."""
    return text if text.isascii() and text.isprintable() else quote(text, safe=" /:;,=+()'\"<>@?!&*#$[]{}|^`~-._")


def _write_payload(operation: Operation, shape: Shape, value: object, reply: Reply) -> None:
    if value is None:
        return
    if isinstance(shape, StructureShape):
        reply.headers["Content-Type"] = BODY_TYPE[operation.protocol]
        reply.body = _document(operation, shape, cast("Mapping[str, object]", value))
    elif isinstance(value, str):
        reply.body = value.encode()
    else:
        reply.body = cast("bytes | Iterable[bytes]", value)


def _document(operation: Operation, shape: StructureShape, value: Mapping[str, object]) -> bytes:
    inside = {n: v for n, v in value.items() if n in shape.members and "location" not in shape.members[n].serialization}
    if operation.protocol == "rest-json":
        return json.dump(json.write(inside, shape, "iso8601"))
    if shape.name in UNWRAPPED:
        only = UNWRAPPED[shape.name]
        return xml.dump(xml.write(only, value.get(only) or "", shape.members[only], namespace=True))
    name = ROOTS.get(shape.name) or shape.name.replace("Output", "Result")
    return xml.dump(xml.write(name, inside, shape, namespace=True))


def refuse(fault: Fault, status: int, protocol: str, request_id: str) -> Reply:
    """Return the reply that carries a refusal."""
    if protocol == "rest-json":
        body = json.dump({"message": fault.message} | dict(fault.members))
        return Reply(status, {"Content-Type": BODY_TYPE[protocol], "x-amzn-ErrorType": fault.code}, body)
    root = ET.Element("Error")
    texts = {"Code": fault.code, "Message": fault.message, "RequestId": request_id, "HostId": request_id}
    for name, text in (texts | {k: str(v) for k, v in fault.members.items()}).items():
        ET.SubElement(root, name).text = text
    return Reply(status, {"Content-Type": BODY_TYPE[protocol]}, xml.dump(root))
