"""Between object keys and file paths: every key has a path inside its bucket, and harmless keys are their own path.

Escapes start with `%`: `%XX` for a byte that a file name cannot hold, `%` alone for an empty part,
`%+` at the end of a piece of a part too long for one name, `%d` and `%f` at the end of the folder or the file
where a key is both an object and the beginning of others.
"""

import re
from collections.abc import Iterator
from pathlib import Path

LONGEST_KEY = 1024
LONGEST_PIECE = 200
ESCAPED = re.compile(r"%([0-9A-F]{2})")
UNSAFE = re.compile(rb"[\x00-\x1f%\\:*?\"<>|\x7f]")
BUCKET = re.compile(r"(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def names(key: str) -> list[str]:
    """Return the file names, outermost first, that stand for a key's parts."""
    return [piece for part in key.split("/") for piece in _pieces(part)]


def _pieces(part: str) -> Iterator[str]:
    if not part:
        yield "%"
        return
    text = _escape(part)
    while len(text.encode()) > LONGEST_PIECE:
        cut = _cut(text)
        yield text[:cut] + "%+"
        text = text[cut:]
    yield text


def _escape(part: str) -> str:
    if part in (".", ".."):
        return part.replace(".", "%2E")
    escaped = UNSAFE.sub(lambda m: b"%%%02X" % m[0][0], part.encode())
    return escaped.decode()


def _cut(text: str) -> int:
    """Return where to cut so that the piece has at most LONGEST_PIECE bytes and no escape is cut in two."""
    cut = len(text.encode()[:LONGEST_PIECE].decode(errors="ignore"))
    last = text.rfind("%", cut - 2, cut)
    return last if last > 0 else cut


def key(parts: list[str]) -> str | None:
    """Return the key that file names stand for, or None for names that no key has."""
    text = "".join(_part(p) for p in parts)[:-1]
    try:
        decoded = ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    except ValueError:
        return None
    return decoded if len(decoded.encode()) <= LONGEST_KEY and names(decoded) == [_plain(p) for p in parts] else None


def _plain(name: str) -> str:
    return name[:-2] if name.endswith(("%d", "%f")) else name


def _part(name: str) -> str:
    name = _plain(name)
    if name == "%":
        return "/"
    return name[:-2] if name.endswith("%+") else name + "/"


def locate(bucket: Path, key: str) -> Path:
    """Return where an object's file is, or would be written now."""
    *folders, name = names(key)
    place = bucket
    for folder in folders:
        place = _folder(place, folder)
    plain, marked = place / name, place / f"{name}%f"
    return marked if marked.exists() or plain.is_dir() else plain


def _folder(place: Path, name: str) -> Path:
    plain, marked = place / name, place / f"{name}%d"
    return marked if marked.exists() or plain.is_file() else plain


def inside(bucket: Path, path: Path) -> bool:
    """Tell whether a path, followed through links, stays in its bucket."""
    return path.resolve().is_relative_to(bucket.resolve())
