"""Importing under hardship: full and read-only disks, files that change or vanish, odd names, rivals, and Ctrl-C."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from sqlalchemy import select

from albumen.core.errors import DiskFull, LibraryBusy, ReadOnly
from albumen.library.folder import Folder
from albumen.media.look import Look
from albumen.media.sandbox import Sandbox
from albumen.stores.catalog import lookup
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import files
from tests.fakes import OwnEyes, import_into, make_photo
from tests.library.survival import contents

ROOT = Path(__file__).parents[2]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for i in range(20):
        noise = np.random.default_rng(i).integers(0, 255, (240, 320, 3), np.uint8)
        Pillow.fromarray(noise).save(folder / f"photo{i:02}.jpg")
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount(folder, "size=1m")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def mount(folder: Path, options: str) -> None:
    """Mount a file system in memory, or skip where that is not allowed."""
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode:
        pytest.skip("this user may not mount file systems")


def counts(library: Folder) -> dict[str, int]:
    with Catalog(library.catalog, writable=False).read() as db:
        return lookup.counts(db)


def test_a_full_disk_stops_an_import_which_goes_on_when_there_is_room(
    tmp_path: Path, photos: Path, small_disk: Path
) -> None:
    import_into(Folder(tmp_path / "undisturbed"), photos)
    library = Folder(small_disk)
    with pytest.raises(DiskFull, match=r"[Nn]o space is left"):
        import_into(library, photos)
    before = counts(library)["assets"]
    assert before < 20
    mount(small_disk, "remount,size=64m")
    assert import_into(library, photos).new == 20 - before
    assert contents(library.path) == contents(tmp_path / "undisturbed")


def test_a_read_only_library_is_refused_in_a_sentence(tmp_path: Path, photos: Path, small_disk: Path) -> None:
    mount(small_disk, "remount,size=64m")
    library = Folder(small_disk)
    import_into(library, photos / "photo00.jpg")
    mount(small_disk, "remount,ro")
    with pytest.raises(ReadOnly, match="cannot be written to"):
        import_into(library, photos)
    assert counts(library)["assets"] == 1


@pytest.mark.parametrize(
    ("code", "kind"), [(errno.EROFS, ReadOnly), (errno.EACCES, ReadOnly), (errno.ENOSPC, DiskFull)]
)
def test_what_the_system_says_is_told_in_our_words(tmp_path: Path, code: int, kind: type[Exception]) -> None:
    class Stubborn(type(tmp_path)):
        def mkdir(self, *_: object, **__: object) -> None:
            raise OSError(code, os.strerror(code))

    with pytest.raises(kind):
        Folder(Stubborn(tmp_path / "library")).create()


class Meddling(OwnEyes):
    """Does something to each file just before it is looked at."""

    def __init__(self, meddle: Callable[[Path], object]) -> None:
        super().__init__()
        self._meddle = meddle

    def submit(self, path: bytes) -> Future[Look]:
        self._meddle(Path(os.fsdecode(path)))
        return super().submit(path)


def test_files_that_vanish_before_they_are_read_are_named_and_forgotten(tmp_path: Path, photos: Path) -> None:
    library = Folder(tmp_path / "library")
    summary = import_into(library, photos, eyes=Meddling(Path.unlink))
    assert (summary.new, len(summary.unreadable)) == (0, 20)
    assert "No such file" in summary.unreadable[0][1]
    assert counts(library)["unreadable"] == 0
    make_photo(photos / "other.jpg")
    assert import_into(library, photos).unreadable == []
    assert counts(library)["unreadable"] == 0


def test_a_folder_that_vanishes_under_an_import_is_taken_in_when_it_is_back(tmp_path: Path, photos: Path) -> None:
    library, away = Folder(tmp_path / "library"), photos.with_name("away")
    summary = import_into(library, photos, eyes=Meddling(lambda path: photos.exists() and photos.rename(away)))
    assert (summary.new, len(summary.unreadable)) == (0, 20)
    away.rename(photos)
    again = import_into(library, photos)
    assert (again.new, again.unreadable) == (20, [])


def test_a_broken_file_that_is_named_by_hand_is_tried_again(tmp_path: Path) -> None:
    broken = make_photo(tmp_path / "photos" / "a.jpg")
    library, eyes = Folder(tmp_path / "library"), OwnEyes()
    whole, when = broken.read_bytes(), broken.stat().st_mtime_ns
    broken.write_bytes(b"?" * len(whole))
    os.utime(broken, ns=(when, when))
    assert len(import_into(library, broken.parent, eyes=eyes).unreadable) == 1
    broken.write_bytes(whole)
    os.utime(broken, ns=(when, when))
    assert len(import_into(library, broken.parent, eyes=eyes).unreadable) == 1
    assert eyes.looks == 1
    assert import_into(library, broken, eyes=eyes).new == 1


def test_a_file_that_grows_while_it_is_read_is_taken_by_the_next_import(tmp_path: Path, photos: Path) -> None:
    library = Folder(tmp_path / "library")

    def grow(path: Path) -> None:
        with path.open("ab") as file:
            file.write(b"more")

    summary = import_into(library, photos, eyes=Meddling(grow))
    assert (summary.new, len(summary.unreadable)) == (0, 20)
    assert "still being written" in summary.unreadable[0][1]
    assert import_into(library, photos).new == 20


def test_a_file_that_changes_under_the_same_length_is_looked_at_again(tmp_path: Path) -> None:
    photo = make_photo(tmp_path / "photos" / "a.jpg", (200, 10, 10))
    other = make_photo(tmp_path / "other.jpg", (10, 10, 200))
    assert photo.stat().st_size == other.stat().st_size
    library = Folder(tmp_path / "library")
    import_into(library, photo.parent, eyes=Meddling(lambda path: path.write_bytes(other.read_bytes())))
    import_into(library, photo.parent)
    assert (counts(library)["assets"], counts(library)["files"]) == (1, 1)


def test_odd_names_and_empty_files_are_taken_or_named(tmp_path: Path) -> None:
    folder = make_photo(tmp_path / "photos" / "-rf.jpg").parent
    make_photo(folder / "--help.jpg", (1, 2, 3))
    os.rename(make_photo(folder / "a.jpg", (4, 5, 6)), bytes(folder) + b"/\xff\xfe\n.jpg")
    (folder / "empty.jpg").touch()
    library = Folder(tmp_path / "library")
    summary = import_into(library, folder)
    assert (summary.new, [(os.path.basename(p), r) for p, r in summary.unreadable]) == (
        3,
        [(b"empty.jpg", "The file is empty.")],
    )
    with Catalog(library.catalog).read() as db:
        names = {os.path.basename(p) for p in db.execute(select(files.c.path)).scalars()}
    assert names == {b"-rf.jpg", b"--help.jpg", b"\xff\xfe\n.jpg"}


def test_a_link_to_nothing_is_named_in_a_sentence(tmp_path: Path) -> None:
    folder = make_photo(tmp_path / "photos" / "a.jpg").parent
    (folder / "gone.jpg").symlink_to("/nonexistent/b.jpg")
    summary = import_into(Folder(tmp_path / "library"), folder)
    assert (summary.new, summary.unreadable) == (1, [(bytes(folder) + b"/gone.jpg", "The link leads to nothing.")])


@pytest.mark.data
def test_broken_files_cost_themselves_only(tmp_path: Path, data: Path) -> None:
    broken = data / "photos" / "broken"
    good = make_photo(tmp_path / "good.jpg")
    library = Folder(tmp_path / "library")
    with Sandbox(workers=2, seconds=20) as eyes:
        summary = import_into(library, broken, good, eyes=eyes)
    named = {os.fsdecode(os.path.basename(p)) for p, _ in summary.unreadable}
    assert {"empty.jpg", "text.jpg", "bomb_20000x20000.png"} <= named
    assert "png_named.jpg" not in named
    assert all(reason.endswith(".") and "\n" not in reason for _, reason in summary.unreadable)
    media = [p for p in broken.iterdir() if p.suffix not in (".txt", ".json")]
    assert summary.new + summary.known + len(summary.unreadable) == len(media) + 1
    assert counts(library)["assets"] == summary.new


SLOW = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from albumen.core.errors import LibraryBusy
    from albumen.library.folder import Folder
    from albumen.media.sandbox import Sandbox
    from tests.fakes import import_into

    def tell(progress):
        print(progress.done, flush=True)
        while not Path(sys.argv[3]).exists():
            time.sleep(0.01)

    with Sandbox(workers=2) as eyes:
        print("children", *eyes.pids, flush=True)
        try:
            import_into(Folder(Path(sys.argv[1])), Path(sys.argv[2]), eyes=eyes, on_progress=tell)
        except LibraryBusy:
            sys.exit(6)
        except KeyboardInterrupt:
            sys.exit(130)
    """
)


