"""Opens the catalog: pragmas, migrations, transactions, and the database's errors in our own words."""

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from albumen.core.errors import DiskFull, LibraryBusy, NewerLibrary, ReadOnly, StoreError

LATEST = "0003"
BUSY_SECONDS = 30
CACHE_KIB = 16_000
"""Holds the inner pages of a million assets' tables, so that reading a row reads one page and not four."""


class Catalog:
    """One library's database. Any number of readers, one writer at a time."""

    def __init__(self, path: Path, *, writable: bool = True) -> None:
        self.path = path
        self.writable = writable
        self._engine = _engine(path, writable=writable)
        if writable:
            self._migrate()
        elif self._version() is not None and not self._current():
            _bring_up_to_date(path)
        self._check_version()

    @contextmanager
    def read(self) -> Generator[Connection]:
        """Hold one consistent view of the catalog."""
        with _our_errors(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Generator[Connection]:
        """Hold the write lock; everything is committed at the end, or nothing."""
        with _our_errors(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.exec_driver_sql("COMMIT")

    def close(self) -> None:
        """Let go of the database file."""
        self._engine.dispose()

    def _current(self) -> bool:
        return (self._version() or "") >= LATEST

    def _version(self) -> str | None:
        with self.read() as db:
            known = db.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")).first()
            return db.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None

    def _migrate(self) -> None:
        if self._current():
            return
        from alembic import command
        from alembic.config import Config

        with _our_errors(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
            config.set_main_option("path_separator", "os")
            command.upgrade(config, "head")
            connection.exec_driver_sql("COMMIT")

    def _check_version(self) -> None:
        version = self._version()
        if version is None:
            raise StoreError(f"{self.path} is no catalog of an Albumen library; check the folder you named")
        if version > LATEST:
            raise NewerLibrary(f"{self.path} was written by a newer Albumen (catalog {version}); update Albumen first")


def _bring_up_to_date(path: Path) -> None:
    """Migrate the catalog for somebody who only wants to read it."""
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise ReadOnly(f"{path} is of an older Albumen and cannot be brought up to date: it may not be written to")
    Catalog(path).close()


def _engine(path: Path, *, writable: bool) -> Engine:
    # Transactions are begun by hand (`BEGIN IMMEDIATE`), so the driver must not begin its own.
    mode = "mode=rwc" if writable else "mode=ro&immutable=1" if _is_frozen(path) else "mode=ro"
    uri = f"file:{_uri_path(path)}?{mode}"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(
            uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
        ),
        poolclass=QueuePool,  # the default closes connections that other threads are using once there are six threads
        pool_size=4,
        max_overflow=60,
    )

    def set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        if writable:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")  # a power cut loses nothing that was committed
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")

    event.listen(engine, "connect", set_pragmas)
    return engine


def _is_frozen(path: Path) -> bool:
    """Return whether nobody can write beside the database: then even readers cannot make the files they share."""
    log = path.with_name(f"{path.name}-wal")
    return path.is_file() and not os.access(path.parent, os.W_OK) and not (log.is_file() and log.stat().st_size)


def _uri_path(path: Path) -> str:
    return str(path.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


@contextmanager
def _our_errors(path: Path) -> Generator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        reason = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        raise _translated(reason, path) from error


def _translated(reason: str, path: Path) -> StoreError:
    if "full" in reason or "disk I/O" in reason:
        return DiskFull(f"no space is left to write {path}; free some and start again, nothing is lost")
    if "readonly" in reason or "read-only" in reason:
        return ReadOnly(f"{path} cannot be written to; check who owns the library's folder")
    if "locked" in reason:
        return LibraryBusy(f"{path} has been busy for {BUSY_SECONDS} s; is another import running?")
    if "unable to open" in reason:
        return StoreError(f"{path} cannot be opened; check that the folder exists and that you may read it")
    return StoreError(f"{path} answered: {reason}")
