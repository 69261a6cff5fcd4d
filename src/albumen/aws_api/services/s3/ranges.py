"""Parts of files: what a Range header asks for, and the bytes in pieces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from albumen.aws_api.errors import Fault

RANGE = re.compile(r"bytes=(\d*)-(\d*)")
PIECE = 1 << 20


@dataclass(frozen=True)
class Slice:
    """A file's bytes from `start` up to, not including, `stop`; iterating reads them."""

    path: Path
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def __iter__(self) -> Iterator[bytes]:
        left = len(self)
        with self.path.open("rb") as file:
            file.seek(self.start)
            while left > 0 and (piece := file.read(min(PIECE, left))):
                left -= len(piece)
                yield piece


def asked(header: str | None, size: int) -> tuple[int, int] | None:
    """Return start and stop of the one range asked for, None for everything; malformed ranges mean everything."""
    match = RANGE.fullmatch(header or "")
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if start >= size or start >= stop:
        raise Fault("InvalidRange", "The requested range is not satisfiable.", members={"ActualObjectSize": str(size)})
    return start, stop
