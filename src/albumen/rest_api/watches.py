"""Imports what changes in the folders that libraries know, as long as the server runs."""

import logging
import os
import threading
from collections.abc import Sequence
from functools import partial

from sqlalchemy import select

from albumen.core.errors import AlbumenError
from albumen.library.watching import watch
from albumen.rest_api.accounts.who import Access, Held
from albumen.rest_api.jobs import Unfinished
from albumen.rest_api.resources.jobs import begin
from albumen.rest_api.shelf import Open
from albumen.rest_api.shop import Shop
from albumen.stores.catalog.schema import roots

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.5


class Watches:
    """A thread for each library; what they find becomes a job that everybody sees."""

    def __init__(self, parts: Shop) -> None:
        self._parts, self._stop = parts, threading.Event()

    def start(self) -> None:
        """Look through all known folders once, then whenever something changes in them."""
        accounts = self._parts.accounts
        for account in accounts.all():
            for held in accounts.libraries(account.id):
                if held.access is Access.OWNER:
                    name = f"watch-{held.id}"
                    threading.Thread(target=self._run, args=(held, account.id), name=name, daemon=True).start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stop.set()

    def _run(self, held: Held, account: int) -> None:
        try:
            opened = self._parts.shelf.open(held)
            for folders in watch(partial(_roots, opened), own=opened.library.folder.path, stop=self._stop):
                paths = tuple(os.fsdecode(folder) for folder in folders)
                job = begin(self._parts, opened, Unfinished("import", held.id, account, paths))
                while not job.ended and not self._stop.wait(LOOK_SECONDS):
                    pass
        except (AlbumenError, OSError) as error:
            log.warning("the folders of the library %s are watched no longer: %s", held.path, error)


def _roots(opened: Open) -> Sequence[bytes]:
    """Return the folders besides the library's own, where uploads bring their own jobs."""
    with opened.catalog.read() as db:
        return list(db.execute(select(roots.c.path).where(roots.c.managed.is_(False))).scalars())
