"""The words of access: roles, scopes, and who is asking."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account is on this server."""

    OWNER = "owner"
    MEMBER = "member"


class Access(StrEnum):
    """What an account may do in one library."""

    OWNER = "owner"
    VIEWER = "viewer"


class Scope(StrEnum):
    """What a session or key may be used for."""

    READ = "read"
    WRITE = "write"
    UPLOAD = "upload"
    ADMIN = "admin"


ALL = frozenset(Scope)


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in."""

    id: int
    name: str
    role: Role
    disabled: bool


@dataclass(frozen=True)
class Held:
    """A library, and what somebody may do in it."""

    id: int
    title: str
    path: str
    access: Access


@dataclass(frozen=True)
class Caller:
    """Who asks: the account, by a session or by a key, and what that may be used for."""

    account: Account
    scopes: frozenset[Scope]
    session: int | None
    """The session's number; None for a key."""
