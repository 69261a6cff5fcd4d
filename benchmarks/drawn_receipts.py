"""Receipts drawn with Pillow whose words, fields and items are known exactly; `receipts.toml` holds what they say."""

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from worn_paper import HARSH, WEARS, worn

_FONTS = Path("/usr/share/fonts/truetype")
FONTS = (
    "dejavu/DejaVuSansMono.ttf", "liberation/LiberationMono-Regular.ttf", "liberation/LiberationSans-Regular.ttf",
    "dejavu/DejaVuSansCondensed.ttf", "liberation/LiberationSansNarrow-Regular.ttf", "dejavu/DejaVuSansMono-Bold.ttf",
    "hack/Hack-Regular.ttf", "liberation/LiberationMono-Bold.ttf",
)  # fmt: skip
SAID: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("receipts.toml").read_text("utf-8"))


@dataclass
class Item:
    """One thing sold: its name, how many, the price of one and of all."""

    name: str
    quantity: int
    unit: float

    @property
    def price(self) -> float:
        """Return the price of all."""
        return round(self.quantity * self.unit, 2)


@dataclass
class Receipt:
    """A receipt (h, w, 3), its printed lines from the top, its fields by type, and its items as printed fields."""

    name: str
    image: NDArray[np.uint8]
    lines: list[str]
    fields: dict[str, str]
    items: list[dict[str, str]]


@dataclass
class _Row:
    """One printed row: texts at places (0 left, 1 right end, in parts of the width), in one size."""

    parts: list[tuple[float, str, str]]  # place, side that stands there, text
    size: float = 1.0


@dataclass
class _Writer:
    """What one receipt says while it is being made up."""

    chance: random.Random
    said: dict[str, Any]
    half: int
    dense: bool = False  # in capitals, many items, codes after prices
    rows: list[_Row] = field(default_factory=list[_Row])
    fields: dict[str, str] = field(default_factory=dict[str, str])
    items: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    def pick(self, kind: str) -> str:
        """Return one of the entries of a list that this half may use."""
        text = self.chance.choice(self.said[kind][self.half :: 2])
        return text.upper() if self.dense and kind != "dates" else text

    def middle(self, text: str, size: float = 1.0) -> None:
        self.rows.append(_Row([(0.5, "m", text)], size))

    def left(self, text: str) -> None:
        self.rows.append(_Row([(0.0, "l", text)]))

    def pair(self, label: str, value: str, size: float = 1.0) -> None:
        self.rows.append(_Row([(0.0, "l", label), (1.0, "r", value)], size))

    def gap(self) -> None:
        self.rows.append(_Row([], self.chance.choice((0.4, 0.8))))


class _Money:
    """How one receipt writes amounts."""

    def __init__(self, writer: _Writer) -> None:
        said = writer.said
        place = writer.chance.randrange(len(said["money"]))
        self._signed = said["money"][place], said.get("suffix", [""] * 9)[place]
        self._decimal = said["decimal"]

    def plain(self, amount: float) -> str:
        """Write an amount without a sign of its currency."""
        whole = f"{amount:,.2f}" if self._decimal == "." else f"{amount:.2f}"
        return whole if self._decimal == "." else whole.replace(".", ",")

    def full(self, amount: float) -> str:
        """Write an amount with the sign that this receipt uses, if any."""
        return f"{self._signed[0]}{self.plain(amount)}{self._signed[1]}"


def receipt(seed: int, *, half: int, wear: str) -> Receipt:
    """Return the receipt that a number makes, printed from the lists of one half, on paper worn in one way."""
    chance = random.Random(seed * 2 + half)
    place = chance.choice([name for name in SAID for _ in range(5 if name == "en_my" else 3 if "en" in name else 1)])
    writer = _Writer(chance, SAID[place], half, dense=wear in HARSH)
    money = _Money(writer)
    _head(writer)
    _particulars(writer)
    sold = _sold(writer)
    _list_items(writer, sold, money)
    _sums(writer, sold, money)
    _tail(writer)
    image, lines = _printed(writer)
    return Receipt(
        f"{wear} {place} {seed}", worn(image, wear, np.random.default_rng(seed)), lines, writer.fields, writer.items
    )


