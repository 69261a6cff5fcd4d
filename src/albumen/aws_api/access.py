"""Who may ask: signed callers, or anybody on this very machine where no keys are set; and which web pages may."""

import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from albumen.aws_api.errors import Fault
from albumen.aws_api.forms import Form
from albumen.aws_api.forms import caller as signer
from albumen.aws_api.signature import Caller, Keys, Signed, Verifier, read
from albumen.aws_api.spec import Operation
from albumen.aws_api.wire import Request

ACCOUNT = "000000000000"
HANDED_ON = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"})
"""What proxies add: behind one, every request seems to come from this machine."""
CODES = {
    "rest-xml": {
        "UnrecognizedClientException": "InvalidAccessKeyId",
        "InvalidSignatureException": "SignatureDoesNotMatch",
        "IncompleteSignatureException": "AuthorizationHeaderMalformed",
        "MissingAuthenticationTokenException": "AccessDenied",
        "RequestExpired": "AccessDenied",
        "RequestTimeTooSkewed": "RequestTimeTooSkewed",
    },
}
DEFAULT_CODES = {"RequestTimeTooSkewed": "InvalidSignatureException", "RequestExpired": "InvalidSignatureException"}


@dataclass(frozen=True)
class Access:
    """The rules: keys (None lets everybody on this machine in) and web origins besides those of this machine."""

    verifier: Verifier | None = None
    origins: frozenset[str] = frozenset()
    required: Callable[[], bool] = lambda: True
    """Whether the keys count yet; until then everybody on this machine is let in."""

    @staticmethod
    def by_keys(
        keys: Keys | None, origins: frozenset[str] = frozenset(), *, required: Callable[[], bool] = lambda: True
    ) -> "Access":
        """Return the rules for a set of keys."""
        return Access(Verifier(keys) if keys else None, origins, required)

    def caller(self, request: Request, operation: Operation, signing_name: str, peer: str) -> Caller:
        """Return who asks, or refuse them with the code of the operation's protocol."""
        try:
            if self.verifier is None or not self.required():
                return _anonymous(request, peer, self.origins)
            return self.verifier.caller(request, service=signing_name, body_hash=lambda: _hash(request))
        except Fault as fault:
            codes = CODES.get(operation.protocol, DEFAULT_CODES)
            raise replace(fault, code=codes.get(fault.code, fault.code)) from None

    def form_caller(self, form: Form, request: Request, operation: Operation, peer: str) -> Caller:
        """Return who sends a web page's form: whoever signed its policy, where keys are asked for."""
        if self.verifier is None or not self.required():
            return self.caller(request, operation, "s3", peer)
        return signer(form, self.verifier.keys)

    def allows(self, origin: str) -> bool:
        """Tell whether a page from that origin may read answers."""
        return origin in self.origins or is_loopback(urlsplit(origin).hostname or "")


def _anonymous(request: Request, peer: str, origins: frozenset[str]) -> Caller:
    """Let a request in that comes from this machine and, by its Host and Origin, means this machine."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    if not is_loopback(peer) or not is_loopback(host) or not HANDED_ON.isdisjoint(request.headers):
        sentence = "Without access keys only requests from this machine are served; set up keys to allow others."
        raise Fault("AccessDeniedException", sentence)
    origin = request.headers.get("origin")
    if origin and origin not in origins and not is_loopback(urlsplit(origin).hostname or ""):
        raise Fault("AccessDeniedException", f"Pages from {origin} may not use this server; allow that origin first.")
    signed = claimed(request)
    return Caller(ACCOUNT, signed.scope[1] if signed else "us-east-1")


def claimed(request: Request) -> Signed | None:
    """Return what a request says about its signature, unchecked, or None."""
    try:
        return read(request)
    except Fault:
        return None


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _hash(request: Request) -> str:
    data = getattr(request.body, "data", b"")
    return hashlib.sha256(data).hexdigest()
