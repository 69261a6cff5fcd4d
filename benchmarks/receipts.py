"""Score receipts drawn with known truth: text, fields and items, and the text of other programs in the same run.

    python benchmarks/receipts.py [--count N] [--first SEED] [--half 0|1] [--harsh] [--tesseract] [--rapidocr PYTHON]

Half 0 is what rules were made with; half 1 prints other words in other fonts, and is only looked at to measure.
PYTHON is an interpreter that has the package rapidocr.
"""

import argparse
import collections
import difflib
import json
import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
from drawn_receipts import HARSH, WEARS, Receipt, receipt

from albumen.documents import facts
from albumen.documents.document import Page
from albumen.documents.expense import reading
from albumen.documents.pages import Sheet
from albumen.documents.reader import Reader
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore
from albumen.vision.text.ppocr import PPOCR, Setting

FIELDS = (
    "VENDOR_NAME", "VENDOR_ADDRESS", "VENDOR_PHONE", "INVOICE_RECEIPT_DATE", "INVOICE_RECEIPT_ID", "SUBTOTAL", "TAX",
    "TOTAL", "DISCOUNT",
)  # fmt: skip
AMOUNTS = frozenset(("SUBTOTAL", "TAX", "TOTAL", "DISCOUNT", "PRICE", "UNIT_PRICE"))
_PEER = (
    "import json, sys, time; from rapidocr import RapidOCR; ocr = RapidOCR(); rows = []\n"
    "for path in sys.argv[1:]:\n"
    "    began = time.process_time(); found = ocr(path)\n"
    "    rows.append((list(found.txts or ()), time.process_time() - began))\n"
    "print(json.dumps(rows))"
)


def alike(a: str, b: str) -> float:
    """Return how alike two texts are, letters and digits alone, 0 to 1."""
    plain = [re.sub(r"\W+", "", text.casefold()) for text in (a, b)]
    return difflib.SequenceMatcher(None, *plain, autojunk=False).ratio()


def right(kind: str, got: str, wanted: str) -> bool:
    """Say whether a field says what is printed: amounts by value, telephones by digits, others nearly by letter."""
    if kind in AMOUNTS:
        return abs(abs(facts.value_of(got)) - facts.value_of(wanted)) < 0.006
    if kind == "VENDOR_PHONE":
        return re.sub(r"\D", "", got) == re.sub(r"\D", "", wanted.split("FAX")[0])
    return alike(got, wanted) >= (1.0 if kind in ("QUANTITY", "INVOICE_RECEIPT_DATE") else 0.9)


class Score:
    """Counts of what was right, by measure."""

    def __init__(self) -> None:
        self.right, self.all = collections.Counter[str](), collections.Counter[str]()

    def add(self, name: str, right: float, of: float = 1) -> None:
        """Count what was right of what there was."""
        self.right[name] += right
        self.all[name] += of

    def text(self, wanted: Sequence[str], got: Sequence[str]) -> None:
        """Count words (F1), lines found and letters changed."""
        bags = [
            collections.Counter(w for w in " ".join(t).split() if any(c.isalnum() for c in w)) for t in (wanted, got)
        ]
        self.add("words", 2 * (bags[0] & bags[1]).total(), sum(bag.total() for bag in bags))
        rows = [_rowed(one) for one in got]
        self.add("lines", sum(max((alike(one, row) for row in rows), default=0) >= 0.9 for one in wanted), len(wanted))
        letters = "".join(_rowed(one) for one in wanted)
        self.add("letters wrong", _distance(letters, "".join(rows)), len(letters))

    def fields(self, drawn: Receipt, page: Page) -> None:
        """Count fields and items."""
        expense = reading.read(page)
        found: dict[str, str] = {}
        for field in expense.fields:
            found.setdefault(field.kind, field.text)
        for kind in FIELDS:
            if kind in drawn.fields:
                self.add(kind, kind in found and right(kind, found[kind], drawn.fields[kind]))
        items = [{field.kind: field.text for field in item} for item in expense.items]
        for wanted in drawn.items:
            got = next((one for one in items if alike(one.get("ITEM", ""), wanted["ITEM"]) >= 0.85), {})
            for kind, text in wanted.items():
                self.add(
                    f"items: {kind}", (kind == "ITEM" and bool(got)) or (kind in got and right(kind, got[kind], text))
                )

    def rows(self) -> Iterable[tuple[str, float]]:
        """Yield each measure with its share."""
        return ((name, self.right[name] / self.all[name]) for name in self.all)


