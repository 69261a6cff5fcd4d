"""Between bytes on the wire and an operation's arguments and results, for JSON, REST-JSON, REST-XML and query."""

from collections.abc import Mapping

from albumen.aws_api.errors import Fault, status
from albumen.aws_api.protocol import json, query, rest
from albumen.aws_api.spec import Operation
from albumen.aws_api.wire import Reply, Request


def parse(operation: Operation, request: Request, labels: Mapping[str, str]) -> dict[str, object]:
    """Return the members of a request; a member of the wrong type stays as sent, for validation to name it."""
    match operation.protocol:
        case "json":
            return json.parse(operation, request.body.read())
        case "query":
            return query.parse(operation, request.body.read())
        case _:
            return rest.parse(operation, request, labels)


def answer(operation: Operation, result: Mapping[str, object], request_id: str) -> Reply:
    """Return the reply that carries a result."""
    match operation.protocol:
        case "json":
            reply = json.answer(operation, result)
        case "query":
            reply = query.answer(operation, result, request_id)
        case _:
            reply = rest.answer(operation, result)
    reply.headers |= _identity(operation.protocol, request_id)
    return reply


def refuse(fault: Fault, operation: Operation | None, protocol: str, request_id: str) -> Reply:
    """Return the reply that carries a refusal."""
    code = status(fault, operation, protocol)
    match protocol:
        case "json":
            reply = json.refuse(fault, code, operation)
        case "query":
            reply = query.refuse(fault, code, request_id)
        case _:
            reply = rest.refuse(fault, code, protocol, request_id)
    reply.headers |= _identity(protocol, request_id)
    return reply


def _identity(protocol: str, request_id: str) -> dict[str, str]:
    if protocol == "rest-xml":
        return {"x-amz-request-id": request_id, "x-amz-id-2": request_id}
    return {"x-amzn-RequestId": request_id}
