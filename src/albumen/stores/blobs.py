"""Keeps thumbnails and other derived files on disk, named by the digest of their original and a variant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from albumen.stores.disk import replace, writing

DIGEST = re.compile(r"[0-9a-f]{16,128}")
VARIANT = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)?")
SHARD = re.compile(r"[0-9a-f]{2}")


@dataclass(frozen=True)
class Blob:
    """One stored file: whose it is, which variant, where, and how many bytes."""

    digest: str
    variant: str
    path: Path
    bytes: int


class Blobs:
    """A folder of files, each named `ab/cd/abcd...-variant`; a file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str, variant: str) -> Path:
        """Return where the variant is or would be, such as `path(digest, "250.webp")`."""
        if not DIGEST.fullmatch(digest):
            raise ValueError(f"A digest is 16 to 128 lower-case hex digits, not {digest!r}")
        if not VARIANT.fullmatch(variant):
            raise ValueError(f"A variant is a name such as 250.webp, not {variant!r}")
        return self.folder / digest[:2] / digest[2:4] / f"{digest}-{variant}"

    def put(self, digest: str, variant: str, data: bytes) -> Path:
        """Store `data`, replacing what was there, and return its path."""
        path = self.path(digest, variant)
        if not data:
            raise ValueError(f"Variant {variant} of {digest} has no bytes; an empty file is never stored")
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        replace(path, data, durable=False)
        return path

    def find(self, digest: str, variant: str) -> Path | None:
        """Return the path of the variant, or nothing where it is not stored."""
        path = self.path(digest, variant)
        return path if path.is_file() else None

    def remove(self, digest: str) -> int:
        """Delete every variant of `digest` and return how many there were."""
        parent = self.path(digest, "any").parent
        found = list(parent.glob(f"{digest}-*"))
        with writing(parent):
            for path in found:
                path.unlink(missing_ok=True)
        return len(found)

    def __iter__(self) -> Iterator[Blob]:
        """Yield every stored file in the order of digests; leftovers of interrupted writes are not among them."""
        for shard in _shards(self.folder):
            for folder in _shards(shard):
                yield from (blob for path in sorted(folder.iterdir()) if (blob := _blob(path)))

    def sweep(self) -> int:
        """Delete what interrupted writes left behind and return how many; only while nobody else writes."""
        parts = list(self.folder.glob("*/*/.*.part"))
        with writing(self.folder):
            for path in parts:
                path.unlink(missing_ok=True)
        return len(parts)


def _shards(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if SHARD.fullmatch(p.name) and p.is_dir())


def _blob(path: Path) -> Blob | None:
    digest, _, variant = path.name.partition("-")
    known = DIGEST.fullmatch(digest) and VARIANT.fullmatch(variant)
    return Blob(digest, variant, path, path.stat().st_size) if known else None
