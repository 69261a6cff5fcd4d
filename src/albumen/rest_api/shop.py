"""Everything that handlers work with, put together once for each server."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request

from albumen.core.settings import Settings
from albumen.rest_api.accounts.access_keys import AccessKeys, seed
from albumen.rest_api.accounts.limits import Limits
from albumen.rest_api.accounts.pairing import Pairings
from albumen.rest_api.accounts.passwords import Passwords
from albumen.rest_api.accounts.store import Accounts
from albumen.rest_api.events import Events
from albumen.rest_api.jobs import Job, Jobs, job_shown
from albumen.rest_api.rules import Here
from albumen.rest_api.shelf import Library, Models, Open, Shelf
from albumen.rest_api.uploading import Uploads


@dataclass(frozen=True)
class Shop:
    """The parts of one server."""

    settings: Settings
    accounts: Accounts
    access_keys: AccessKeys
    passwords: Passwords
    limits: Limits
    pairings: Pairings
    shelf: Shelf
    models: Models
    jobs: Jobs
    events: Events
    uploads: Uploads
    library: Path
    """The library that the server was started for; it is the first owner's."""
    setup_code: str
    secure: bool
    """Whether the server speaks TLS, so that cookies may insist on it."""

    def first_library(self) -> Path:
        """Return the folder of the first owner's library."""
        return self.library

    def new_library(self) -> Path:
        """Return a folder for the library of another account."""
        return home(self.library) / "libraries" / secrets.token_hex(6)

    def warm(self) -> None:
        """Load what the first visitor would wait for, search too where its models are here."""
        store = self.models.store
        self.shelf.warm(self.accounts, search=all(store.installed(card) for card in self.models.needed()))

    def close(self) -> None:
        """Stop what runs, and let go of everything."""
        self.jobs.close()
        self.shelf.close()
        self.accounts.close()


def stocked(
    settings: Settings,
    library: Path,
    *,
    accounts: Accounts,
    models: Models,
    opener: Callable[[Path], Library],
    passwords: Passwords | None = None,
    secure: bool = False,
) -> Shop:
    """Return the parts of a server, with a new set-up code."""
    events = Events()
    return Shop(
        settings=settings,
        accounts=accounts,
        access_keys=AccessKeys(accounts, seed(home(library))),
        passwords=passwords or Passwords(),
        limits=Limits(),
        pairings=Pairings(),
        shelf=Shelf(opener),
        models=models,
        jobs=Jobs(partial(_tell, events), home(library) / "unfinished.json"),
        events=events,
        uploads=Uploads(),
        library=library,
        setup_code=secrets.token_urlsafe(12),
        secure=secure,
    )


def _tell(events: Events, job: Job) -> None:
    told, less = (job_shown(job, owner=owner).model_dump(mode="json") for owner in (True, False))
    events.publish(job.library, "job", told, viewers=less)


def home(library: Path) -> Path:
    """Return the folder of what the server itself keeps, inside the library that it was started for."""
    return library / "server"


def _shop(request: Request) -> Shop:
    return request.app.state.shop


def _open(request: Request, visit: Here) -> Open:
    shop: Any = request.app.state.shop
    return shop.shelf.open(visit.held)


Parts = Annotated[Shop, Depends(_shop)]
Opened = Annotated[Open, Depends(_open)]
