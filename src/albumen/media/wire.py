"""How the sandbox's parent and child talk: small framed messages, and pixels through memory that has no name.

What the child sends is not trusted: it may only be made of the types listed here.
"""

import io
import mmap
import os
import pickle
import socket
import struct
import tempfile
from collections.abc import Sequence
from typing import Any

_HEADER = struct.Struct("!IB")
_ALIGN = 64
_ALLOWED_MODULES = ("albumen.media.", "albumen.core.errors")
_ALLOWED = frozenset(
    {
        ("datetime", "datetime"),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy._core.numeric", "_frombuffer"),
        ("numpy.core.numeric", "_frombuffer"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy.core.multiarray", "_reconstruct"),
    }
)


class Garbled(Exception):
    """What came is no message of ours."""


class _Careful(pickle.Unpickler):
    """Builds our own records, dates and arrays, and nothing else."""

    def find_class(self, module: str, name: str, /) -> Any:
        ours = module.startswith(_ALLOWED_MODULES) and name[:1].isupper() and "." not in name
        if not ours and (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} may not come out of the sandbox")
        return super().find_class(module, name)


def send(to: socket.socket, message: object) -> None:
    """Send a message; the bytes of its arrays go into nameless memory, whose descriptor is sent along."""
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    raws = [buffer.raw() for buffer in buffers]
    note = pickle.dumps((body, [raw.nbytes for raw in raws]), protocol=5)
    header = _HEADER.pack(len(note), bool(raws))
    if not raws:
        to.sendall(header + note)
        return
    memory = _nameless()
    try:
        _write(memory, raws)
        socket.send_fds(to, [header], [memory])
        to.sendall(note)
    finally:
        os.close(memory)


def receive(source: socket.socket) -> Any:
    """Receive a message; raise `EOFError` when the other side is gone. Arrays are mapped, not copied."""
    header, descriptors = _header(source)
    memory = descriptors[0] if descriptors else None
    try:
        length, _ = _HEADER.unpack(header)
        body, sizes = _load(_exactly(source, length), ())
        buffers = _map(memory, sizes) if memory is not None else []
        return _load(body, buffers)
    finally:
        if memory is not None:
            os.close(memory)


def _load(body: bytes, buffers: Sequence[memoryview]) -> Any:
    try:
        return _Careful(io.BytesIO(body), buffers=buffers).load()
    except (pickle.UnpicklingError, ValueError, TypeError, LookupError, AttributeError, ImportError, EOFError) as error:
        raise Garbled(str(error)) from error


def _header(source: socket.socket) -> tuple[bytes, list[int]]:
    header, descriptors, _, _ = socket.recv_fds(source, _HEADER.size, 1)
    if not header:
        raise EOFError
    return header + _exactly(source, _HEADER.size - len(header)), descriptors


def _exactly(source: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = source.recv(min(1 << 20, length - len(parts)))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _nameless() -> int:
    """Return a descriptor of memory that vanishes with its last user."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("albumen", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _write(memory: int, raws: Sequence[memoryview]) -> None:
    at = 0
    for raw in raws:
        done = 0
        while done < raw.nbytes:
            done += os.pwrite(memory, raw[done:], at + done)
        at += -(-raw.nbytes // _ALIGN) * _ALIGN


def _map(memory: int, sizes: Sequence[int]) -> list[memoryview]:
    total = os.fstat(memory).st_size
    mapped = memoryview(mmap.mmap(memory, total, access=mmap.ACCESS_COPY))
    views: list[memoryview] = []
    at = 0
    for size in sizes:
        views.append(mapped[at : at + size])
        at += -(-size // _ALIGN) * _ALIGN
    return views
