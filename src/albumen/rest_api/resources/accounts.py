"""Accounts of this server, keys of an account (our own and those for AWS clients), and who may look at a library."""

from typing import Annotated, Any

from fastapi import Path
from pydantic import Field

from albumen.core.errors import NotFound
from albumen.rest_api.accounts.store import AccessKey, Token
from albumen.rest_api.accounts.who import Account, Role, Scope
from albumen.rest_api.resources.session import Person
from albumen.rest_api.routes import Route
from albumen.rest_api.rules import KEEP, OWNER, PERSON, Here
from albumen.rest_api.shapes import Done, Library, Page, Shape
from albumen.rest_api.shop import Parts

AccessKeyId = Annotated[str, Path(alias="id", pattern="^[A-Z0-9]{16,32}$", examples=["ALBMX7K2J5QWZ3NPT4RA"])]
Number = Annotated[int, Path(ge=0, le=2**53)]


class NewAccount(Shape):
    """Somebody to let in; they get a library of their own."""

    name: str = Field(max_length=200, examples=["grace"])
    password: str = Field(max_length=2_000, examples=["correct horse"])
    role: Role = Role.MEMBER


class AccountChange(Shape):
    """What to change of an account."""

    password: str | None = Field(None, max_length=2_000)
    disabled: bool | None = None


class NewKey(Shape):
    """A key to make."""

    name: str = Field(min_length=1, max_length=100, examples=["phone backup"])
    scopes: list[Scope] = Field(min_length=1, max_length=4, examples=[["read", "upload"]])


class Key(Shape):
    """A key, without its secret."""

    id: int
    name: str
    scopes: list[Scope]
    created: float
    seen: float


class KeyMade(Key):
    """A new key with its secret, which is shown this once."""

    key: str = Field(examples=["alb_…"])


class NewAccessKey(Shape):
    """An access key to make."""

    name: str = Field(min_length=1, max_length=100, examples=["sorting script"])


class AccessKeyShown(Shape):
    """An access key, without its secret."""

    id: str = Field(examples=["ALBMX7K2J5QWZ3NPT4RA"])
    name: str
    created: float
    seen: float | None


class AccessKeyMade(AccessKeyShown):
    """A new access key with its secret, which is shown this once."""

    secret: str


def accounts(parts: Parts) -> Page[Person]:
    """List all accounts."""
    return Page(items=[_person(a) for a in parts.accounts.all()])


def add_account(body: NewAccount, parts: Parts) -> Person:
    """Let somebody in, with a library of their own."""
    hashed = parts.passwords.hash(body.password)
    return _person(parts.accounts.add(body.name, hashed, body.role, parts.new_library()))


def change_account(number: Number, body: AccountChange, parts: Parts) -> Person:
    """Set a new password for an account, or keep it from signing in."""
    parts.accounts.find(number)
    if body.password is not None:
        parts.accounts.set_password(number, parts.passwords.hash(body.password))
    if body.disabled is not None:
        parts.accounts.set_disabled(number, body.disabled)
    return _person(parts.accounts.find(number))


def remove_account(number: Number, parts: Parts) -> Done:
    """Remove an account; the folder of its library stays on disk."""
    parts.accounts.find(number)
    parts.accounts.remove(number)
    return Done()


def keys(visit: Here, parts: Parts) -> Page[Key]:
    """List the keys of this account."""
    return Page(items=[_key(t) for t in parts.accounts.tokens(visit.account.account.id, "key")])


def add_key(body: NewKey, visit: Here, parts: Parts) -> KeyMade:
    """Make a key for a program; only a person can."""
    token, secret = parts.accounts.add_key(visit.account.account.id, label=body.name, scopes=body.scopes)
    return KeyMade(**_key(token).model_dump(), key=secret)


def remove_key(number: Number, visit: Here, parts: Parts) -> Done:
    """End a key at once."""
    parts.accounts.revoke(visit.account.account.id, number, "key")
    return Done()


def access_keys(visit: Here, parts: Parts) -> Page[AccessKeyShown]:
    """List the access keys with which AWS clients use this account's buckets and collections."""
    return Page(items=[AccessKeyShown(**_access_key(k)) for k in parts.accounts.access_keys(visit.account.account.id)])


def add_access_key(body: NewAccessKey, visit: Here, parts: Parts) -> AccessKeyMade:
    """Make an access key; from the first one on, this server answers AWS clients only if they sign their requests."""
    made, secret = parts.access_keys.make(visit.account.account.id, body.name)
    return AccessKeyMade(**_access_key(made), secret=secret)


def remove_access_key(id: AccessKeyId, visit: Here, parts: Parts) -> Done:
    """End an access key at once; what was stored with it stays."""
    parts.accounts.revoke_access_key(visit.account.account.id, id)
    return Done()


def viewers(library: Library, visit: Here, parts: Parts) -> Page[Person]:
    """List who may look at this library besides its owner."""
    return Page(items=[_person(a) for a in parts.accounts.viewers(visit.held.id)])


def add_viewer(library: Library, number: Number, visit: Here, parts: Parts) -> Done:
    """Let another account look at this library."""
    parts.accounts.set_viewer(visit.held.id, number, allowed=True)
    return Done()


def remove_viewer(library: Library, number: Number, visit: Here, parts: Parts) -> Done:
    """Let an account no longer look at this library; it counts from the next request on."""
    if number not in {a.id for a in parts.accounts.viewers(visit.held.id)}:
        raise NotFound(f"account {number} is no viewer of this library")
    parts.accounts.set_viewer(visit.held.id, number, allowed=False)
    return Done()


def _person(account: Account) -> Person:
    return Person(id=account.id, name=account.name, role=account.role, disabled=account.disabled)


def _access_key(key: AccessKey) -> dict[str, Any]:
    return {"id": key.id, "name": key.label, "created": key.created, "seen": key.seen}


def _key(token: Token) -> Key:
    return Key(id=token.id, name=token.label, scopes=list(token.scopes), created=token.created, seen=token.seen)


ROUTES = (
    Route("GET", "/accounts", accounts, OWNER),
    Route("POST", "/accounts", add_account, OWNER, 201),
    Route("PATCH", "/accounts/{number}", change_account, OWNER),
    Route("DELETE", "/accounts/{number}", remove_account, OWNER),
    Route("GET", "/keys", keys, PERSON),
    Route("POST", "/keys", add_key, PERSON, 201),
    Route("DELETE", "/keys/{number}", remove_key, PERSON),
    Route("GET", "/access-keys", access_keys, PERSON),
    Route("POST", "/access-keys", add_access_key, PERSON, 201),
    Route("DELETE", "/access-keys/{id}", remove_access_key, PERSON),
    Route("GET", "/libraries/{library}/viewers", viewers, KEEP),
    Route("PUT", "/libraries/{library}/viewers/{number}", add_viewer, KEEP),
    Route("DELETE", "/libraries/{library}/viewers/{number}", remove_viewer, KEEP),
)
