"""Watching folders: changes, folders that come and go, and that the library's own writing is no news."""

import os
import threading
from collections.abc import Generator
from pathlib import Path
from queue import Empty, Queue

import pytest

from albumen.library.watching import watch
from tests.fakes import make_photo


class Watcher:
    """Watches in a thread and hands over what it says."""

    def __init__(self, roots: list[Path], own: Path) -> None:
        self.told: Queue[list[bytes]] = Queue()
        self.roots = [bytes(root) for root in roots]
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(own,))
        self.thread.start()
        assert self.next() == sorted(self.roots)  # from now on nothing is missed

    def _run(self, own: Path) -> None:
        for found in watch(lambda: self.roots, own=own, stop=self.stop, quiet=0.1, check=0.2):
            self.told.put(found)

    def next(self, seconds: float = 10) -> list[bytes]:
        return self.told.get(timeout=seconds)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    one, two = tmp_path / "one", tmp_path / "two"
    two.mkdir()
    for name in ("thumbnails", "originals"):
        (one / "library" / name).mkdir(parents=True)
    return one, two


@pytest.fixture
def watcher(tmp_path: Path, folders: tuple[Path, Path]) -> Generator[Watcher]:
    watching = Watcher([*folders], folders[0] / "library")
    yield watching
    watching.stop.set()
    watching.thread.join(10)
    assert not watching.thread.is_alive()


def test_tells_which_folder_has_news(watcher: Watcher, folders: tuple[Path, Path]) -> None:
    make_photo(folders[1] / "deep" / "a.jpg")
    assert watcher.next() == [bytes(folders[1])]


def test_a_name_that_is_no_text_is_news_too(watcher: Watcher, folders: tuple[Path, Path]) -> None:
    os.close(os.open(bytes(folders[0]) + b"/caf\xe9.jpg", os.O_CREAT))
    assert watcher.next() == [bytes(folders[0])]


def test_what_the_library_writes_is_no_news_but_its_originals_are(watcher: Watcher, folders: tuple[Path, Path]) -> None:
    make_photo(folders[0] / "library" / "thumbnails" / "a.jpg")
    with pytest.raises(Empty):
        watcher.next(1.5)
    make_photo(folders[0] / "library" / "originals" / "a.jpg")
    assert watcher.next() == [bytes(folders[0])]


def test_a_folder_that_vanishes_and_comes_back_is_told_each_time(
    watcher: Watcher, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    folders[1].rename(tmp_path / "away")
    assert watcher.next() == [bytes(folders[1])]
    while not watcher.told.empty():
        watcher.told.get()
    (tmp_path / "away").rename(folders[1])
    assert watcher.next() == [bytes(folders[1])]
    watcher.stop.wait(1)
    while not watcher.told.empty():
        watcher.told.get()
    make_photo(folders[1] / "b.jpg")
    assert watcher.next() == [bytes(folders[1])]
