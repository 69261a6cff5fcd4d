"""Who signed a request: Signature Version 4 in headers or query, Version 2 in presigned URLs, over the path as sent."""

import base64
import hashlib
import hmac
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import quote, unquote_to_bytes

from albumen.aws_api.errors import Fault
from albumen.aws_api.wire import Request

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = timedelta(minutes=15)
LONGEST_PRESIGNED = timedelta(days=7)
UNSIGNED = "UNSIGNED-PAYLOAD"
SAFE = "-_.~"


@dataclass(frozen=True)
class Key:
    """A secret and the account that it opens."""

    secret: str
    account: str


class Keys(Protocol):
    """Where access keys are looked up."""

    def find(self, access_key: str) -> Key | None:
        """Return the key with that id, or None."""
        ...


@dataclass(frozen=True)
class Signed:
    """What a request says about its signature, wherever it says it."""

    access_key: str
    scope: tuple[str, str, str]
    """Date, region and service name."""
    headers: tuple[str, ...]
    signature: str
    moment: str
    expires: int | None = None
    """Seconds a presigned URL is valid, None for a signature in headers."""

    @property
    def time(self) -> datetime:
        """Return when the request was signed."""
        return datetime.strptime(self.moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@dataclass(frozen=True)
class Caller:
    """Whom a valid signature belongs to, and what is needed to check the chunks of a signed stream."""

    account: str
    region: str = "us-east-1"
    signing_key: bytes = b""
    seed: str = ""
    moment: str = ""
    scope: str = ""


@dataclass(frozen=True)
class Verifier:
    """Checks signatures against keys."""

    keys: Keys
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def caller(self, request: Request, *, service: str, body_hash: Callable[[], str]) -> Caller:
        """Return who signed the request, or refuse it; `body_hash` is asked for only where no header declares it."""
        if "AWSAccessKeyId" in dict(request.query):
            return self._version_2(request)
        signed = read(request)
        key = self.keys.find(signed.access_key)
        if key is None:
            raise Fault("UnrecognizedClientException", "The security token included in the request is invalid.")
        self._check_time(signed)
        secret = signing_key(key.secret, signed.scope)
        canonical = canonical_request(request, signed, s3=service == "s3", payload=_payload(request, signed, body_hash))
        expected = sign(secret, signed, canonical)
        if signed.scope[2] != service or not hmac.compare_digest(expected.encode(), signed.signature.encode()):
            raise Fault("InvalidSignatureException", MISMATCH)
        scope = "/".join((*signed.scope, "aws4_request"))
        return Caller(key.account, signed.scope[1], secret, signed.signature, signed.moment, scope)

    def _check_time(self, signed: Signed) -> None:
        age = self.now() - signed.time
        if signed.moment[:8] != signed.scope[0]:
            raise Fault("InvalidSignatureException", "Date in Credential scope does not match the date of the request.")
        if signed.expires is not None and age > timedelta(seconds=signed.expires):
            raise Fault("RequestExpired", "Request has expired.")
        if age < -SKEW or (signed.expires is None and age > SKEW):
            now = self.now().strftime("%Y%m%dT%H%M%SZ")
            raise Fault("RequestTimeTooSkewed", f"Signature expired: {signed.moment} is more than 15 min. from {now}.")

    def _version_2(self, request: Request) -> Caller:
        """Check a presigned URL as boto3 makes them for S3 unless told to use Version 4."""
        query = dict(request.query)
        key = self.keys.find(query["AWSAccessKeyId"])
        if key is None:
            raise Fault("UnrecognizedClientException", "The security token included in the request is invalid.")
        expires = query.get("Expires", "")
        if not expires.isdigit() or self.now().timestamp() > int(expires):
            raise Fault("RequestExpired", "Request has expired.")
        text = version_2_string(request, expires)
        expected = hmac.new(key.secret.encode(), text.encode(), hashlib.sha1).digest()
        if not hmac.compare_digest(base64.b64encode(expected), query.get("Signature", "").encode()):
            raise Fault("InvalidSignatureException", MISMATCH)
        return Caller(key.account)


MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your secret access key and signing method."
)


def read(request: Request) -> Signed:
    """Return what a request says about its signature, or refuse a request that says nothing sensible."""
    header = request.headers.get("authorization")
    query = dict(request.query)
    try:
        if header is not None:
            return _from_header(header, request.headers)
        if "X-Amz-Signature" in query:
            return _from_query(query)
    except (KeyError, ValueError):
        raise Fault(
            "IncompleteSignatureException", "The request signature does not conform to AWS standards."
        ) from None
    raise Fault("MissingAuthenticationTokenException", "Request is missing Authentication Token.")


