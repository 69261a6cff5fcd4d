"""The store shows whole, verified files or nothing."""

import errno
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple

import pytest

from albumen.core.errors import DiskFull, HashMismatch, ModelError, NotInstalled, ReadOnly, SourceUnavailable
from albumen.models.store import ModelStore

CONTENT = b"weights" * 1000


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models")


@pytest.fixture
def card(make_card, tmp_path):
    (tmp_path / "a.bin").write_bytes(CONTENT)
    (tmp_path / "b.bin").write_bytes(CONTENT[::-1])
    return make_card(
        a__bin=(CONTENT, f"file:{tmp_path}/a.bin"),
        b__bin=(CONTENT[::-1], f"file:{tmp_path}/b.bin"),
    )


def visible(store):
    """Names of everything outside the cache."""
    return sorted(str(p.relative_to(store.folder)) for p in store.folder.rglob("*") if ".cache" not in p.parts)


def test_installs_files_and_says_where_they_are(store, card):
    paths = store.ensure(card)
    assert paths["a.bin"].read_bytes() == CONTENT
    assert visible(store) == ["tower.test", "tower.test/a.bin", "tower.test/b.bin", "tower.test/installed.json"]


def test_fetches_nothing_twice(store, card, tmp_path):
    store.ensure(card)
    (tmp_path / "a.bin").unlink()
    store.ensure(card)


def test_may_not_fetch_when_told_so(tmp_path, card):
    with pytest.raises(NotInstalled, match=r"run `albumen models pull tower\.test`"):
        ModelStore(tmp_path / "models", fetch=False).ensure(card)


def test_nothing_is_installed_when_the_second_file_is_missing(store, card, tmp_path):
    (tmp_path / "b.bin").unlink()
    with pytest.raises(SourceUnavailable, match=r"b\.bin of model tower\.test could not be fetched.*no such file"):
        store.ensure(card)
    assert visible(store) == []


def test_a_broken_update_leaves_the_installed_model_as_it_was(store, card, tmp_path, make_card):
    store.ensure(card)
    newer = make_card(a__bin=(b"newer", f"file:{tmp_path}/a.bin"))
    with pytest.raises(HashMismatch):
        store.ensure(newer)
    assert store.verify(card) == []


def test_a_card_with_a_new_hash_is_fetched_again(store, card, tmp_path, make_card):
    store.ensure(card)
    (tmp_path / "a.bin").write_bytes(b"newer")
    newer = make_card(a__bin=(b"newer", f"file:{tmp_path}/a.bin"))
    assert store.ensure(newer)["a.bin"].read_bytes() == b"newer"


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda p: p.unlink(), "is missing"),
        (lambda p: p.write_bytes(CONTENT[:-1]), "has 6999 bytes instead of 7000"),
        (lambda p: p.write_bytes(b"W" + CONTENT[1:]), "does not hash to"),
    ],
)
def test_verify_finds_damage(store, card, damage, reason):
    damage(store.ensure(card)["a.bin"])
    (problem,) = store.verify(card)
    assert (problem.file, reason in problem.reason) == ("a.bin", True)


def test_verify_needs_an_installed_model(store, card):
    with pytest.raises(NotInstalled):
        store.verify(card)


def test_a_truncated_file_is_fetched_again(store, card):
    store.ensure(card)["a.bin"].write_bytes(b"")
    assert store.ensure(card)["a.bin"].read_bytes() == CONTENT


def test_remove_says_whether_there_was_anything(store, card):
    store.ensure(card)
    assert (store.remove(card), store.remove(card)) == (True, False)
    assert not store.installed(card)


def test_too_little_space_is_said_before_anything_is_fetched(store, card, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, 1_000_000))
    with pytest.raises(DiskFull, match=r"model tower\.test needs 0 MB and .* has 1 MB free"):
        store.ensure(card)


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(store, card, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match="the disk is full"):
        store.ensure(card)
    assert visible(store) == []
    assert not list((store.folder / ".cache" / "staged").iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path, card):
    (tmp_path / "models").write_text("a file stands where the folder should be")
    with pytest.raises(ModelError, match=r"tower\.test could not be stored"):
        ModelStore(tmp_path / "models").ensure(card)
    if os.geteuid():
        (tmp_path / "closed").mkdir(mode=0o555)
        with pytest.raises(ReadOnly, match="cannot be written"):
            ModelStore(tmp_path / "closed").ensure(card)


def _ensure(folder, card, result):
    result.put(str(ModelStore(folder).ensure(card)["a.bin"]))


def test_processes_install_side_by_side(store, card):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    workers = [context.Process(target=_ensure, args=(store.folder, card, results)) for _ in range(3)]
    for worker in workers:
        worker.start()
    assert len({results.get(timeout=60) for _ in workers}) == 1
    for worker in workers:
        worker.join()
    assert store.verify(card) == []


def test_killed_while_installing_it_leaves_nothing_and_recovers(store, card, tmp_path):
    with (tmp_path / "b.bin").open("wb") as big:
        big.truncate(2 << 30)  # sparse: takes long to copy or hash, and no space
    code = (
        "import sys; from pathlib import Path; from albumen.models.card import Card;"
        "from albumen.models.store import ModelStore;"
        "ModelStore(Path(sys.argv[1])).ensure(Card.model_validate_json(sys.argv[2]))"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(store.folder), card.model_dump_json()])
    staged = store.folder / ".cache" / "staged" / card.name
    while not (staged / "b.bin").exists() and child.poll() is None:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert child.returncode == -signal.SIGKILL
    assert visible(store) == []
    (tmp_path / "b.bin").write_bytes(CONTENT[::-1])
    store.ensure(card)
    assert store.verify(card) == []


def test_what_was_installed_is_recorded_in_plain_words(store, card):
    store.ensure(card)
    recorded = json.loads((store.folder / card.name / "installed.json").read_text())
    assert recorded == {f.name: f.sha256 for f in card.files}