def _head(w: _Writer) -> None:
    company = w.pick("companies")
    w.fields["VENDOR_NAME"] = company
    put = w.middle if w.chance.random() < 0.75 else w.left
    if w.chance.random() < 0.12:
        put(w.chance.choice(("WELCOME", "tan mei ling", "*** COPY ***", "RECEIPT")))
    w.middle(company, w.chance.choice((1.0, 1.2, 1.5, 1.8))) if put == w.middle else w.left(company)
    if w.chance.random() < 0.3:
        put(w.chance.choice(("(123456-X)", "Reg. No. 20180456", "(Co. No: 882231-K)", "Est. 1987")))
    address = [w.pick("streets"), w.pick("towns")]
    if w.chance.random() < 0.2:
        address = [f"{address[0]}, {address[1]}"]
    for part in address:
        put(part)
    w.fields["VENDOR_ADDRESS"] = " ".join(address)
    if w.chance.random() < 0.75:
        phone = w.pick("phones")
        put(phone)
        w.fields["VENDOR_PHONE"] = phone
    for _ in range(w.chance.randrange(2)):
        put(w.pick("noise"))
    w.gap()


def _particulars(w: _Writer) -> None:
    day = date(2016, 1, 1) + timedelta(days=w.chance.randrange(3400))
    written = day.strftime(w.pick("dates"))
    w.fields["INVOICE_RECEIPT_DATE"] = written
    clock = f"{w.chance.randrange(8, 22)}:{w.chance.randrange(60):02}"
    clock = w.chance.choice((clock, f"{clock}:{w.chance.randrange(60):02}", f"{clock} PM", ""))
    number = w.chance.choice(("{:06}", "A{:05}", "R-{:05}", "{:04}/12", "INV{:06}", "{:08}"))
    number = number.format(w.chance.randrange(100000))
    w.fields["INVOICE_RECEIPT_ID"] = number
    when, which = f"{w.pick('date')}{written} {clock}".strip(), f"{w.pick('receipt')}{number}"
    style = w.chance.random()
    if style < 0.4:
        w.left(which)
        w.left(when)
    elif style < 0.7:
        w.left(when)
        w.left(which)
    else:
        w.pair(which, when) if len(which) + len(when) < 38 else (w.left(which), w.left(when))
    if w.chance.random() < 0.5:
        w.left(w.pick("noise"))
    w.rows.append(_Row([(0.5, "m", w.chance.choice(("-", "=", "*")) * 36)])) if w.chance.random() < 0.5 else w.gap()


def _sold(w: _Writer) -> list[Item]:
    names = w.said["items"][w.half :: 2]
    names = [one.upper() for one in names] if w.dense else w.chance.sample(names, w.chance.randrange(1, 6))
    counts = [w.chance.choice((1, 1, 1, 2, 3, 6)) for _ in names]
    units = [round(w.chance.choice((0.5, 3, 12, 30)) * w.chance.uniform(0.8, 2.5), 2) for _ in names]
    return [Item(*one) for one in zip(names, counts, units, strict=True)]


_HEADS = {
    "columns": (("Item", "Qty", "Price", "Amount"), ("DESCRIPTION", "QTY", "U/PRICE", "TOTAL")),
    "quantity first": (("Qty", "Item", "", "Price"), ("QTY", "DESCRIPTION", "", "AMOUNT")),
}


def _list_items(w: _Writer, sold: Sequence[Item], money: _Money) -> None:
    style = w.chance.choice(("plain", "columns", "quantity first", "two rows", "coded", "times"))
    if style in _HEADS and w.chance.random() < 0.8:
        w.rows.append(_columns(style, _HEADS[style][w.half]))
    for one in sold:
        price, unit, count = money.plain(one.price), money.plain(one.unit), str(one.quantity)
        made = {"ITEM": one.name, "PRICE": price}
        match style:
            case "columns":
                w.rows.append(_columns(style, (one.name, count, unit, price)))
                made |= {"QUANTITY": count, "UNIT_PRICE": unit}
            case "quantity first":
                w.rows.append(_columns(style, (count, one.name, "", price)))
                made |= {"QUANTITY": count}
            case "two rows":
                w.left(one.name)
                w.rows.append(_Row([(0.06, "l", f"{count} x {unit}"), (1.0, "r", price)]))
                made |= {"QUANTITY": count, "UNIT_PRICE": unit}
            case "coded":
                w.left(f"{w.chance.randrange(10**12, 10**13)} {one.name}")
                w.rows.append(_Row([(0.1, "l", f"{count} PC"), (0.6, "r", unit), (1.0, "r", price)]))
                made |= {"QUANTITY": count, "UNIT_PRICE": unit}
            case "times":
                w.pair(f"{count} x {one.name}" if one.quantity > 1 else one.name, price)
                made |= {"QUANTITY": count} if one.quantity > 1 else {}
            case _:
                code = w.chance.choice((" A", " T", " SR", "")) if w.dense else ""
                w.pair(one.name, money.full(one.price) + code)
        w.items.append(made)
    w.rows.append(_Row([(0.5, "m", "-" * 36)])) if w.chance.random() < 0.5 else w.gap()