@contextmanager
def start(library: Path, photos: Path) -> Iterator[subprocess.Popen[str]]:
    """Run an import in a process of its own, which goes when the test is over, however that ends."""
    command = [sys.executable, "-c", SLOW, str(library), str(photos), str(release(photos))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def release(photos: Path) -> Path:
    """Return the file that lets an import go on, which waits for it after its first step."""
    return photos.with_name("go on")


def wait_for_progress(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    for line in process.stdout:
        if line.strip().isdigit():
            return
    raise AssertionError("the import ended before it began")


def test_of_two_imports_at_once_one_is_refused_and_nothing_is_doubled(tmp_path: Path, photos: Path) -> None:
    library = Folder(tmp_path / "library")
    with start(library.path, photos) as first:
        wait_for_progress(first)
        with pytest.raises(LibraryBusy, match="another import"):
            import_into(library, photos)
        release(photos).touch()
        first.communicate()
    assert first.returncode == 0
    assert import_into(library, photos).known == 20
    assert (counts(library)["assets"], counts(library)["files"]) == (20, 20)


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_stopped_import_leaves_no_decoders_and_can_go_on(
    tmp_path: Path, photos: Path, sign: signal.Signals, code: int
) -> None:
    library = Folder(tmp_path / "library")
    with start(library.path, photos) as process:
        wait_for_progress(process)
        children = children_of(process.pid)
        assert children
        process.send_signal(sign)
        process.communicate()
    assert process.returncode == code
    assert ended(children, seconds=10)
    before = counts(library)["assets"]
    assert import_into(library, photos).new == 20 - before
    assert (counts(library)["assets"], counts(library)["files"]) == (20, 20)


def children_of(pid: int) -> list[int]:
    found: list[int] = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread may have ended meanwhile
            found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    return found


def ended(pids: list[int], *, seconds: float) -> bool:
    """Wait until none of the processes lives; one that only waits to be collected is dead."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(lives(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False
