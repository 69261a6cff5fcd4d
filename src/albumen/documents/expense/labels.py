"""What a row of a receipt is about, by what it calls itself, in many languages."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

AMOUNTS = frozenset(
    ("SUBTOTAL", "TAX", "DISCOUNT", "GRATUITY", "SERVICE_CHARGE", "SHIPPING_HANDLING_CHARGE", "AMOUNT_DUE",
     "AMOUNT_PAID", "PRIOR_BALANCE", "TOTAL", "CHANGE", "NONE")
)  # fmt: skip
DATES = frozenset(("DUE_DATE", "DELIVERY_DATE", "ORDER_DATE", "OTHER_DATE", "INVOICE_RECEIPT_DATE"))
UNNAMED = frozenset(("NONE", "CHANGE", "OTHER_DATE"))
"""Kinds that answers do not name; knowing them keeps their values from being taken for others."""
_LETTERS = str.maketrans({"ł": "l", "ß": "ss", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "°": "o", "º": "o"})


@dataclass(frozen=True)
class Label:
    """A kind of field, how it is written, and how it ranks among rows of its kind."""

    kind: str
    pattern: re.Pattern[str]
    rank: int = 1


def plain(text: str) -> str:
    """Return a text in small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in parts if not unicodedata.combining(c))


@cache
def labels() -> tuple[Label, ...]:
    """Return all labels, in the order in which they are tried."""
    text = resources.files(__package__ or "").joinpath("labels.toml").read_text("utf-8")
    rows = tomllib.loads(text)["label"]
    return tuple(Label(row["kind"], re.compile(row["pattern"]), row.get("rank", 1)) for row in rows)


def label_of(text: str, *, among: frozenset[str] | None = None) -> Label | None:
    """Return what a text calls itself, or None."""
    asked = plain(text)
    return next((one for one in labels() if (among is None or one.kind in among) and one.pattern.search(asked)), None)
