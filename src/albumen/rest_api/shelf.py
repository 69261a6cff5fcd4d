"""The libraries that are open in this server, each opened when it is first asked for and kept."""

import gc
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from albumen.core.arrays import Ints
from albumen.core.errors import AlbumenError
from albumen.library.alt import alts
from albumen.library.describe import describe
from albumen.library.folder import Folder
from albumen.library.ingest import Progress, Summary
from albumen.library.places import Gazetteer
from albumen.library.query.parse import parse
from albumen.library.search.answer import Answer
from albumen.library.search.known import Knowing
from albumen.library.search.search import Search
from albumen.library.timeline import Timeline
from albumen.models.card import Card
from albumen.models.cards import Cards
from albumen.models.store import ModelStore
from albumen.rest_api.accounts.store import Accounts
from albumen.rest_api.accounts.who import Access, Held
from albumen.stores.blobs import Blobs
from albumen.stores.catalog import changes, lookup
from albumen.stores.catalog.catalog import Catalog

log = logging.getLogger(__name__)


class Models(Protocol):
    """The models that libraries run on."""

    cards: Cards
    store: ModelStore

    def needed(self) -> list[Card]:
        """Return the cards of every model that an import runs."""
        ...


class Library(Protocol):
    """One open library, as the composition root puts it together."""

    folder: Folder
    catalog: Catalog
    places: cached_property[Gazetteer]
    search: cached_property[Search]

    def run_import(
        self, paths: Sequence[str], on_progress: Callable[[Progress], None], *, second_look: bool = True
    ) -> Summary:
        """Import paths; one import runs at a time."""
        ...

    def second_look(self, on_progress: Callable[[Progress], None]) -> None:
        """Fill in what takes long, keeping what is done."""
        ...

    def close(self) -> None:
        """Let go of files and models."""
        ...


class Open:
    """An open library with what this server keeps in memory of it."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.catalog = library.catalog
        self.blobs = Blobs(library.folder.thumbnails)
        self.timeline = Timeline(library.catalog)
        self._opening = threading.Lock()
        self._knowing = Knowing(library.places)

    def key(self, beginning: str) -> int:
        """Return the key of the asset whose id begins so, or raise `NotFound`."""
        with self.catalog.read() as db:
            return lookup.find_asset(db, beginning)

    def version(self) -> int:
        """Return the number of the latest change."""
        with self.catalog.read() as db:
            return changes.last_change(db)

    def detail(self, beginning: str) -> dict[str, Any]:
        """Return all that is known of one asset, and its version."""
        with self.catalog.read() as db:
            key = lookup.find_asset(db, beginning)
            known = describe(db, key)
            version = lookup.asset(db, key).changed
        row = self.rows(np.array([key], np.int64))[0]
        return known | {"id": row["id"], "digest": known["id"], "version": version, "row": row}

    def rows(self, keys: Ints) -> list[dict[str, Any]]:
        """Return what a grid shows of assets, each with what it shows in words."""
        columns = self.table(keys)
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    def table(self, keys: Ints) -> dict[str, list[Any]]:
        """Return the same as columns of equal length."""
        self.timeline.view()
        with self.catalog.read() as db:
            return self.timeline.table(keys) | {"alt": alts(db, keys.tolist())}

    def find(self, sentence: str, *, relax: Sequence[int], limit: int, trashed: bool, today: date) -> Answer:
        """Answer a sentence; the parts with the numbers in `relax` rank instead of excluding."""
        with self._opening:  # models and stores are made when they are first asked for, once for all who wait
            search = self.library.search
        search.index.refresh()
        with self.catalog.read() as db:
            what = self._knowing(search.index, db)
        query = parse(sentence, today=today, known=what)
        for part in [query.parts[i] for i in relax if i < len(query.parts)]:
            query = query.relaxed(part)
        return search(query, limit=limit, trashed=trashed)


class Shelf:
    """Opens libraries by their folder, each once."""

    def __init__(self, opener: Callable[[Path], Library]) -> None:
        self._opener = opener
        self._lock = threading.Lock()
        self._open: dict[int, Open] = {}

    def open(self, held: Held) -> Open:
        """Return an open library."""
        with self._lock:
            if held.id not in self._open:
                self._open[held.id] = Open(self._opener(Path(held.path)))
            return self._open[held.id]

    def peek(self, held: Held) -> Open | None:
        """Return a library if it is open, without waiting."""
        return self._open.get(held.id)

    def warm(self, accounts: Accounts, *, search: bool) -> None:
        """Load what the first visitor would wait for, in a thread beside the server."""
        held = [h for account in accounts.all() for h in accounts.libraries(account.id) if h.access is Access.OWNER]
        threading.Thread(target=self._warm, args=(held, search), name="warm", daemon=True).start()

    def _warm(self, held: Sequence[Held], search: bool) -> None:
        for each in held:
            try:
                opened = self.open(each)
                opened.timeline.view()
                if search:
                    opened.find("a picture", relax=(), limit=1, trashed=False, today=date.today())
            except AlbumenError as error:
                log.warning("the library %s cannot be opened: %s", each.path, error)
        gc.collect()
        gc.freeze()  # what is loaded stays: going through it each time costs one request in a hundred 40 ms and more

    def forget(self, library: int) -> None:
        """Close a library, if it is open."""
        with self._lock:
            gone = self._open.pop(library, None)
        if gone:
            gone.library.close()

    def close(self) -> None:
        """Close every library."""
        for number in list(self._open):
            self.forget(number)
