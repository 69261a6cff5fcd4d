"""Memory while a long PDF of drawn text is read: by `albumen read --json`, or as a job of `albumen aws`.

    python benchmarks/long_pdf.py FOLDER [--pages 500] [--layer] [--job] [--full]

The PDF is kept in FOLDER. `--layer` gives its pages a text layer, `--full` makes them A4 with 48 lines instead of two.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from albumen.core.arrays import Image
from albumen.documents.document import Box, Line, Page, Word
from albumen.documents.searchable import write

WORDS = ["the", "landlord", "lets", "a", "flat", "of", "two", "rooms", "with", "kitchen", "and", "cellar"]
FONT, LINE = ImageFont.load_default(size=30), 46  # pixels from line to line
ALBUMEN = Path(sys.executable).with_name("albumen")
PORT = 4797


def drawn(number: int, size: tuple[int, int], *, layer: bool) -> tuple[Page, Image]:
    """Return a page of text that is different on every page, with its pixels."""
    width, height = size
    paper = Pillow.new("RGB", size, "white")
    pen, lines = ImageDraw.Draw(paper), list[Line]()
    for row, top in enumerate(range(30, height - LINE, LINE)):
        words, left = list[Word](), 40.0
        for text in (f"{number}.{row + 1}", *WORDS[(number + row) % 6 :], f"{number * 7919 % 9973}"):
            box = pen.textbbox((left, top), text, FONT)
            if box[2] > 0.7 * width:
                break
            pen.text((left, top), text, "black", FONT)
            words.append(Word(text, 1.0, Box(*box)))
            left = box[2] + 12
        lines.append(Line(tuple(words)))
    return Page(number, width, height, tuple(lines) if layer else ()), np.asarray(paper, np.uint8)


def pages(count: int, size: tuple[int, int], *, layer: bool) -> Iterator[tuple[Page, Image]]:
    """Yield drawn pages."""
    for number in range(1, count + 1):
        yield drawn(number, size, layer=layer)


def megabytes(pid: int) -> float:
    """Return what a process holds in memory, without what it shares with files."""
    status = Path(f"/proc/{pid}/status").read_text()
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith(("RssAnon", "RssShmem"))) / 1024


def family(pid: int) -> list[int]:
    """Return the processes that a process started."""
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


class Watch:
    """Looks at a process and what it started, four times a second."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.seen: list[tuple[float, float, float]] = []  # seconds, megabytes of the process, of its children
        self._process, self._began = process, time.perf_counter()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while self._process.poll() is None:
            try:
                children = sum(megabytes(child) for child in family(self._process.pid))
                self.seen.append((time.perf_counter() - self._began, megabytes(self._process.pid), children))
            except (FileNotFoundError, ProcessLookupError):
                pass
            time.sleep(0.25)

    def report(self, until: float) -> dict[str, Any]:
        """Return the memory at quarters of the time, and the most."""
        seen = [row for row in self.seen if row[0] <= until]
        quarters = [max((row for row in seen if row[0] <= until * q / 4), key=lambda row: row[0]) for q in (1, 2, 3, 4)]
        return {
            "MB at quarters": [round(row[1]) for row in quarters],
            "most MB": round(max(row[1] for row in seen)),
            "most MB of the process that draws": round(max(row[2] for row in seen)),
        }


def by_command(pdf: Path) -> dict[str, Any]:
    """Read with the command."""
    out = pdf.with_suffix(".json")
    with out.open("wb") as to, subprocess.Popen([ALBUMEN, "read", pdf, "--json"], stdout=to) as process:
        began, watch = time.perf_counter(), Watch(process)
        process.wait()
    took = time.perf_counter() - began
    found = json.loads(out.read_text())["pages"]
    words = sum(len(line["words"]) for page in found for line in page["lines"])
    return {"pages": len(found), "words": words, "seconds": round(took, 1)} | watch.report(took)


def by_job(pdf: Path) -> dict[str, Any]:
    """Read with a job on a stored document."""
    folder = pdf.with_suffix(".aws")
    with subprocess.Popen([ALBUMEN, "aws", "--port", str(PORT), "--folder", folder], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        watch = Watch(process)
        keys = {"region_name": "us-east-1", "aws_access_key_id": "any", "aws_secret_access_key": "any"}
        s3, textract = (boto3.client(n, endpoint_url=f"http://127.0.0.1:{PORT}", **keys) for n in ("s3", "textract"))
        s3.create_bucket(Bucket="papers")
        s3.upload_file(str(pdf), "papers", "long.pdf")
        began = time.perf_counter()
        where = {"S3Object": {"Bucket": "papers", "Name": "long.pdf"}}
        job = textract.start_document_text_detection(DocumentLocation=where)["JobId"]
        first = kept(folder, job, began)
        while (answer := textract.get_document_text_detection(JobId=job, MaxResults=1))["JobStatus"] == "IN_PROGRESS":
            time.sleep(0.5)
        took = time.perf_counter() - began
        blocks, token = 0, {}
        while token is not None:
            part = textract.get_document_text_detection(JobId=job, **token)
            blocks += len(part["Blocks"])
            token = {"NextToken": part["NextToken"]} if "NextToken" in part else None
        process.terminate()
    said = {"status": answer["JobStatus"], "pages": answer["DocumentMetadata"]["Pages"], "blocks": blocks}
    return said | {"seconds": round(took, 1), "first page after s": round(first, 1)} | watch.report(watch.seen[-1][0])


def kept(folder: Path, job: str, began: float) -> float:
    """Return after how many seconds the first page was kept."""
    while not (folder / "textract" / job / "1.json").exists():
        time.sleep(0.05)
    return time.perf_counter() - began


def main() -> None:
    """Draw the PDF unless it is there, read it, and print what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--layer", action="store_true")
    parser.add_argument("--job", action="store_true")
    parser.add_argument("--full", action="store_true")
    given = parser.parse_args()
    size = (1654, 2339) if given.full else (1000, 150)
    given.folder.mkdir(parents=True, exist_ok=True)
    pdf = given.folder / f"long-{given.pages}{'-layer' * given.layer}{'-full' * given.full}.pdf"
    if not pdf.exists():
        with pdf.open("wb") as to:
            write(pages(given.pages, size, layer=given.layer), to)
    print(
        json.dumps({"MB of the file": round(pdf.stat().st_size / 1e6, 1)} | (by_job if given.job else by_command)(pdf))
    )


if __name__ == "__main__":
    main()
