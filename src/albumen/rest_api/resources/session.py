"""Signing in and out, the first owner, the television's pairing, and what the web app keeps for an account."""

import json
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from albumen import __version__
from albumen.core.errors import QueryError, SettingsError
from albumen.rest_api.accounts.limits import login_keys
from albumen.rest_api.accounts.store import SESSION_SECONDS, Taken, Token
from albumen.rest_api.accounts.who import Access, Caller, Role, Scope
from albumen.rest_api.errors import Refusal
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import ACCOUNT, ANYONE, COOKIE, PERSON, Here
from albumen.rest_api.shapes import Done, Page, Shape
from albumen.rest_api.shop import Parts, Shop

MOST_PREFERENCES = 16_384


class Server(Shape):
    """What anybody may know of this server."""

    name: str = "Albumen"
    version: str = __version__
    setup: bool = Field(description="Whether it waits for its first owner.")


class Health(Shape):
    """The server answers."""

    status: str = "ok"


class Login(Shape):
    """A name and a password."""

    name: str = Field(max_length=200, examples=["ada"])
    password: str = Field(max_length=2_000, examples=["correct horse"])


class Setup(Login):
    """The first owner, with the code that the server printed at its start."""

    code: str = Field(max_length=200)


class Person(Shape):
    """An account."""

    id: int
    name: str
    role: Role
    disabled: bool


class Seen(Shape):
    """A library that one may see."""

    id: int
    title: str
    access: Access


class Session(Shape):
    """Who is signed in, and what they may see."""

    account: Person
    scopes: list[Scope]
    libraries: list[Seen]
    preferences: dict[str, Any]


class Signed(Shape):
    """A place where one is signed in."""

    id: int
    label: str
    scopes: list[Scope]
    created: float
    seen: float
    current: bool


class Passwords(Shape):
    """The old password and the new one."""

    old: str = Field(max_length=2_000)
    new: str = Field(max_length=2_000)


class Screen(Shape):
    """What a screen shows, and what it claims its session with."""

    code: str
    secret: str
    expires_s: int


class Claim(Shape):
    """The secret of a screen that waits."""

    secret: str = Field(max_length=200)


class Waiting(Shape):
    """Nobody has approved the screen yet."""

    status: str = "waiting"


def server(parts: Parts) -> Server:
    """Say what this server is, and whether it waits for its first owner."""
    return Server(setup=parts.accounts.empty())


def health() -> Health:
    """Answer, so that a watchdog knows the server is alive."""
    return Health()


def set_up(body: Setup, request: Request, parts: Parts) -> Response:
    """Make the first owner and sign them in."""
    address = request.client.host if request.client else ""
    if not parts.accounts.empty():
        raise Taken("this server has an owner already; sign in instead")
    keys = {f"setup|{address}": 5, "setup": 100}
    _slow_down(parts, keys)
    if not parts.setup_code or not _same(body.code, parts.setup_code):
        raise Refusal(403, "forbidden", "the set-up code is wrong; albumen serve printed it at its start")
    parts.limits.succeeded(keys)
    hashed = parts.passwords.hash(body.password)
    owner = parts.accounts.add(body.name, hashed, Role.OWNER, parts.first_library(), first=True)
    return _signed_in(parts, request, owner.id)


def sign_in(body: Login, request: Request, parts: Parts) -> Response:
    """Sign in with name and password."""
    address = request.client.host if request.client else ""
    keys = login_keys(body.name, address)
    _slow_down(parts, keys)
    found = parts.accounts.password(body.name)
    if not parts.passwords.fits(found[1] if found else None, body.password) or found is None:
        raise Refusal(401, "wrong_password", "the name or the password is wrong")
    parts.limits.succeeded(keys)
    return _signed_in(parts, request, found[0].id)


def session(visit: Here, parts: Parts) -> Session:
    """Say who is signed in and which libraries they may see."""
    return _session(parts, visit.account)


def sign_out(visit: Here, parts: Parts) -> Response:
    """End this session."""
    caller = visit.account
    if caller.session is not None:
        parts.accounts.revoke(caller.account.id, caller.session, "session")
    answer = JSONResponse({"done": True})
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=parts.secure)
    return answer


def sessions(visit: Here, parts: Parts) -> Page[Signed]:
    """List where this account is signed in."""
    caller = visit.account
    return Page(items=[_shown(t, caller) for t in parts.accounts.tokens(caller.account.id, "session")])


def end_session(number: int, visit: Here, parts: Parts) -> Done:
    """End one session of this account."""
    parts.accounts.revoke(visit.account.account.id, number, "session")
    return Done()


