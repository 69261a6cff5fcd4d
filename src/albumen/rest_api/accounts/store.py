"""Keeps accounts, libraries, sessions and keys in one small SQLite file. No secret is in it, only hashes of some."""

import hashlib
import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from albumen.core.errors import NewerLibrary, NotFound, SettingsError, StoreError
from albumen.rest_api.accounts.who import ALL, Access, Account, Caller, Held, Role, Scope

SCHEMAS = (
    """
CREATE TABLE accounts(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  password TEXT NOT NULL, role TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0,
  preferences TEXT NOT NULL DEFAULT '{}', created_s REAL NOT NULL);
CREATE TABLE libraries(id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, path TEXT NOT NULL UNIQUE);
CREATE TABLE access(library INTEGER NOT NULL REFERENCES libraries(id) ON DELETE CASCADE,
  account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE, level TEXT NOT NULL,
  PRIMARY KEY(library, account)) WITHOUT ROWID;
CREATE TABLE tokens(id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, kind TEXT NOT NULL,
  account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE, label TEXT NOT NULL, scopes TEXT NOT NULL,
  created_s REAL NOT NULL, seen_s REAL NOT NULL, expires_s REAL);
CREATE INDEX tokens_by_account ON tokens(account);
""",
    """
CREATE TABLE access_keys(number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE, label TEXT NOT NULL,
  created_s REAL NOT NULL, seen_s REAL);
""",
)
"""What takes the file from each version to the next."""
SESSION_SECONDS = 30 * 86_400.0
NOTED_EVERY = 3_600.0
KEY_PREFIX = "alb_"
MOST_SEEN = 10_000


@dataclass(frozen=True)
class Token:
    """A session or key as its owner sees it."""

    id: int
    label: str
    scopes: tuple[Scope, ...]
    created: float
    seen: float
    expires: float | None


@dataclass(frozen=True)
class AccessKey:
    """A key for AWS clients, without its secret."""

    id: str
    label: str
    created: float
    seen: float | None


