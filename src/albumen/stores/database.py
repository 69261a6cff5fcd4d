"""A small SQLite file of its own, for what is not part of a library's catalog: jobs, collections, queues."""

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class Database:
    """The file, with a connection for each thread."""

    def __init__(self, path: Path, schema: str) -> None:
        """Open a file, and run a schema that changes nothing where its tables are there already."""
        self._path = path
        self._local = threading.local()
        self._turn = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db.executescript(schema)

    @property
    def db(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        if not hasattr(self._local, "db"):
            self._local.db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            for pragma in ("journal_mode = wal", "foreign_keys = on", "synchronous = normal"):
                self._local.db.execute(f"pragma {pragma}")
        return self._local.db

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Change several things as one; threads take turns, and other processes are waited for."""
        with self._turn:
            self.db.execute("begin immediate")
            try:
                yield self.db
            except BaseException:
                self.db.execute("rollback")
                raise
            self.db.execute("commit")
