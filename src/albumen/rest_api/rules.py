"""Who may ask what: every route names its rule, and is guarded by it before anything of the request is read."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from albumen.core.errors import AlbumenError
from albumen.rest_api.accounts.store import Accounts
from albumen.rest_api.accounts.who import Access, Caller, Held, Role, Scope
from albumen.rest_api.errors import Refusal, no_such_library, not_signed_in, refuse, shaped

COOKIE = "albumen"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Who(StrEnum):
    """For whom a route is."""

    ANYONE = "anyone"
    ACCOUNT = "account"  # by session or key
    PERSON = "person"  # by a full session only: keys and paired screens cannot pass
    OWNER = "owner"  # of the installation
    LIBRARY = "library"  # who may see the library in the path


@dataclass(frozen=True)
class Rule:
    """For whom a route is, what scope it needs, and whether a viewer of the library may not."""

    who: Who
    scope: Scope | None = None


ANYONE = Rule(Who.ANYONE)
ACCOUNT = Rule(Who.ACCOUNT)
PERSON = Rule(Who.PERSON)
OWNER = Rule(Who.OWNER, Scope.ADMIN)
LOOK = Rule(Who.LIBRARY, Scope.READ)
CHANGE = Rule(Who.LIBRARY, Scope.WRITE)
UPLOAD = Rule(Who.LIBRARY, Scope.UPLOAD)
KEEP = Rule(Who.LIBRARY, Scope.ADMIN)


@dataclass(frozen=True)
class Visit:
    """One request: who asks, and the library it is about."""

    caller: Caller | None
    library: Held | None

    @property
    def account(self) -> Caller:
        """Return who asks; the rule saw to it that there is somebody."""
        if self.caller is None:
            raise not_signed_in()
        return self.caller

    @property
    def owner(self) -> bool:
        """Return whether the library is the caller's own, and not one that is shown to them."""
        return self.held.access is Access.OWNER

    @property
    def held(self) -> Held:
        """Return the library; the rule saw to it that there is one."""
        if self.library is None:
            raise no_such_library("")
        return self.library


def caller_of(headers: Mapping[str, str], cookie: str | None, accounts: Accounts) -> Caller | None:
    """Return who sends these headers: a key counts before a cookie."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return accounts.caller(secret.strip(), "key")
    return accounts.caller(cookie, "session") if cookie else None


def _asking(request: Request, accounts: Accounts) -> Caller | None:
    return caller_of(request.headers, request.cookies.get(COOKIE), accounts)


def visit(rule: Rule, caller: Caller | None, library: str | None, accounts: Accounts) -> Visit:
    """Hold a rule against who asks, and refuse those it does not let in."""
    if rule.who is Who.ANYONE:
        return Visit(caller, None)
    if caller is None:
        raise not_signed_in()
    held = _held(caller, library, accounts) if rule.who is Who.LIBRARY else None
    if rule.scope is not None and rule.scope not in caller.scopes:
        raise Refusal(403, "forbidden", f"this needs the scope {rule.scope}, which this key or session does not have")
    if rule.who is Who.OWNER and caller.account.role is not Role.OWNER:
        raise Refusal(403, "forbidden", "only an owner of this server may do this")
    if rule.who is Who.PERSON and (caller.session is None or caller.scopes != frozenset(Scope)):
        raise Refusal(403, "forbidden", "this needs somebody who signed in with a password; keys and screens may not")
    if held is not None and held.access is not Access.OWNER and rule.scope is not Scope.READ:
        raise Refusal(403, "forbidden", "you may look at this library but not change it")
    return Visit(caller, held)


def _held(caller: Caller, library: str | None, accounts: Accounts) -> Held:
    number = int(library) if library and library.isdecimal() and len(library) < 10 else -1
    held = accounts.held(caller.account.id, number)
    if held is None:
        raise no_such_library(library or "")
    return held


def still(request: Request, rule: Rule) -> Callable[[], bool]:
    """Return what tells whether a request would be let in now, as sessions, keys and viewers stand."""

    def may() -> bool:
        accounts: Accounts = request.app.state.shop.accounts
        try:
            visit(rule, _asking(request, accounts), request.path_params.get("library"), accounts)
        except (AlbumenError, Refusal):
            return False
        return True

    return may


def own_page(request: Request) -> None:
    """Refuse a change that a foreign page might have made a browser send: a key or our header proves it is none."""
    if request.method in SAFE or request.headers.get("authorization", "").lower().startswith("bearer "):
        return
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
    if foreign or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refusal(403, "forbidden", "another site's page may not change anything here")
    if request.headers.get("x-albumen") != "1":
        raise Refusal(403, "forbidden", "send the header X-Albumen: 1 with every request that changes something")


def guarded(rule: Rule) -> type[APIRoute]:
    """Return the class of routes that hold this rule, before the body is read and whatever the handler does."""

    class Guarded(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            answer = super().get_route_handler()

            async def guard(request: Request) -> Response:
                try:
                    accounts: Accounts = request.app.state.shop.accounts
                    own_page(request)
                    caller = _asking(request, accounts)
                    request.state.visit = visit(rule, caller, request.path_params.get("library"), accounts)
                    return await answer(request)
                except AlbumenError as error:
                    return shaped(refuse(error))
                except Refusal as refusal:
                    return shaped(refusal)

            return guard

    return Guarded


def _visit(request: Request) -> Visit:
    return request.state.visit


Here = Annotated[Visit, Depends(_visit)]
