import gc
import json
import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from albumen.core.errors import MediaError, TimedOut, TooLarge, Unreadable
from albumen.media.look import look
from albumen.media.sandbox import Sandbox
from tests.media.pdfs import make_pdf
from tests.media.pictures import encoded, texture

MISBEHAVE = "tests.media.decoders:misbehave"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(4):
        (tmp_path / f"good_{number}.jpg").write_bytes(encoded(texture(320, 240, seed=number), "JPEG"))
    return tmp_path


def bad(folder: Path, name: str) -> Path:
    path = folder / f"{name}.jpg"
    path.write_bytes(b"whatever")
    return path


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_gives_the_same_look_as_in_process(folder: Path) -> None:
    path = folder / "good_0.jpg"
    with Sandbox(workers=1) as sandbox:
        inside, outside = sandbox.submit(path).result(), look(path)
    assert (inside.digest, inside.phash, inside.metadata) == (outside.digest, outside.phash, outside.metadata)
    assert (inside.canvas == outside.canvas).all() and inside.thumbnails == outside.thumbnails
    inside.canvas[0, 0] = 0  # the pixels are the receiver's own


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("hang", TimedOut, "longer than 2 seconds"),
        ("spin", TimedOut, "longer than 2 seconds"),
        ("crash", Unreadable, "SIGSEGV"),
        ("killed", Unreadable, "lack of memory"),
        ("exit", Unreadable, "exit status 7"),
        ("eat", TooLarge, "more memory"),
        ("bug", Unreadable, "KeyError"),
    ],
)
def test_a_bad_file_costs_itself_and_nothing_else(folder: Path, name: str, kind: type[MediaError], words: str) -> None:
    broken = bad(folder, name)
    paths = [folder / "good_0.jpg", folder / "good_1.jpg", broken, folder / "good_2.jpg", folder / "good_3.jpg"]
    with Sandbox(workers=2, seconds=2, memory_mb=400, entry=MISBEHAVE) as sandbox:
        outcomes = {outcome.path: outcome for outcome in sandbox.map(paths)}
    assert set(outcomes) == set(paths)
    error = outcomes.pop(broken).error
    assert type(error) is kind and words in str(error)
    assert str(error).endswith(".") and "\n" not in str(error)
    assert all(outcome.look is not None for outcome in outcomes.values())


def test_counts_the_pages_of_documents_and_survives_those_that_crash(folder: Path) -> None:
    (folder / "good.pdf").write_bytes(make_pdf([["One"], ["Two"], ["Three"]]))
    with Sandbox(workers=1, seconds=2, entry=MISBEHAVE) as sandbox:
        assert sandbox.count(folder / "good.pdf").result() == 3
        for name, words in (("crash", "SIGSEGV"), ("hang", "longer than 2 seconds")):
            with pytest.raises(MediaError, match=words):
                sandbox.count(bad(folder, name)).result()
        assert sandbox.count(folder / "good_0.jpg").result() == 1


def test_what_a_child_sends_cannot_call_anything_here(folder: Path) -> None:
    path = folder / "good_0.jpg"
    with (
        Sandbox(workers=1, entry="tests.media.decoders:forge") as sandbox,
        pytest.raises(Unreadable, match="not understood"),
    ):
        sandbox.submit(path).result()
    assert not Path(f"{path}.forged").exists()


def test_leaves_no_process_no_descriptor_and_no_shared_memory(folder: Path) -> None:
    gc.collect()
    before, shared = open_descriptors(), set(os.listdir("/dev/shm"))
    with Sandbox(workers=2, seconds=2, entry=MISBEHAVE) as sandbox:
        paths = [*folder.iterdir(), bad(folder, "crash"), bad(folder, "hang")]
        outcomes = list(sandbox.map(paths))
        sandbox.submit(folder / "good_0.jpg").result()
        children = sandbox.pids
    assert len(outcomes) == 6 and children
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    del outcomes
    gc.collect()
    assert open_descriptors() <= before and set(os.listdir("/dev/shm")) == shared


def test_an_abandoned_map_ends_at_once(folder: Path) -> None:
    start = time.monotonic()
    with Sandbox(workers=1, seconds=60, entry=MISBEHAVE) as sandbox:
        outcomes = sandbox.map([folder / "good_0.jpg", *[bad(folder, "hang")] * 50])
        assert next(outcomes).look is not None
    assert time.monotonic() - start < 15


def test_finished_looks_wait_in_bounded_memory(folder: Path) -> None:
    asked: list[int] = []

    def endless():
        for number in range(40):
            asked.append(number)
            yield folder / "good_0.jpg"

    with Sandbox(workers=2) as sandbox:
        outcomes = sandbox.map(endless())
        next(outcomes)
        time.sleep(0.5)
        assert len(asked) <= 6
        assert len(list(outcomes)) == 39


def test_a_worker_is_replaced_after_its_share_of_files(folder: Path) -> None:
    with Sandbox(workers=1, files_per_worker=2) as sandbox:
        pids = []
        for _ in range(3):
            sandbox.submit(folder / "good_0.jpg").result()
            pids += sandbox.pids
    assert pids[0] == pids[1] != pids[2]


def test_a_name_that_is_not_utf8_is_opened(folder: Path) -> None:
    path = os.fsencode(folder) + b"/-\xff\xfe.jpg"
    os.rename(folder / "good_0.jpg", path)
    with Sandbox(workers=1) as sandbox:
        assert [outcome.error for outcome in sandbox.map([path])] == [None]


def test_works_from_a_program_that_runs_threads(folder: Path) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    with Sandbox(workers=1) as sandbox:
        assert sandbox.submit(folder / "good_0.jpg").result().width == 320
    stop.set()
    thread.join()


def test_children_end_when_their_parent_is_killed(folder: Path) -> None:
    program = (
        "import sys, time; from albumen.media.sandbox import Sandbox; s = Sandbox(workers=1); "
        "s.submit(sys.argv[1]).result(); print(s.pids[0], flush=True); time.sleep(60)"
    )
    import sys

    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder / "good_0.jpg")], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.data
def test_every_broken_file_opens_or_gives_a_plain_sentence(data: Path) -> None:
    folder = data / "photos" / "broken"
    index = json.loads((folder / "index.json").read_text())
    must_open = {entry["file"] for entry in index if entry["pillow"] == "ok"}
    with Sandbox(workers=2, seconds=30) as sandbox:
        outcomes = {Path(str(o.path)).name: o for o in sandbox.map([folder / entry["file"] for entry in index])}
    assert len(outcomes) == 26
    assert {name for name, outcome in outcomes.items() if outcome.look} == must_open
    for outcome in outcomes.values():
        if outcome.error is not None:
            text = str(outcome.error)
            assert text[0].isupper() and text.endswith(".") and "\n" not in text and str(folder) not in text
            assert " at 0x" not in text and "Traceback" not in text
