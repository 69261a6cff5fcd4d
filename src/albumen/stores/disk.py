"""Knows how bytes reach the disk whole: full disks, refused writes, atomic replacement."""

import errno
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from albumen.core.errors import DiskFull, ReadOnly, StoreError

NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def writing(path: Path) -> Generator[None]:
    """Turn what the operating system says about a failed write to `path` into one of our errors."""
    try:
        yield
    except OSError as error:
        raise _meaning(error, path) from error


def _meaning(error: OSError, path: Path) -> StoreError:
    if error.errno in NO_SPACE:
        return DiskFull(f"No space is left to write {path}: free some space and try again; nothing was lost.")
    if error.errno in REFUSED:
        return ReadOnly(f"{path} cannot be written to: {error.strerror}; check its owner and the mount.")
    return StoreError(f"Writing {path} failed: {error.strerror or error}; check the path and the disk.")


def write_all(fd: int, data: bytes | memoryview, offset: int) -> None:
    """Write all of `data` at `offset`; the system may take several calls for it."""
    view = memoryview(data).cast("B")
    done = 0
    while done < len(view):
        done += os.pwrite(fd, view[done:], offset + done)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def replace(path: Path, data: bytes | memoryview, *, durable: bool = True) -> None:
    """Put `data` at `path` so that a reader sees the old bytes or the new ones, never a part.

    Without `durable` the new file may be missing after a power cut, which suits what can be made again.
    """
    with writing(path):
        fd, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        try:
            write_all(fd, data, 0)
            os.fchmod(fd, 0o644)
            os.fdatasync(fd)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        finally:
            os.close(fd)
        if durable:
            sync_folder(path.parent)
