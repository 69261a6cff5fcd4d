"""What kinds of documents there are, and the first judgement of an asset, from what an import said of it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from albumen.library.documents import recognise
from albumen.stores.catalog import documents

TASK = "document"
"""The fact that says what kind of document an asset is: a dictionary by a card, a kind's name by its owner."""
OWNER = "owner"


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
