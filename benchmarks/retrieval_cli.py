"""How well sentences find photos through the command line, and which sentences the query parser changes.

    python benchmarks/retrieval_cli.py --data FOLDER [--library FOLDER] [--parts]

Imports retrieval/images into a new library (or takes one that has them) and asks all captions in one call of
`albumen search --json --queries`. `--parts` prints the captions in which parts were found that filter or rank.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from retrieval import ranks, recall


def albumen(library, *words):
    """Run the command and return what it writes."""
    command = [str(Path(sys.executable).with_name("albumen")), "--library", str(library), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def places(lines, owners):
    """Return the scores of a gallery in which each result has the negative of its place, (m, n)."""
    names = sorted(set(owners))
    scores = np.full((len(lines), len(names)), -np.inf)
    for row, line in zip(scores, lines, strict=True):
        for place, result in enumerate(line["results"]):
            row[names.index(Path(result["path"]).name)] = -place
    return scores, np.array([names.index(owner) for owner in owners])


def main():
    """Import, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("ALBUMEN_TEST_DATA"), required=False)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--parts", action="store_true")
    options = parser.parse_args()
    photos = json.loads((Path(options.data) / "retrieval/captions.json").read_text())
    captions = [(Path(p["file"]).name, " ".join(c.split())) for p in photos for c in p["captions"][:5]]
    with tempfile.TemporaryDirectory() as scratch:
        library = options.library or Path(scratch) / "library"
        if not options.library:
            albumen(library, "import", "--json", str(Path(options.data) / "retrieval/images"))
        queries = Path(scratch) / "queries.txt"
        queries.write_text("\n".join(c for _, c in captions) + "\n")
        answers = albumen(library, "search", "--json", "--limit", "1000", "--queries", str(queries))
    lines = [json.loads(line) for line in answers.splitlines()]
    scores, owner = places(lines, [name for name, _ in captions])
    print(json.dumps(recall(ranks(scores, owner), owner), indent=2))
    for (_, caption), line in zip(captions, lines, strict=True):
        if options.parts and line["parts"]:
            print(caption, "|", *(f"{p['role']} {p['kind']} {p['text']!r}" for p in line["parts"]), sep="  ")


if __name__ == "__main__":
    main()
