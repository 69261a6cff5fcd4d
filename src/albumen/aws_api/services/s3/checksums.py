"""Checksums that clients send and ask for, all in base64: the CRC family, SHA-1, SHA-256, SHA-512 and MD5."""
# awscrt is an untyped vendor package.

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, cast

from awscrt import checksums as crt  # pyright: ignore[reportMissingTypeStubs]

from albumen.aws_api.errors import Fault

Step = Callable[[bytes, int], int]


class Digest(Protocol):
    """Something that is fed bytes and then says what they add up to."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""
        ...

    def digest(self) -> bytes:
        """Return the sum of all bytes so far."""
        ...


class Crc:
    """A cyclic redundancy check of `size` bytes, most significant byte first."""

    def __init__(self, step: Step, size: int) -> None:
        self._step, self._size, self._value = step, size, 0

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""
        self._value = self._step(data, self._value)

    def digest(self) -> bytes:
        """Return the sum of all bytes so far."""
        return self._value.to_bytes(self._size, "big")


ALGORITHMS: Mapping[str, Callable[[], Digest]] = {
    "CRC32": lambda: Crc(cast("Step", crt.crc32), 4),
    "CRC32C": lambda: Crc(cast("Step", crt.crc32c), 4),
    "CRC64NVME": lambda: Crc(cast("Step", crt.crc64nvme), 8),
    "SHA1": lambda: hashlib.sha1(usedforsecurity=False),
    "SHA256": hashlib.sha256,
    "SHA512": hashlib.sha512,
    "MD5": lambda: hashlib.md5(usedforsecurity=False),
}
PREFIX = "x-amz-checksum-"


def create(names: Iterable[str]) -> dict[str, Digest]:
    """Return a running sum for each algorithm, or refuse one that is not served."""
    wanted = list(names)
    for name in wanted:
        if name not in ALGORITHMS:
            known = ", ".join(ALGORITHMS)
            raise Fault("InvalidRequest", f"The checksum algorithm {name} is not served here; use one of {known}.")
    return {name: ALGORITHMS[name]() for name in wanted}


def text(digest: Digest) -> str:
    """Return a sum as it goes over the wire."""
    return base64.b64encode(digest.digest()).decode()


def announced(trailer: str) -> list[str]:
    """Return the algorithms that an `x-amz-trailer` header promises."""
    names = (n.strip().lower() for n in trailer.split(","))
    return [n.removeprefix(PREFIX).upper() for n in names if n.startswith(PREFIX)]


def check(expected: Mapping[str, str], digests: Mapping[str, Digest]) -> None:
    """Refuse a body whose sums are not what the client said."""
    for name, value in expected.items():
        if text(digests[name]) != value:
            raise Fault("BadDigest", f"The {name} you specified did not match the calculated checksum.")


def composite(name: str, parts: Iterable[str]) -> str:
    """Return the checksum of checksums that S3 gives an object put together from parts."""
    total, count = ALGORITHMS[name](), 0
    for part in parts:
        total.update(base64.b64decode(part))
        count += 1
    return f"{text(total)}-{count}"


def combined_crc64(parts: Iterable[tuple[str, int]]) -> str:
    """Return the CRC64NVME of a whole from that of its parts and their sizes."""
    total = 0
    for part, size in parts:
        value = int.from_bytes(base64.b64decode(part), "big")
        total = crt.combine_crc64nvme(total, value, size)
    return base64.b64encode(total.to_bytes(8, "big")).decode()
