"""Pages of keys: prefix, delimiter, start and limit, as both versions of ListObjects have them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from albumen.aws_api.services.s3.store import Object

Found = tuple[str, Path]
"""A key and its file."""


@dataclass(frozen=True)
class Page:
    """Objects and common prefixes in order, and the last name of the page where more follow."""

    objects: list[Found]
    prefixes: list[str]
    more_after: str | None

    def __len__(self) -> int:
        return len(self.objects) + len(self.prefixes)


def page(found: Sequence[Found], *, prefix: str, delimiter: str, after: str, limit: int) -> Page:
    """Return at most `limit` names after `after`; keys that share a part up to the delimiter count as one."""
    objects: list[Found] = []
    prefixes: list[str] = []
    last = None
    for name, item in _names(found, prefix, delimiter):
        if name.encode() <= after.encode() or (prefixes and prefixes[-1] == name):
            continue
        if len(objects) + len(prefixes) == limit:
            return Page(objects, prefixes, last)
        last = name
        if item is None:
            prefixes.append(name)
        else:
            objects.append(item)
    return Page(objects, prefixes, None)


def _names(found: Sequence[Found], prefix: str, delimiter: str) -> Iterator[tuple[str, Found | None]]:
    for item in found:
        head, middle, _ = item[0][len(prefix) :].partition(delimiter) if delimiter else (item[0], "", "")
        yield (prefix + head + middle, None) if middle else (item[0], item)


def encode(text: str | None, encoding: str | None) -> str | None:
    """Return a key as the caller asked to have it written."""
    return quote(text, safe="/-_.~") if text is not None and encoding == "url" else text


def contents(objects: Sequence[Object], encoding: str | None) -> list[dict[str, object]]:
    """Return objects as a listing describes them."""
    return [
        {
            "Key": encode(o.key, encoding),
            "LastModified": o.modified,
            "ETag": o.etag,
            "Size": o.size,
            "StorageClass": "STANDARD",
        }
        for o in objects
    ]


def common(found: Page, encoding: str | None) -> list[dict[str, object]]:
    """Return a page's common prefixes as a listing describes them."""
    return [{"Prefix": encode(p, encoding)} for p in found.prefixes]
