"""Score documents: drawn pages with known truth, and, where they are at hand, saved answers of another service.

    python benchmarks/documents.py [--models DIR] [--data DIR --scorer FILE] [--json FILE]
    python benchmarks/documents.py --data DIR --time

DATA holds index.json, documents and saved answers; SCORER is the script that compares answers (its `run` function).
`--time` only tells how long a page of these documents takes, once the models are loaded.
"""

import argparse
import collections
import importlib.util
import json
import platform
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from drawn_documents import Drawn, everything, long_table

from albumen.documents.answers import analyze_document, analyze_expense, analyze_id
from albumen.documents.document import CellKind, Document
from albumen.documents.pages import Sheet, open_sheets
from albumen.documents.reader import Reader
from albumen.documents.textract import detect_document_text
from albumen.models.cards import Cards
from albumen.models.pool import Pool
from albumen.models.store import ModelStore
from albumen.vision.text.ppocr import PPOCR, Setting


def f1(found: collections.Counter[Any], wanted: collections.Counter[Any]) -> float | None:
    """Return F1 of two bags, or None when nothing was to be found."""
    total = found.total() + wanted.total()
    return 2 * (found & wanted).total() / total if wanted else None


def score(drawn: Drawn, reader: Reader) -> dict[str, float | None]:
    """Return how exactly one drawn page was read."""
    began = time.process_time()
    page = reader.page(Sheet(1, drawn.image))
    seconds = time.process_time() - began
    words = [word.text for region in page.regions for line in region.lines for word in line.words]
    cells = collections.Counter(
        (r, c, text) for grid in drawn.tables for r, row in enumerate(grid) for c, text in enumerate(row) if text
    )
    seen = collections.Counter((c.row, c.column, c.text) for t in page.tables for c in t.cells if c.text)
    pairs = collections.Counter((p.key_text, p.text) for p in page.pairs if p.value)
    marks = collections.Counter((p.key_text, m.selected) for p in page.pairs for m in p.marks)
    table = page.tables[0] if page.tables else None
    heads = "|".join(c.text for c in table.cells if c.kind is CellKind.HEADER) if table else ""
    around = {"heads": heads} | {k: line.text for k in ("title", "footer") if table and (line := getattr(table, k))}
    return {
        "around": sum(around.get(k) == v for k, v in drawn.around.items()) / len(drawn.around)
        if drawn.around
        else None,
        "words": f1(collections.Counter(words), collections.Counter(drawn.words)),
        "in_order": float(words == drawn.words),
        "cells": f1(seen, cells),
        "pairs": f1(pairs, collections.Counter(drawn.pairs.items())),
        "marks": f1(marks, collections.Counter(drawn.marks.items())),
        "processor seconds": seconds,
    }


def over_pages(reader: Reader) -> float:
    """Return the share of rows that are right in a table that goes on over two pages."""
    images, grid = long_table()
    document = Document(tuple(reader.page(Sheet(n, image)) for n, image in enumerate(images, 1)))
    tables = document.tables()
    found = tables[0].grid() if len(tables) == 1 else []
    return sum(a == b for a, b in zip(found, grid, strict=False)) / max(len(grid), len(found))


def answerer(reader: Reader) -> Callable[[Path, str, dict[str, Any]], dict[str, Any]]:
    """Return a function that answers a call to a document, reading each document once."""
    read: dict[Path, Document] = {}

    def answer(path: Path, api: str, parameters: dict[str, Any]) -> dict[str, Any]:
        document = read[path] if path in read else read.setdefault(path, reader.read(path))
        if "Expense" in api:
            return analyze_expense(document)
        if "ID" in api:
            return analyze_id([document], today=date.today())
        if "Text" in api:
            return detect_document_text(document)
        asked = parameters.get("QueriesConfig", {}).get("Queries", [])
        return analyze_document(
            document, parameters.get("FeatureTypes", []), [(q["Text"], q.get("Alias")) for q in asked]
        )

    return answer


def compared(data: Path, scorer: Path, reader: Reader) -> dict[str, Any]:
    """Return the scores against saved answers."""
    spec = importlib.util.spec_from_file_location("scorer", scorer)
    assert spec and spec.loader, f"{scorer} is no Python script"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.run(data, answerer(reader))


def timed(data: Path, reader: Reader) -> dict[str, list[float]]:
    """Return the seconds by the clock and of processor time that a page takes, with everything and for its text."""
    files = [data / str(entry["document"]) for entry in json.loads((data / "index.json").read_text())]
    sheets = [sheet for file in files for sheet in open_sheets(file)]
    reader.page(sheets[0])
    took: dict[str, list[float]] = {}
    for structure in (True, False):
        clock, processor = time.perf_counter(), time.process_time()
        for sheet in sheets:
            reader.page(sheet, structure=structure)
        spent = time.perf_counter() - clock, time.process_time() - processor
        took["everything" if structure else "text"] = [round(seconds / len(sheets), 3) for seconds in spent]
    return took


def main() -> None:
    """Score, print a table, and write JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "albumen" / "models")
    parser.add_argument("--data", type=Path, help="folder of documents and saved answers")
    parser.add_argument("--scorer", type=Path, help="script that compares answers")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--time", action="store_true")
    options = parser.parse_args()
    pool = Pool(ModelStore(options.models))
    reader = Reader(PPOCR(Cards.load()["ppocr-v6.small"], pool, setting=Setting.PAGE))
    if options.time:
        print(json.dumps(timed(options.data, reader)))
        return
    result: dict[str, Any] = {"machine": platform.processor() or platform.machine(), "date": str(date.today())}
    result["drawn"] = {page.name: score(page, reader) for page in everything()}
    for name, row in result["drawn"].items():
        print(f"{name:<24}", *(f"{k} {'-' if v is None else format(v, '.3f')}" for k, v in row.items()), sep="  ")
    result["over pages"] = over_pages(reader)
    print(f"rows of a table over two pages  {result['over pages']:.3f}")
    if options.data and options.scorer:
        result["saved"] = compared(options.data, options.scorer, reader)
        print(json.dumps({k: v for k, v in result["saved"].items() if k != "by"}))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