def change_password(body: Passwords, request: Request, visit: Here, parts: Parts) -> Done:
    """Change one's own password; every other session and every key ends."""
    caller = visit.account
    keys = login_keys(caller.account.name, request.client.host if request.client else "")
    _slow_down(parts, keys)
    found = parts.accounts.password(caller.account.name)
    if found is None or not parts.passwords.fits(found[1], body.old):
        raise Refusal(403, "forbidden", "the old password is wrong")
    parts.limits.succeeded(keys)
    parts.accounts.set_password(caller.account.id, parts.passwords.hash(body.new), keep=caller.session)
    return Done()


def preferences(visit: Here, parts: Parts) -> dict[str, Any]:
    """Return what the web app keeps for this account."""
    return parts.accounts.preferences(visit.account.account.id)


def set_preferences(body: dict[str, Any], visit: Here, parts: Parts) -> dict[str, Any]:
    """Replace what the web app keeps for this account."""
    try:
        size = len(json.dumps(body, allow_nan=False))
    except ValueError as error:
        raise QueryError("preferences hold numbers that JSON does not know") from error
    if size > MOST_PREFERENCES:
        raise SettingsError(f"preferences have {size} characters; keep them below {MOST_PREFERENCES}")
    parts.accounts.set_preferences(visit.account.account.id, body)
    return body


def start_pairing(parts: Parts) -> Screen:
    """Give a screen a code to show."""
    code, secret = parts.pairings.start()
    return Screen(code=code, secret=secret, expires_s=600)


def approve_pairing(code: str, visit: Here, parts: Parts, request: Request) -> Done:
    """Let the screen that shows the code look at what this account may see."""
    keys = {f"pair|{visit.account.account.id}": 10}
    _slow_down(parts, keys)
    parts.pairings.approve(code, visit.account.account.id)
    parts.limits.succeeded(keys)
    return Done()


def claim_pairing(body: Claim, request: Request, parts: Parts) -> Response:
    """Ask whether somebody has approved; then the answer carries a cookie that may only look."""
    account = parts.pairings.claim(body.secret)
    if account is None:
        return JSONResponse({"status": "waiting"}, 202)
    return _signed_in(parts, request, account, scopes=frozenset({Scope.READ}), label="screen")


def _slow_down(parts: Shop, keys: dict[str, int]) -> None:
    wait = parts.limits.attempt(keys)
    if wait > 0:
        seconds = str(int(wait) + 1)
        message = f"too many tries; wait {seconds} s"
        raise Refusal(429, "too_many_tries", message, headers={"Retry-After": seconds})


def _same(given: str, wanted: str) -> bool:
    import hmac

    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _signed_in(
    parts: Shop, request: Request, account: int, *, scopes: frozenset[Scope] = frozenset(Scope), label: str = ""
) -> Response:
    agent = label or request.headers.get("user-agent", "unknown")
    secret = parts.accounts.sign_in(account, label=agent, scopes=scopes)
    caller = parts.accounts.caller(secret, "session")
    answer = JSONResponse(_session(parts, caller).model_dump(mode="json") if caller else {})
    answer.set_cookie(
        COOKIE, secret, max_age=int(SESSION_SECONDS), httponly=True, samesite="strict", secure=parts.secure, path="/"
    )
    return answer


def _session(parts: Shop, caller: Caller) -> Session:
    account = caller.account
    held = parts.accounts.libraries(account.id)
    return Session(
        account=Person(id=account.id, name=account.name, role=account.role, disabled=account.disabled),
        scopes=sorted(caller.scopes),
        libraries=[Seen(id=h.id, title=h.title, access=h.access) for h in held],
        preferences=parts.accounts.preferences(account.id),
    )


def _shown(token: Token, caller: Caller) -> Signed:
    return Signed(
        id=token.id,
        label=token.label,
        scopes=list(token.scopes),
        created=token.created,
        seen=token.seen,
        current=token.id == caller.session,
    )


ROUTES = (
    Route("GET", "/server", server, ANYONE),
    Route("GET", "/health", health, ANYONE),
    Route("POST", "/setup", set_up, ANYONE, answers=Session),
    Route("POST", "/session", sign_in, ANYONE, answers=Session),
    Route("GET", "/session", session, ACCOUNT),
    Route("DELETE", "/session", sign_out, ACCOUNT, answers=Done),
    Route("GET", "/sessions", sessions, PERSON),
    Route("DELETE", "/sessions/{number}", end_session, PERSON),
    Route("PUT", "/account/password", change_password, PERSON),
    Route("GET", "/account/preferences", preferences, ACCOUNT),
    Route("PUT", "/account/preferences", set_preferences, PERSON),
    Route("POST", "/pairings", start_pairing, ANYONE),
    Route("POST", "/pairings/{code}/approve", approve_pairing, PERSON),
    Route("POST", "/pairings/claim", claim_pairing, ANYONE, answers=Session,
          responses={202: {"model": Waiting, "description": "Nobody has approved yet"}}),
)  # fmt: skip
