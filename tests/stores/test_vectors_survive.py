"""What kills, torn writes, flipped bits, full disks and other processes do to stores by key."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albumen.core.arrays import Floats
from albumen.core.errors import DiskFull, StoreError
from albumen.stores.vectors import Vectors

DIM = 16
ENV = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
WRITER = """
import sys
from pathlib import Path
import numpy as np
from albumen.stores.vectors import Vectors
vectors = Vectors(Path(sys.argv[1]), 16)
start = len(vectors) and int(vectors.keys.max()) + 1
for key in range(start, start + 100000, 5):
    keys = np.arange(key, key + 5)
    vectors.add(keys, np.stack([np.random.default_rng(k).standard_normal(16) for k in keys]).astype(np.float32))
    print(key + 4, flush=True)
    if key % 50 == 45:
        vectors.remove([key - 40])
        print(-(key - 40), flush=True)
"""


def of(key: int) -> Floats:
    return np.random.default_rng(key).standard_normal(DIM).astype(np.float32)


def writer(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True, env=ENV)


def some(folder: Path, count: int = 40) -> Vectors:
    vectors = Vectors(folder, DIM)
    for key in range(0, count, 4):
        vectors.add(range(key, key + 4), np.stack([of(k) for k in range(key, key + 4)]))
    return vectors


def only(folder: Path, suffix: str) -> Path:
    (found,) = folder.glob(f"*{suffix}")
    return found


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    last, removed, luck = -1, set[int](), random.Random(1)
    for _ in range(4):
        with writer(tmp_path) as process:
            assert process.stdout
            first = int(process.stdout.readline())
            time.sleep(luck.uniform(0.02, 0.3))
            process.send_signal(signal.SIGKILL)
            said = [first, *(int(line) for line in process.stdout.read().split("\n")[:-1])]
        last = max(last, *said)
        removed |= {-n for n in said if n < 0}
        vectors = Vectors(tmp_path, DIM)
        kept = set(vectors.keys.tolist())
        assert set(range(last + 1)) - removed <= kept | {k for k in range(last + 1) if k % 50 == 5}
        assert not removed & kept
        assert len(kept) == len(vectors)
        sample = sorted(kept)[-50:]
        assert vectors.get(sample) == pytest.approx(np.stack([of(k) for k in sample]), abs=2e-3)
        assert len(vectors.verify()) == 0


@pytest.mark.parametrize("lost", [1, 7, 23, 24, 60, 100])
def test_a_torn_tail_costs_the_last_addition_only(tmp_path: Path, lost: int) -> None:
    some(tmp_path)
    journal = only(tmp_path, ".journal")
    os.truncate(journal, journal.stat().st_size - lost)
    vectors = Vectors(tmp_path, DIM)
    kept = len(vectors)
    assert kept in {32, 36}
    vectors.add([1000], of(1000)[None])
    again = Vectors(tmp_path, DIM)
    assert again.keys.tolist() == [*range(kept), 1000]
    assert again.get([1000]) == pytest.approx(of(1000)[None], abs=2e-3)


def test_a_flipped_bit_in_the_journal_is_named(tmp_path: Path) -> None:
    some(tmp_path)
    journal = only(tmp_path, ".journal")
    for at in range(0, journal.stat().st_size - 200, 37):
        flip(journal, at)
        with pytest.raises(StoreError, match="is damaged at byte"):
            Vectors(tmp_path, DIM)
        flip(journal, at)
    assert len(Vectors(tmp_path, DIM)) == 40


def test_a_flipped_bit_in_a_vector_is_found_and_can_be_mended(tmp_path: Path) -> None:
    vectors = some(tmp_path)
    flip(only(tmp_path, ".rows"), 21 * DIM * 2 + 3)
    assert vectors.verify().tolist() == [20, 21, 22, 23]
    vectors.add(range(20, 24), np.stack([of(k) for k in range(20, 24)]))
    assert len(vectors.verify()) == 0


def test_missing_rows_are_named(tmp_path: Path) -> None:
    some(tmp_path)
    os.truncate(only(tmp_path, ".rows"), 30 * DIM * 2)
    with pytest.raises(StoreError, match="lacks its last 320 bytes"):
        Vectors(tmp_path, DIM)


@pytest.mark.parametrize("harm", ["flip", "cut", "empty", "gone"])
def test_a_damaged_derived_file_is_built_again(tmp_path: Path, harm: str) -> None:
    rows = np.random.default_rng(0).standard_normal((6000, DIM)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors = Vectors(tmp_path, DIM)
    vectors.add(range(6000), rows)
    vectors.settle()
    part = only(tmp_path, ".part")
    whole = part.read_bytes()
    match harm:
        case "flip":
            flip(part, len(whole) // 2)
        case "cut":
            os.truncate(part, len(whole) // 2)
        case "empty":
            os.truncate(part, 0)
        case _:
            part.unlink()
    again = Vectors(tmp_path, DIM)
    assert again.search(rows[:20], 1).keys[:, 0].tolist() == list(range(20))
    again.settle()
    assert again.search(rows[:20], 1).keys[:, 0].tolist() == list(range(20))
    assert only(tmp_path, ".part").read_bytes() == whole


def test_a_full_disk_loses_nothing_and_the_next_addition_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = some(tmp_path)
    write = os.pwrite
    for allowed in (0, 1, 2):
        left = [allowed]

        def pwrite(fd: int, data: memoryview, offset: int, left: list[int] = left) -> int:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(fd, data[:10], offset)

        monkeypatch.setattr(os, "pwrite", pwrite)
        with pytest.raises(DiskFull, match="free some space"):
            vectors.add([100], of(100)[None])
        monkeypatch.setattr(os, "pwrite", write)
        assert 100 not in Vectors(tmp_path, DIM).keys
    vectors.add([100], of(100)[None])
    for store in (vectors, Vectors(tmp_path, DIM)):
        assert len(store) == 41
        assert store.search(of(100)[None], 1).keys[0, 0] == 100


def test_a_search_does_without_room_for_derived_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(0).standard_normal((6000, DIM)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors = Vectors(tmp_path, DIM)
    vectors.add(range(6000), rows)

    def pwrite(fd: int, data: memoryview, offset: int) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "pwrite", pwrite)
    vectors.settle()
    assert not list(tmp_path.glob("*.part*"))
    assert vectors.search(rows[:20], 1).keys[:, 0].tolist() == list(range(20))


def test_a_reader_sees_what_another_process_writes_removes_and_compacts(tmp_path: Path) -> None:
    reader, other = some(tmp_path), Vectors(tmp_path, DIM)
    with writer(tmp_path) as process:
        assert process.stdout
        added = int(process.stdout.readline())
        assert reader.search(of(added)[None], 1).keys[0, 0] == added
        process.kill()
    other.remove(range(40))
    assert not np.isin(reader.search(of(3)[None], 30).keys, range(40)).any()
    assert other.compact(at_least=0)
    assert reader.search(of(added)[None], 1).keys[0, 0] == added
    assert sorted(p.suffix for p in tmp_path.iterdir()) == ["", "", ".journal", ".rows"]


def test_two_writers_take_turns(tmp_path: Path) -> None:
    with writer(tmp_path) as process:
        assert process.stdout
        process.stdout.readline()
        vectors = Vectors(tmp_path, DIM)
        for key in range(500000, 500020):
            vectors.add([key], of(key)[None])
        process.kill()
    again = Vectors(tmp_path, DIM)
    assert set(range(500000, 500020)) <= set(again.keys.tolist())
    assert again.get([500007, 3]) == pytest.approx(np.stack([of(500007), of(3)]), abs=2e-3)


Step = st.tuples(st.sampled_from(["add", "remove", "reopen", "compact"]), st.sets(st.integers(0, 30), max_size=8))


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(Step, max_size=12), allowed=st.sets(st.integers(0, 35)), seed=st.integers(0, 99))
def test_any_history_finds_what_brute_force_finds(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, set[int]]], allowed: set[int], seed: int
) -> None:
    folder, expected, rng = tmp_path_factory.mktemp("v"), dict[int, Floats](), np.random.default_rng(seed)
    vectors = Vectors(folder, DIM)
    for what, keys in steps:
        match what:
            case "add":
                rows = rng.standard_normal((len(keys), DIM)).astype(np.float16).astype(np.float32)
                vectors.add(list(keys), rows)
                expected.update(zip(keys, rows, strict=True))
            case "remove":
                assert vectors.remove(list(keys)) == len(keys & set(expected))
                expected = {k: v for k, v in expected.items() if k not in keys}
            case "compact":
                vectors.compact(at_least=0)
            case _:
                vectors = Vectors(folder, DIM)
    query = rng.standard_normal(DIM).astype(np.float32)
    mask = np.isin(np.arange(36), list(allowed))
    scores = {k: float(v @ query) for k, v in expected.items() if k in allowed}
    best = sorted(scores, key=scores.__getitem__, reverse=True)[:5]
    hits = vectors.search(query[None], 5, mask)
    assert hits.scores[0, : len(best)] == pytest.approx([scores[k] for k in best], abs=1e-4)
    assert (hits.keys[0, len(best) :] == -1).all()
    assert set(vectors.keys.tolist()) == set(expected)