def _from_header(header: str, headers: Mapping[str, str]) -> Signed:
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise ValueError(algorithm)
    fields = dict(p.strip().split("=", 1) for p in rest.split(","))
    names = tuple(fields["SignedHeaders"].lower().split(";"))
    access_key, scope = _credential(fields["Credential"])
    _check_names(names, headers)
    return _checked(Signed(access_key, scope, names, fields["Signature"], headers["x-amz-date"]))


def _from_query(query: Mapping[str, str]) -> Signed:
    if query["X-Amz-Algorithm"] != ALGORITHM:
        raise ValueError(query["X-Amz-Algorithm"])
    access_key, scope = _credential(query["X-Amz-Credential"])
    names = tuple(query["X-Amz-SignedHeaders"].lower().split(";"))
    if "host" not in names:
        raise ValueError("host is not signed")
    expires = int(query["X-Amz-Expires"])
    if not 0 < expires <= LONGEST_PRESIGNED.total_seconds():
        raise ValueError(expires)
    return _checked(Signed(access_key, scope, names, query["X-Amz-Signature"], query["X-Amz-Date"], expires))


def _checked(signed: Signed) -> Signed:
    """Read the time once, so that a malformed one is refused like any other malformed part."""
    _ = signed.time
    return signed


def _check_names(names: tuple[str, ...], headers: Mapping[str, str]) -> None:
    """Refuse a signature that leaves out the host or a header that changes what the request means."""
    meaningful = {h for h in headers if h.startswith("x-amz-") and h != "x-amzn-trace-id"} | {"host"}
    if not meaningful <= set(names):
        raise ValueError(f"not signed: {', '.join(sorted(meaningful - set(names)))}")


def _credential(text: str) -> tuple[str, tuple[str, str, str]]:
    access_key, date, region, service, end = text.rsplit("/", 4)
    if end != "aws4_request":
        raise ValueError(end)
    return access_key, (date, region, service)


def _payload(request: Request, signed: Signed, body_hash: Callable[[], str]) -> str:
    if signed.expires is not None:
        return request.headers.get("x-amz-content-sha256", UNSIGNED)
    return request.headers.get("x-amz-content-sha256") or body_hash()


def canonical_request(request: Request, signed: Signed, *, s3: bool, payload: str) -> str:
    """Return the text that was signed for a request, as Signature Version 4 has it."""
    headers = "".join(f"{n}:{' '.join(request.headers.get(n, '').split())}\n" for n in signed.headers)
    return "\n".join(
        [
            request.method,
            canonical_path(request.raw_path, s3=s3),
            canonical_query(request.raw_query),
            headers,
            ";".join(signed.headers),
            payload,
        ]
    )


def canonical_path(raw: str, *, s3: bool) -> str:
    """Return the path as signed: once encoded for S3, otherwise normalised and encoded on top of how it was sent."""
    if s3:
        return quote(unquote_to_bytes(raw.encode("latin-1")), safe="/" + SAFE)
    normal = posixpath.normpath(raw) if raw else "/"
    normal = "/" + normal.lstrip("/")
    end = "/" if raw.endswith("/") and normal != "/" else ""
    return quote((normal + end).encode("latin-1"), safe="/" + SAFE)


def canonical_query(raw: str) -> str:
    """Return the query sorted and encoded, without the signature itself."""
    pairs = [p.partition("=") for p in raw.split("&") if p]
    encoded = sorted((_encode(k), _encode(v)) for k, _, v in pairs if k != "X-Amz-Signature")
    return "&".join(f"{k}={v}" for k, v in encoded)


def _encode(text: str) -> str:
    return quote(unquote_to_bytes(text.encode("latin-1")), safe=SAFE)


def signing_key(secret: str, scope: tuple[str, str, str]) -> bytes:
    """Return the key that signs everything in a scope of date, region and service."""
    key = f"AWS4{secret}".encode()
    for part in (*scope, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def sign(key: bytes, signed: Signed, canonical: str) -> str:
    """Return the signature of a canonical request."""
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    text = "\n".join([ALGORITHM, signed.moment, "/".join((*signed.scope, "aws4_request")), digest])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


SUBRESOURCES = re.compile(
    "acl|cors|delete|lifecycle|location|logging|notification|partNumber|policy|requestPayment|response-.+"
    "|restore|tagging|torrent|uploadId|uploads|versionId|versioning|versions|website"
)


def version_2_string(request: Request, expires: str) -> str:
    """Return the text that a Version 2 presigned URL signs."""
    named = sorted((k, v) for k, v in request.query if SUBRESOURCES.fullmatch(k))
    resource = "&".join(f"{k}={v}" if v else k for k, v in named)
    amz = sorted((k, v) for k, v in request.headers.items() if k.startswith("x-amz-"))
    kind = request.headers.get("content-type", ""), request.headers.get("content-md5", "")
    lines = [request.method, kind[1], kind[0], expires, *(f"{k}:{v}" for k, v in amz)]
    return "\n".join([*lines, request.raw_path + (f"?{resource}" if resource else "")])