class Accounts:
    """The accounts of one server. Safe to use from any thread."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._lock = threading.RLock()
        self._db = _opened(path)
        self._seen: dict[tuple[Any, ...], list[Any]] = {}
        self._version = -1

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        with self._lock:
            self._seen.clear()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _known(self, sql: str, *values: Any) -> list[Any]:
        """Return rows that every request asks for, from memory until any process writes."""
        with self._lock:
            version = self._db.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version or len(self._seen) > MOST_SEEN:
                self._seen.clear()
                self._version = version
            if (sql, values) not in self._seen:
                self._seen[sql, values] = self._db.execute(sql, values).fetchall()
            return self._seen[sql, values]

    def empty(self) -> bool:
        """Return whether nobody has an account yet."""
        return not self._rows("SELECT 1 FROM accounts LIMIT 1")

    def add(self, name: str, password_hash: str, role: Role, library: Path, *, first: bool = False) -> Account:
        """Add an account with its library; `first` refuses where there is one already."""
        name = checked_name(name)
        with self._writing() as db:
            if first and db.execute("SELECT 1 FROM accounts LIMIT 1").fetchone():
                raise Taken("this server has an owner already; sign in instead")
            if db.execute("SELECT 1 FROM accounts WHERE name = ?", (name,)).fetchone():
                raise Taken(f"there is an account named {name!r} already; choose another name")
            account = _insert(db, "accounts", name=name, password=password_hash, role=role, created_s=self._clock())
            known = db.execute("SELECT id FROM libraries WHERE path = ?", (str(library),)).fetchone()
            held = known[0] if known else _insert(db, "libraries", title=name, path=str(library))
            _insert(db, "access", library=held, account=account, level=Access.OWNER)
        return Account(account, name, role, False)

    def all(self) -> list[Account]:
        """Return every account."""
        return [_account(row) for row in self._rows("SELECT id, name, role, disabled FROM accounts ORDER BY id")]

    def find(self, account: int) -> Account:
        """Return one account."""
        rows = self._rows("SELECT id, name, role, disabled FROM accounts WHERE id = ?", account)
        if not rows:
            raise NotFound(f"there is no account {account}")
        return _account(rows[0])

    def password(self, name: str) -> tuple[Account, str] | None:
        """Return an account that may sign in, with its password's hash."""
        sql = "SELECT id, name, role, disabled, password FROM accounts WHERE name = ? AND NOT disabled"
        rows = self._rows(sql, name)
        return (_account(rows[0]), rows[0][4]) if rows else None

    def set_password(self, account: int, password_hash: str, *, keep: int | None = None) -> None:
        """Change a password; every session but `keep`, and every key, ends."""
        with self._writing() as db:
            db.execute("UPDATE accounts SET password = ? WHERE id = ?", (password_hash, account))
            db.execute("DELETE FROM tokens WHERE account = ? AND id IS NOT ?", (account, keep))
            db.execute("DELETE FROM access_keys WHERE account = ?", (account,))

    def set_disabled(self, account: int, disabled: bool) -> None:
        """Keep an account from signing in, or let it again; its sessions and keys end at once."""
        with self._writing() as db:
            self._still_owned(db, account, leaving=disabled)
            db.execute("UPDATE accounts SET disabled = ? WHERE id = ?", (disabled, account))
            if disabled:
                db.execute("DELETE FROM tokens WHERE account = ?", (account,))
                db.execute("DELETE FROM access_keys WHERE account = ?", (account,))

    def remove(self, account: int) -> None:
        """Remove an account; its library's folder stays on disk."""
        with self._writing() as db:
            self._still_owned(db, account, leaving=True)
            db.execute("DELETE FROM accounts WHERE id = ?", (account,))
            db.execute("DELETE FROM libraries WHERE id NOT IN (SELECT library FROM access WHERE level = 'owner')")

    def _still_owned(self, db: sqlite3.Connection, account: int, *, leaving: bool) -> None:
        others = "SELECT 1 FROM accounts WHERE role = 'owner' AND NOT disabled AND id <> ?"
        if leaving and not db.execute(others, (account,)).fetchone():
            raise SettingsError("the last owner cannot be disabled or removed; make another owner first")

    def preferences(self, account: int) -> dict[str, Any]:
        """Return what the web app keeps for an account."""
        return json.loads(self._rows("SELECT preferences FROM accounts WHERE id = ?", account)[0][0])

    def set_preferences(self, account: int, values: dict[str, Any]) -> None:
        """Replace what the web app keeps for an account."""
        with self._writing() as db:
            db.execute("UPDATE accounts SET preferences = ? WHERE id = ?", (json.dumps(values), account))

    def libraries(self, account: int) -> list[Held]:
        """Return the libraries that an account may see, its own first."""
        sql = """SELECT l.id, l.title, l.path, a.level FROM access a JOIN libraries l ON l.id = a.library
                 WHERE a.account = ? ORDER BY a.level <> 'owner', l.id"""
        return [Held(row[0], row[1], row[2], Access(row[3])) for row in self._rows(sql, account)]

    def held(self, account: int, library: int) -> Held | None:
        """Return a library, if the account may see it."""
        sql = """SELECT l.id, l.title, l.path, a.level FROM access a JOIN libraries l ON l.id = a.library
                 WHERE a.account = ? AND l.id = ?"""
        rows = self._known(sql, account, library)
        return Held(rows[0][0], rows[0][1], rows[0][2], Access(rows[0][3])) if rows else None

    def viewers(self, library: int) -> list[Account]:
        """Return the accounts that may look at a library without owning it."""
        sql = """SELECT a.id, a.name, a.role, a.disabled FROM accounts a JOIN access x ON x.account = a.id
                 WHERE x.library = ? AND x.level = 'viewer' ORDER BY a.id"""
        return [_account(row) for row in self._rows(sql, library)]

    def set_viewer(self, library: int, account: int, *, allowed: bool) -> None:
        """Let an account look at a library, or no longer; who owns it stays its owner."""
        self.find(account)
        with self._writing() as db:
            if allowed:
                db.execute("INSERT OR IGNORE INTO access VALUES (?, ?, 'viewer')", (library, account))
            else:
                db.execute("DELETE FROM access WHERE library=? AND account=? AND level='viewer'", (library, account))

    def sign_in(self, account: int, *, label: str, scopes: Iterable[Scope] = ALL) -> str:
        """Start a session and return its secret, which is shown once."""
        return self._issue("session", account, label, scopes, self._clock() + SESSION_SECONDS)[1]

    def add_key(self, account: int, *, label: str, scopes: Iterable[Scope]) -> tuple[Token, str]:
        """Make a key and return it with its secret, which is shown once."""
        number, secret = self._issue("key", account, label, scopes, None)
        return next(t for t in self.tokens(account, "key") if t.id == number), secret

    def _issue(
        self, kind: str, account: int, label: str, scopes: Iterable[Scope], expires: float | None
    ) -> tuple[int, str]:
        secret = (KEY_PREFIX if kind == "key" else "") + secrets.token_urlsafe(32)
        now, listed = self._clock(), " ".join(sorted(scopes))
        with self._writing() as db:
            db.execute("DELETE FROM tokens WHERE expires_s < ?", (now,))
            values = dict(hash=_hash(secret), kind=kind, account=account, label=label[:200], scopes=listed)
            return _insert(db, "tokens", **values, created_s=now, seen_s=now, expires_s=expires), secret

    def caller(self, secret: str, kind: str) -> Caller | None:
        """Return who holds the secret of a session or key, if it still counts."""
        sql = """SELECT a.id, a.name, a.role, a.disabled, t.id, t.scopes, t.seen_s, t.expires_s FROM tokens t
                 JOIN accounts a ON a.id = t.account WHERE t.hash = ? AND t.kind = ? AND NOT a.disabled"""
        rows = self._known(sql, _hash(secret), kind)
        now = self._clock()
        if not rows or (rows[0][7] is not None and rows[0][7] < now):
            return None
        row = rows[0]
        if now - row[6] > NOTED_EVERY:
            self._note(row[4], now, kind)
        scopes = frozenset(Scope(s) for s in row[5].split())
        return Caller(_account(row), scopes, row[4] if kind == "session" else None)

    def _note(self, token: int, now: float, kind: str) -> None:
        expires = now + SESSION_SECONDS if kind == "session" else None
        with self._writing() as db:
            db.execute("UPDATE tokens SET seen_s = ?, expires_s = ? WHERE id = ?", (now, expires, token))

    def tokens(self, account: int, kind: str) -> list[Token]:
        """Return an account's sessions or keys, the newest first."""
        sql = """SELECT id, label, scopes, created_s, seen_s, expires_s FROM tokens
                 WHERE account = ? AND kind = ? AND (expires_s IS NULL OR expires_s >= ?) ORDER BY id DESC"""
        return [
            Token(r[0], r[1], tuple(Scope(s) for s in r[2].split()), r[3], r[4], r[5])
            for r in self._rows(sql, account, kind, self._clock())
        ]

    def revoke(self, account: int, token: int, kind: str) -> None:
        """End a session or key of an account."""
        with self._writing() as db:
            sql = "DELETE FROM tokens WHERE id = ? AND account = ? AND kind = ?"
            if not db.execute(sql, (token, account, kind)).rowcount:
                raise NotFound(f"you have no {kind} {token}")

    def add_access_key(self, account: int, id: str, *, label: str) -> AccessKey:
        """Remember an access key of an account."""
        made = AccessKey(id, label[:200], self._clock(), None)
        with self._writing() as db:
            _insert(db, "access_keys", id=id, account=account, label=made.label, created_s=made.created)
        return made

    def access_keys(self, account: int) -> list[AccessKey]:
        """Return an account's access keys, the newest first."""
        sql = "SELECT id, label, created_s, seen_s FROM access_keys WHERE account = ? ORDER BY number DESC"
        return [AccessKey(*row) for row in self._rows(sql, account)]

    def revoke_access_key(self, account: int, id: str) -> None:
        """End an access key of an account."""
        with self._writing() as db:
            if not db.execute("DELETE FROM access_keys WHERE id = ? AND account = ?", (id, account)).rowcount:
                raise NotFound(f"you have no access key {id!r:.40}")

    def opened_by(self, id: str) -> int | None:
        """Return the account that an access key opens, or None where it opens none."""
        sql = """SELECT k.account, k.seen_s FROM access_keys k JOIN accounts a ON a.id = k.account
                 WHERE k.id = ? AND NOT a.disabled"""
        rows, now = self._known(sql, id), self._clock()
        if rows and now - (rows[0][1] or 0.0) > NOTED_EVERY:
            with self._writing() as db:
                db.execute("UPDATE access_keys SET seen_s = ? WHERE id = ?", (now, id))
        return rows[0][0] if rows else None

    def had_access_keys(self) -> bool:
        """Return whether anybody ever made an access key."""
        return bool(self._known("SELECT 1 FROM sqlite_sequence WHERE name = 'access_keys'"))


