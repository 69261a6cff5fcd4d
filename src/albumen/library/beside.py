"""What lies beside a picture and belongs to it: a Live Photo's clip, and sidecars, which are read up to a size."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter

from albumen.core.errors import MediaError, TooLarge, Unreachable
from albumen.library.scan import Sighting
from albumen.media import sidecars
from albumen.media.record import Metadata
from albumen.stores.catalog.intake import NewFile

_METADATA = TypeAdapter(Metadata)


@dataclass(frozen=True)
class Beside:
    """The files that belong to a picture, and what its sidecars hold, the most telling last."""

    files: tuple[NewFile, ...] = ()
    contents: tuple[tuple[str, bytes], ...] = ()
    refused: tuple[tuple[Sighting, MediaError], ...] = ()

    def tell(self, own: Metadata) -> Metadata:
        """Return what file and sidecars say together."""
        return sidecars.merged(own, self.contents)

    def with_clip(self, clip: Sighting, digest: str) -> "Beside":
        """Return the same with a Live Photo's clip."""
        file = NewFile(clip.path, digest, "live", clip.bytes, clip.mtime_ns)
        return Beside((file, *self.files), self.contents, self.refused)


def read(files: Iterable[Sighting]) -> Beside:
    """Read sidecars; what cannot be read or is too large to be one is refused with a reason."""
    kept: list[NewFile] = []
    contents: list[tuple[str, bytes]] = []
    refused: list[tuple[Sighting, MediaError]] = []
    for file in files:
        try:
            content = _content(file)
        except OSError as error:
            refused.append((file, Unreachable(f"The sidecar cannot be read: {error.strerror or error}.")))
            continue
        if len(content) > sidecars.MOST_BYTES:
            refused.append((file, TooLarge(f"No sidecar has more than {sidecars.MOST_BYTES // 1_000_000} MB.")))
            continue
        digest = hashlib.sha256(content).hexdigest()
        kept.append(NewFile(file.path, digest, "sidecar", len(content), file.mtime_ns))
        contents.append((os.fsdecode(os.path.basename(file.path)), content))
    return Beside(tuple(kept), tuple(contents), tuple(refused))


def _content(file: Sighting) -> bytes:
    with open(file.path, "rb") as opened:
        return opened.read(sidecars.MOST_BYTES + 1)


def dump(own: Metadata) -> object:
    """Return what a file says of itself as JSON can hold it."""
    return _METADATA.dump_python(own, mode="json", exclude_defaults=True)


def load(value: object) -> Metadata:
    """Return what a file once said of itself."""
    return _METADATA.validate_python(value)