def _rowed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _distance(a: str, b: str) -> int:
    """Return how many letters differ, by the longest common runs."""
    same = sum(block.size for block in difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return max(len(a), len(b)) - same


def printed(page: Page) -> list[str]:
    """Return the rows of a page as they are printed, lines side by side joined."""
    from albumen.documents.tables.unruled import rows_of

    return [" ".join(line.text for line in row) for row in rows_of(page.lines)]


def ours(drawn: Sequence[Receipt], models: Path) -> tuple[Score, dict[str, Score], float]:
    """Return our score, that of each kind of wear, and seconds of processor time a page."""
    pool = Pool(ModelStore(models))
    reader = Reader(PPOCR(Cards.load()["ppocr-v6.small"], pool, setting=Setting.PAGE))
    reader.page(Sheet(1, drawn[0].image))
    total, by_wear, began = Score(), {one.name.split()[0]: Score() for one in drawn}, time.process_time()
    pages = [reader.page(Sheet(1, one.image)) for one in drawn]
    seconds = (time.process_time() - began) / len(drawn)
    for one, page in zip(drawn, pages, strict=True):
        for score in (total, by_wear[one.name.split()[0]]):
            score.text(one.lines, printed(page))
            score.fields(one, page)
    return total, by_wear, seconds


def tesseract(paths: Sequence[Path]) -> list[tuple[list[str], float]]:
    """Return lines and seconds of processor time of each picture by Debian's program."""
    found: list[tuple[list[str], float]] = []
    for path in paths:
        began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        done = subprocess.run(["tesseract", path, "-", "--psm", "4"], capture_output=True, text=True, check=True)
        spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began
        found.append((done.stdout.splitlines(), spent))
    return found


def rapidocr(paths: Sequence[Path], python: str) -> list[tuple[list[str], float]]:
    """Return lines and seconds of processor time of each picture by the package."""
    done = subprocess.run([python, "-c", _PEER, *map(str, paths)], capture_output=True, text=True, check=True)
    return [tuple(row) for row in json.loads(done.stdout.splitlines()[-1])]


def show(name: str, score: Score, seconds: float | None = None) -> None:
    """Print a row of shares."""
    spent = "" if seconds is None else f"  s/page {seconds:.2f}"
    print(f"{name:<12}", "  ".join(f"{key} {share:.3f}" for key, share in score.rows()), spent, flush=True)


def main() -> None:
    """Draw, read and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "albumen" / "models")
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument("--first", type=int, default=1000)
    parser.add_argument("--half", type=int, choices=(0, 1), default=1)
    parser.add_argument("--harsh", action="store_true", help="long receipts on paper in a worse state")
    parser.add_argument("--tesseract", action="store_true")
    parser.add_argument("--rapidocr", metavar="PYTHON")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.count)
    wears = HARSH if asked.harsh else WEARS
    drawn = [receipt(i, half=asked.half, wear=wears[i % len(wears)]) for i in seeds]
    total, by_wear, seconds = ours(drawn, asked.models)
    show("albumen", total, seconds)
    for wear, score in by_wear.items():
        show(f"  {wear}", score)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{i}.png" for i in range(len(drawn))]
        for path, one in zip(paths, drawn, strict=True):
            cv2.imwrite(str(path), one.image[:, :, ::-1])
        peers = {"tesseract": tesseract(paths)} if asked.tesseract else {}
        if asked.rapidocr:
            peers["rapidocr"] = rapidocr(paths, asked.rapidocr)
    for name, rows in peers.items():
        score = Score()
        for one, (lines, _) in zip(drawn, rows, strict=True):
            score.text(one.lines, lines)
        show(name, score, sum(spent for _, spent in rows) / len(rows))


if __name__ == "__main__":
    main()
