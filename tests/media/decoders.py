"""Stand-ins for decoders that misbehave; the sandbox runs them in its children."""

import os
import signal
import time

from albumen.media.look import Look, look


def misbehave(path: bytes) -> Look:
    """Do what the file's name says, or look at it."""
    match os.path.basename(path):
        case b"hang.jpg":
            time.sleep(1000)
        case b"spin.jpg":
            while True:
                pass
        case b"crash.jpg":
            os.kill(os.getpid(), signal.SIGSEGV)
        case b"killed.jpg":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"exit.jpg":
            os._exit(7)
        case b"eat.jpg":
            hoard = [bytearray(64 << 20) for _ in range(1000)]
            raise AssertionError(len(hoard))
        case b"bug.jpg":
            raise KeyError("a decoder's own mistake")
        case _:
            return look(path)
    raise AssertionError("unreachable")


def count(path: bytes) -> int:
    """Do what the file's name says, or count its pages."""
    return misbehave(path).pages


def forge(path: bytes) -> object:
    """Try to smuggle a call into the parent, as a hijacked decoder would."""
    return _Evil(os.fsdecode(path))


class _Evil:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.path + ".forged",)
