"""The one place that holds loaded models: each is loaded once, shared, and put away when memory is short."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from albumen.models.card import Card, File
from albumen.models.runtimes import Runtime, Tensor, open_runtime
from albumen.models.store import ModelStore

Open = Callable[[Path, Card], Runtime]
_WORKING = 2.0  # memory of a loaded model, as a multiple of its file


class Pool:
    """Loaded models of a store."""

    def __init__(
        self, store: ModelStore, threads: int = 2, budget_mb: float | None = None, *, opener: Open | None = None
    ) -> None:
        self._store = store
        self._budget = budget_mb * 1e6 if budget_mb else float("inf")
        self._open: Open = opener or (lambda path, card: open_runtime(path, card, threads=threads))
        self._lock = threading.Lock()
        self._sessions: OrderedDict[tuple[str, str], Session] = OrderedDict()

    def session(self, card: Card, file: str) -> "Session":
        """Return one file of a card as a runtime; all who ask for the same share one.

        It loads itself when it is first run, and again after it was put away for want of memory.
        """
        with self._lock:
            key = (card.name, file)
            return self._sessions.setdefault(key, Session(self, card, card.file(file)))

    def path(self, card: Card, file: str) -> Path:
        """Return where a plain data file of the card is, fetching the card if need be."""
        return self._store.ensure(card)[card.file(file).name]

    def close(self) -> None:
        """Put every model away."""
        with self._lock:
            sessions = list(self._sessions.values())
        for session in sessions:
            session.close()

    def open(self, card: Card, file: File) -> Runtime:
        """Load one file afresh; for sessions."""
        return self._open(self._store.ensure(card)[file.name], card)

    def used(self, session: "Session") -> None:
        """Note that a session is in use, and put idle ones away, longest unused first, until the budget holds."""
        with self._lock:
            self._sessions.move_to_end((session.card.name, session.file.name))
            held = [s for s in self._sessions.values() if s.loaded]
        over = sum(s.cost for s in held) - self._budget
        for idle in held:
            if over > 0 and idle is not session and idle.put_away():
                over -= idle.cost


class Session:
    """A shared model that can be put away and comes back by itself."""

    def __init__(self, pool: Pool, card: Card, file: File) -> None:
        self.card = card
        self.file = file
        self.cost = file.bytes * _WORKING
        self._pool = pool
        self._runtime: Runtime | None = None
        self._running = 0
        self._state = threading.Condition()

    @property
    def loaded(self) -> bool:
        """Return whether the model is in memory now."""
        return self._runtime is not None

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the names of the model's inputs."""
        return self.load().inputs

    def load(self) -> Runtime:
        """Load the model unless it is."""
        with self._state:
            if self._runtime is None:
                self._runtime = self._pool.open(self.card, self.file)
            runtime = self._runtime
        self._pool.used(self)
        return runtime

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Tensor]:
        """Return every output by name."""
        with self._state:
            self._running += 1
        try:
            return self.load().run(inputs)
        finally:
            with self._state:
                self._running -= 1
                self._state.notify_all()

    def put_away(self) -> bool:
        """Free the memory if nobody is running the model now, and return whether that was so."""
        if not self._state.acquire(blocking=False):
            return False
        try:
            return self._free() if not self._running else False
        finally:
            self._state.release()

    def close(self) -> None:
        """Free the memory as soon as nobody is running the model."""
        with self._state:
            self._state.wait_for(lambda: not self._running)
            self._free()

    def _free(self) -> bool:
        runtime, self._runtime = self._runtime, None
        if runtime:
            runtime.close()
        return runtime is not None
