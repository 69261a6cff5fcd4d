import errno
import os
from pathlib import Path

import pytest

from albumen.core.errors import DiskFull, ReadOnly
from albumen.stores.blobs import Blobs

DIGEST = "ab" * 32


def test_gives_back_what_was_put(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "thumbs")
    path = blobs.put(DIGEST, "250.webp", b"small")
    assert path.read_bytes() == b"small"
    assert blobs.find(DIGEST, "250.webp") == path
    assert blobs.find(DIGEST, "1440.jpg") is None


def test_replaces_a_variant(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    blobs.put(DIGEST, "250.webp", b"older")
    assert blobs.put(DIGEST, "250.webp", b"newer").read_bytes() == b"newer"
    assert [b.bytes for b in blobs] == [5]


def test_removes_every_variant_of_one_digest_only(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    other = "ab" * 31 + "cd"
    for digest, variant in [(DIGEST, "250.webp"), (DIGEST, "1440.jpg"), (other, "250.webp")]:
        blobs.put(digest, variant, b"x")
    assert blobs.remove(DIGEST) == 2
    assert [(b.digest, b.variant) for b in blobs] == [(other, "250.webp")]
    assert blobs.remove(DIGEST) == 0


def test_lists_everything_in_order_of_digests(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    digests = [f"{n * 7919 % 65536:04x}" * 16 for n in range(50)]
    for digest in digests:
        blobs.put(digest, "250.webp", b"x")
    assert [b.digest for b in blobs] == sorted(digests)


@pytest.mark.parametrize("digest", ["", "../../etc", "AB" * 16, "ab/cd" * 8, "short"])
def test_refuses_what_is_no_digest(tmp_path: Path, digest: str) -> None:
    with pytest.raises(ValueError, match="hex digits"):
        Blobs(tmp_path).put(digest, "250.webp", b"x")


@pytest.mark.parametrize("variant", ["", "../x", "a/b", ".hidden", "Capital"])
def test_refuses_what_is_no_variant(tmp_path: Path, variant: str) -> None:
    with pytest.raises(ValueError, match="variant"):
        Blobs(tmp_path).put(DIGEST, variant, b"x")


def test_refuses_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no bytes"):
        Blobs(tmp_path).put(DIGEST, "250.webp", b"")


def test_a_full_disk_keeps_the_older_file_and_leaves_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = Blobs(tmp_path)
    path = blobs.put(DIGEST, "250.webp", b"older")
    write, room = os.pwrite, [3]

    def pwrite(fd: int, data: bytes, offset: int) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken, room[0] = min(room[0], len(data)), 0
        return write(fd, data[:taken], offset)

    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(DiskFull, match="free some space"):
        blobs.put(DIGEST, "250.webp", b"newer")
    assert path.read_bytes() == b"older"
    assert os.listdir(path.parent) == [path.name]


def test_a_refused_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def mkdir(self: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(ReadOnly, match=r"cannot be written to: Read-only file system"):
        Blobs(tmp_path).put(DIGEST, "250.webp", b"x")


def test_sweeps_what_an_interrupted_write_left(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    path = blobs.put(DIGEST, "250.webp", b"whole")
    (path.parent / ".leftover.part").write_bytes(b"hal")
    assert [b.path for b in blobs] == [path]
    assert blobs.sweep() == 1
    assert os.listdir(path.parent) == [path.name]
