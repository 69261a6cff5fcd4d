"""What a client gets when a request is refused: a modelled error with its code, sentence and status.

The tree of albumen.core.errors is mapped to AWS codes here, once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from albumen.aws_api.spec import Operation
from albumen.core.errors import AlbumenError, MediaError, ModelError, NotFound, QueryError, TooLarge, Unsupported


@dataclass(eq=False)
class Fault(Exception):
    """A refusal as it goes over the wire; `status` is what the model says unless given."""

    code: str
    message: str
    status: int | None = None
    members: Mapping[str, object] = field(default_factory=dict[str, object])

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


FIXED_STATUS = {
    "NotFound": 404,
    "AccessDenied": 403,
    "AuthorizationHeaderMalformed": 400,
    "BadDigest": 400,
    "BucketAlreadyOwnedByYou": 409,
    "BucketNotEmpty": 409,
    "EntityTooLarge": 400,
    "EntityTooSmall": 400,
    "IncompleteBody": 400,
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "InternalServerException": 500,
    "InvalidAccessKeyId": 403,
    "InvalidRange": 416,
    "MethodNotAllowed": 405,
    "MissingContentLength": 411,
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "NoSuchUpload": 404,
    "NotImplemented": 501,
    "NotModified": 304,
    "PreconditionFailed": 412,
    "RequestTimeTooSkewed": 403,
    "SignatureDoesNotMatch": 403,
}
REST_JSON_STATUS = {
    "AccessDeniedException": 403,
    "InvalidSignatureException": 403,
    "MissingAuthenticationTokenException": 403,
    "UnknownOperationException": 404,
    "UnrecognizedClientException": 403,
}


def status(fault: Fault, operation: Operation | None, protocol: str) -> int:
    """Return the HTTP status of a fault: its own, else the model's, else the protocol's custom."""
    if fault.status is not None:
        return fault.status
    shape = operation.errors.get(fault.code) if operation else None
    modelled = shape.metadata.get("error", {}).get("httpStatusCode") if shape else None
    if modelled:
        return int(modelled)
    fixed = FIXED_STATUS if protocol != "rest-json" else FIXED_STATUS | REST_JSON_STATUS
    return fixed.get(fault.code, 400)


def invalid(operation: Operation, problem: str) -> Fault:
    """Return the service's own error for a request that departs from its shape."""
    for code in ("InvalidParameterException", "ValidationException"):
        if code in operation.errors:
            return Fault(code, f"Request has invalid parameters: {problem}")
    return Fault("InvalidArgument" if operation.protocol == "rest-xml" else "ValidationException", problem)


def too_large(operation: Operation, sentence: str) -> Fault:
    """Return the service's own error for an image or a document over the limit."""
    if "DocumentTooLargeException" in operation.errors:
        return Fault("DocumentTooLargeException", sentence.replace("Image", "Document", 1))
    return _first(operation, ("ImageTooLargeException",), sentence)


def unserved(operation: Operation, reason: str = "") -> Fault:
    """Return the answer to an operation that exists but is not served here."""
    sentence = f"{operation.name} is not served by this server{f': {reason}' if reason else ''}."
    if operation.protocol == "rest-xml":
        return Fault("NotImplemented", sentence)
    return Fault("AccessDeniedException", sentence)


def disregarded(operation: Operation, member: str) -> Fault:
    """Return the answer to a request with a member that would have to be passed over."""
    sentence = f"{member} is not served by this server; leave it out."
    return Fault("NotImplemented", sentence) if operation.protocol == "rest-xml" else invalid(operation, sentence)


def internal(operation: Operation | None) -> Fault:
    """Return the answer when the server itself is at fault; it says no more than that."""
    known = operation.errors if operation else {}
    codes = ("InternalServerError", "InternalServerException")
    default = "InternalError" if operation and operation.protocol == "rest-xml" else "InternalFailure"
    code = next((c for c in codes if c in known), default)
    return Fault(code, "The request could not be completed because of an error on the server.", 500)


def translate(error: AlbumenError, operation: Operation) -> Fault:
    """Return the modelled error for one of ours; what has no modelled counterpart is the server's fault."""
    match error:
        case TooLarge() if "DocumentTooLargeException" in operation.errors:
            return Fault("DocumentTooLargeException", str(error))
        case TooLarge():
            return too_large(operation, "Image size is too large.")
        case Unsupported() if "UnsupportedDocumentException" in operation.errors:
            return Fault("UnsupportedDocumentException", f"Request has unsupported document format: {error}")
        case MediaError():
            return _first(operation, ("InvalidImageFormatException", "BadDocumentException"), str(error))
        case NotFound():
            return _first(operation, ("ResourceNotFoundException",), str(error))
        case QueryError():
            return invalid(operation, str(error))
        case ModelError():
            return Fault("AccessDeniedException", f"{operation.name} cannot be answered here: {error}")
        case _:
            return internal(operation)


def _first(operation: Operation, codes: tuple[str, ...], sentence: str) -> Fault:
    code = next((c for c in codes if c in operation.errors), None)
    return Fault(code, sentence) if code else invalid(operation, sentence)