def _columns(style: str, texts: Sequence[str]) -> _Row:
    places = ((0.0, "l"), (0.62, "r"), (0.81, "r"), (1.0, "r"))
    if style == "quantity first":
        places = ((0.0, "l"), (0.12, "l"), (0.8, "r"), (1.0, "r"))
    return _Row([(at, side, text) for (at, side), text in zip(places, texts, strict=True) if text])


def _sums(w: _Writer, sold: Sequence[Item], money: _Money) -> None:
    net = round(sum(one.price for one in sold), 2)
    if w.chance.random() < 0.25 and net > 2:
        off = round(0.1 * net, 2)
        w.pair(w.pick("discount"), f"-{money.plain(off)}")
        w.fields["DISCOUNT"], net = money.plain(off), round(net - off, 2)
    taxed = w.chance.random() < 0.7
    tax = round(net * w.chance.choice((0.06, 0.1, 0.2)), 2) if taxed else 0.0
    if taxed:
        w.pair(w.pick("subtotal"), money.full(net))
        w.pair(w.pick("tax"), money.full(tax))
        w.fields |= {"SUBTOTAL": money.plain(net), "TAX": money.plain(tax)}
    total = round(net + tax, 2)
    big = w.chance.choice((1.0, 1.0, 1.25, 1.6))
    if "rounded" in w.said and w.chance.random() < 0.5:
        w.pair(w.pick("total"), money.full(total))
        rounded = round(round(total * 20) / 20, 2)
        w.pair(w.pick("rounded"), f"{rounded - total:.2f}")
        w.pair(w.pick("rounded_total"), money.full(rounded), big)
        total = rounded
    else:
        w.pair(w.pick("total"), money.full(total), big)
    w.fields["TOTAL"] = money.plain(total)
    if w.chance.random() < 0.65:
        given = total if w.chance.random() < 0.5 else float(int(total / 10 + 1) * 10)
        w.pair(w.pick("paid"), money.full(given))
        if given != total:
            w.pair(w.pick("change"), money.full(round(given - total, 2)))


def _tail(w: _Writer) -> None:
    w.gap()
    for _ in range(w.chance.randrange(1, 4)):
        (w.middle if w.chance.random() < 0.7 else w.left)(w.pick("noise"))


def _printed(w: _Writer) -> tuple[Image.Image, list[str]]:
    """Print the rows on a strip of paper and return it with the text of its rows."""
    path = w.chance.choice([str(_FONTS / name) for name in FONTS[w.half :: 2] if (_FONTS / name).exists()])
    size = w.chance.randrange(22, 31)
    base = ImageFont.truetype(path, size)
    widest = max(base.getlength("  ".join(text for _, _, text in row.parts)) for row in w.rows)
    width, margin = round(max(widest * 1.02, 26 * size * 0.6)), w.chance.randrange(18, 60)
    step = size * w.chance.uniform(1.15, 1.5)
    height = round(sum(step * max(row.size, 0.4) for row in w.rows)) + 3 * margin
    paper = Image.new("L", (width + 2 * margin, height), 255)
    draw, y = ImageDraw.Draw(paper), float(margin)
    for row in w.rows:
        longest = max((base.getlength(text) for _, _, text in row.parts), default=1) * max(1, len(row.parts))
        scale = min(row.size, max(1.0, width / longest))
        font = ImageFont.truetype(path, round(size * scale))
        for at, side, text in row.parts:
            draw.text((margin + at * width, y), text, fill=20, font=font, anchor=f"{side}a")
        y += step * max(row.size, 0.4)
    texts = [" ".join(text for _, _, text in row.parts) for row in w.rows]
    return paper, [text for text in texts if any(c.isalnum() for c in text)]


def receipts(count: int, *, half: int) -> list[Receipt]:
    """Return receipts of one half, every kind of wear in turn."""
    return [receipt(i, half=half, wear=WEARS[i % len(WEARS)]) for i in range(count)]
