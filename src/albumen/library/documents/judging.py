"""What kinds of documents there are, and the first judgement of an asset, from what an import said of it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from albumen.library.documents import recognise
from albumen.stores.catalog import documents, intake

TASK = "document"
"""The fact that says what kind of document an asset is: a dictionary by a card, a kind's name by its owner."""
FIELDS = "fields"
"""The fact that holds what a receipt or an identity paper says by kinds."""
OWNER = "owner"
SHORT = ("kind", "confidence", "pages", "read")


class Kind(StrEnum):
    """What a document is. `UNREAD` may be one, `NONE` is a picture with some text."""

    RECEIPT = "receipt"
    INVOICE = "invoice"
    IDENTITY = "identity"
    FORM = "form"
    TEXT = "text"
    SCREENSHOT = "screenshot"
    NONE = "none"
    UNREAD = "unread"


DOCUMENTS = (Kind.RECEIPT, Kind.INVOICE, Kind.IDENTITY, Kind.FORM, Kind.TEXT)


def judge(db: Connection, asset_id: int, said: Sequence[tuple[str, Any]], *, pages: int | None) -> None:
    """Write down whether an asset may be a document, from (task, value) of what was said of it; `pages` if it is."""
    if pages is None and not any(task == "text" for task, _ in said):
        return
    chance = 1.0 if pages else recognise.chance_of(said)
    kind = Kind.TEXT if pages else Kind.UNREAD if chance >= recognise.WORTH_READING else Kind.NONE
    owner = next((str(value) for task, value in said if task == TASK and isinstance(value, str)), None)
    count = pages or 1
    read = count if (owner or kind) == Kind.NONE else 0
    values = {"kind": owner or kind, "confidence": round(chance, 3), "pages": count, "read": read}
    documents.put(db, asset_id, values | {"card": recognise.CARD})


def short(db: Connection, asset_id: int) -> dict[str, Any] | None:
    """Return what kind of document an asset is and how much of it was read; None where it is none."""
    known = documents.get(db, asset_id)
    if known is None or known.kind in (Kind.NONE, Kind.UNREAD):
        return None
    return {name: getattr(known, name) for name in SHORT}


def sort_as(db: Connection, asset_id: int, kind: str) -> None:
    """Write down which kind of document a person says an asset is; it is read if that was not done."""
    known = documents.get(db, asset_id)
    if known is None:
        values = {"confidence": 1.0, "pages": 1, "read": int(kind == Kind.NONE), "card": recognise.CARD}
        documents.put(db, asset_id, values | {"kind": kind})
        return
    skipped = known.kind == Kind.NONE and intake.fact(db, asset_id, TASK, recognise.CARD) is None
    documents.set_kind(db, asset_id, kind, read=0 if skipped and kind != Kind.NONE else known.read)


def forget(db: Connection, asset_id: int) -> None:
    """Let the next second look judge an asset again."""
    documents.remove(db, asset_id)
