"""A whole server over a small library without models, on a port of the loopback."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from argon2 import PasswordHasher

from albumen.core.settings import Settings
from albumen.library.folder import Folder
from albumen.library.ingest import Importer, Progress, Summary
from albumen.library.search.search import Search
from albumen.models.cards import Cards
from albumen.models.store import ModelStore
from albumen.rest_api.accounts.passwords import Passwords
from albumen.rest_api.accounts.store import Accounts
from albumen.rest_api.accounts.who import Role
from albumen.rest_api.application import application
from albumen.rest_api.shop import Shop, stocked
from albumen.rest_api.thumbs import Thumbs
from albumen.stores.fusion import Question
from albumen.web.front import Front
from albumen.web.pages import Pages
from tests.fakes import DIM, Nowhere, OwnEyes, by_colour, open_stores
from tests.serving import serving

PASSWORD = "correct horse"
CHANGES = {"X-Albumen": "1"}


class SmallPlaces(Nowhere):
    """Knows no place by name either."""

    def find(self, name: str) -> tuple[Any, ...]:
        return ()


class Eyeless:
    """Understands every sentence, and finds that no picture fits it."""

    def query(self, text: str) -> Any:
        return text

    def question(self, asked: Any) -> Question:
        return Question(np.eye(1, DIM, dtype=np.float32)[0], np.empty(0, np.int64), np.empty(0, np.float32), 1.0)

    def probability(self, query: Any, scores: Any) -> Any:
        return np.zeros(len(scores), np.float32)


class SmallLibrary:
    """A library that understands pictures by their colour."""

    def __init__(self, path: Path) -> None:
        self.folder = Folder(path)
        self.stores = open_stores(self.folder)
        self.catalog = self.stores.catalog
        self.places = SmallPlaces()

    @cached_property
    def search(self) -> Search:
        return Search(self.catalog, self.stores.frames, self.stores.words, Eyeless())

    looks = 0

    def second_look(self, on_progress: Callable[[Progress], None]) -> None:
        self.looks += 1
        on_progress(Progress("reading documents", 1, 1))

    def run_import(
        self, paths: Sequence[str], on_progress: Callable[[Progress], None], *, second_look: bool = True
    ) -> Summary:
        with self.folder.importing():
            importer = Importer(
                self.folder,
                self.stores,
                eyes=OwnEyes(),
                understand=by_colour,
                places=self.places,
                on_progress=on_progress,
            )
            return importer.run([path.encode() for path in paths])

    def close(self) -> None:
        self.catalog.close()


class NoModels:
    """The cards, none of them installed."""

    def __init__(self, folder: Path) -> None:
        self.cards = Cards.load()
        self.store = ModelStore(folder, fetch=False)

    def needed(self) -> list[Any]:
        return []


def make_shop(folder: Path) -> Shop:
    fast = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return stocked(
        Settings(fetch=False),
        folder / "library",
        accounts=Accounts(folder / "accounts.sqlite"),
        models=NoModels(folder / "models"),
        opener=SmallLibrary,  # type: ignore[arg-type]
        passwords=fast,
    )


class Site:
    """A running server and its parts."""

    def __init__(self, address: str, shop: Shop) -> None:
        self.address, self.shop = address, shop
        self._clients: list[httpx.Client] = []

    def _made(self, headers: dict[str, str]) -> httpx.Client:
        client = httpx.Client(base_url=self.address, headers=headers, timeout=20)
        self._clients.append(client)
        return client

    def client(self, **headers: str) -> httpx.Client:
        return self._made(CHANGES | headers)

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def signed_in(self, name: str, password: str = PASSWORD) -> httpx.Client:
        client = self.client()
        answer = client.post("/api/session", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["Cookie"] = f"albumen={answer.cookies['albumen']}"
        client.cookies.clear()
        return client

    def with_key(self, account: int, *scopes: Any) -> httpx.Client:
        _, secret = self.shop.accounts.add_key(account, label="test", scopes=scopes)
        return self._made({"Authorization": f"Bearer {secret}"})


def people(shop: Shop) -> None:
    """Make ada (owner), bob (a member) and eve (a member who may look at ada's library)."""
    hashed = shop.passwords.hash(PASSWORD)
    shop.accounts.add("ada", hashed, Role.OWNER, shop.first_library(), first=True)
    for name in ("bob", "eve"):
        shop.accounts.add(name, hashed, Role.MEMBER, shop.new_library())
    shop.accounts.set_viewer(1, 3, allowed=True)


@contextlib.contextmanager
def running(shop: Shop, pages: Path, *, aws: Any = None) -> Iterator[Site]:
    api = application(shop)
    front = Front(Thumbs(api, shop.accounts), Pages(pages), aws=aws, lifespans=(api,))
    with serving(front, on_stop=shop.events.close) as served:
        site = Site(served.address, shop)
        try:
            yield site
        finally:
            site.close()


def wait_for(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
