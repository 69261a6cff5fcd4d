"""From a request to the operation it means: by target header, by credential scope, by path, by virtual host."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from albumen.aws_api import forms
from albumen.aws_api.errors import Fault
from albumen.aws_api.spec import Operation, Spec
from albumen.aws_api.wire import Request

BEDROCK_PATHS = re.compile(
    r"/(model|async-invoke|guardrail|guardrail-checks|foundation-models|inference-profiles)(/.*)?"
)
SCOPE = re.compile(r"Credential=[^,/]+(?:/[^,/]+)*?/\d{8}/[^/,]+/([^/,]+)/aws4_request")
SIGNED_AS = {
    "bedrock": ("bedrock-runtime", "bedrock"),
    "s3": ("s3",),
    "s3express": ("s3",),
    "s3-object-lambda": ("s3",),
}
"""REST services by the name that requests to them are signed with."""
FORM = "application/x-www-form-urlencoded"
VIRTUAL_HOST = re.compile(r"(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.(?:localhost|s3\..+)")


@dataclass(frozen=True)
class Meant:
    """What a request asks for: a protocol to answer in at least, an operation if there is one of that name."""

    protocol: str
    operation: Operation | None
    labels: dict[str, str]
    name: str = ""
    by_form: bool = False
    """Whether the members come as the fields of a web page's form."""

    def require(self) -> Operation:
        """Return the operation, or refuse what no model knows."""
        if self.operation is None:
            raise Fault("UnknownOperationException", f"There is no operation {self.name} on this server.")
        return self.operation


def locate(spec: Spec, request: Request) -> Meant:
    """Return what a request means."""
    target = request.headers.get("x-amz-target")
    if target is not None:
        _, operation = spec.target(target)
        return Meant("json", operation, {}, target)
    if _posts(request, FORM):
        return Meant("query", None, {})
    services = _services(request)
    if services == SIGNED_AS["s3"] and _posts(request, forms.TYPE):
        bucket = _path_style(request).strip("/")
        return Meant("rest-xml", spec.services["s3"]["PutObject"], {"Bucket": unquote(bucket)}, by_form=True)
    for service in services:
        meant = _by_path(spec, service, request)
        if meant:
            return meant
    rest = "rest-xml" if "s3" in services else "rest-json"
    return Meant(rest, None, {}, f"{request.method} {request.raw_path}")


def by_action(spec: Spec, fields: Mapping[str, str]) -> Meant:
    """Return what the fields of a form mean."""
    name = fields.get("Action", "")
    return Meant("query", spec.action(fields.get("Version", ""), name), {}, name)


def _services(request: Request) -> tuple[str, ...]:
    """Return the REST services that a request may mean; none where it is signed for one that is not here."""
    scope = SCOPE.search(request.headers.get("authorization", ""))
    if scope:
        return SIGNED_AS.get(scope[1], ())
    return SIGNED_AS["bedrock"] if BEDROCK_PATHS.fullmatch(request.raw_path) else SIGNED_AS["s3"]


def _by_path(spec: Spec, service: str, request: Request) -> Meant | None:
    path = _path_style(request) if service == "s3" else request.raw_path
    try:
        match = spec.route(service, request.method, path, request.query, request.headers)
    except UnicodeDecodeError:
        raise Fault("InvalidURI", "The path of the request is not UTF-8.") from None
    return Meant(match.operation.protocol, match.operation, match.labels) if match else None


def _path_style(request: Request) -> str:
    """Return the path with the bucket in it, also where the bucket is in the host name."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    virtual = VIRTUAL_HOST.fullmatch(host)
    return f"/{virtual['bucket']}{request.raw_path}" if virtual else request.raw_path


def is_aws(request: Request) -> bool:
    """Tell whether a request comes from an AWS client, for a server that shares the port with other applications."""
    headers, raw_query = request.headers, request.raw_query
    return (
        any(h in headers for h in ("x-amz-target", "x-amz-date", "amz-sdk-invocation-id", "x-amz-content-sha256"))
        or headers.get("authorization", "").startswith("AWS4-HMAC-SHA256")
        or "X-Amz-Signature=" in raw_query
        or "AWSAccessKeyId=" in raw_query
        or "x-amz-" in headers.get("access-control-request-headers", "").lower()  # a page asks whether it may
        or (_posts(request, forms.TYPE) and "/" not in request.raw_path.strip("/"))
    )


def _posts(request: Request, kind: str) -> bool:
    return request.method == "POST" and request.headers.get("content-type", "").startswith(kind)