class Taken(StoreError):
    """A name or place that can be had once is taken."""


def checked_name(name: str) -> str:
    """Return an account's name without the space around it, or say why it cannot be used."""
    stripped = name.strip()
    if not 1 <= len(stripped) <= 64 or not stripped.isprintable():
        raise SettingsError(f"an account's name needs 1 to 64 printable characters, not {name[:80]!r}")
    return stripped


def _opened(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        path.chmod(0o600)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            db.execute(f"PRAGMA {pragma}")
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version > len(SCHEMAS):
            raise NewerLibrary(f"{path} was written by a newer Albumen ({version}); update Albumen first")
        for number, schema in enumerate(SCHEMAS[version:], version + 1):
            db.executescript(f"BEGIN IMMEDIATE; {schema} PRAGMA user_version = {number}; COMMIT;")
        return db
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"the accounts in {path} cannot be opened: {error}; check who owns the folder") from error


def _insert(db: sqlite3.Connection, table: str, **values: Any) -> int:
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    return db.execute(f"INSERT INTO {table}({columns}) VALUES ({marks})", tuple(values.values())).lastrowid or 0


def _account(row: Any) -> Account:
    return Account(row[0], row[1], Role(row[2]), bool(row[3]))


def _hash(secret: str) -> bytes:
    """Return what a secret of 256 random bits is stored as; it needs no salt."""
    return hashlib.sha256(secret.encode()).digest()
