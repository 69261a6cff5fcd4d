"""How many sentences of the hand-written table the parser takes apart exactly right, and how fast.

The table was also used to mend the parser, so the share is a check against regressions, not an estimate for new
sentences. Usage, from the repository root: python -m benchmarks.query
"""

import time
from collections import Counter

from albumen.library.places import Gazetteer
from albumen.library.query.parse import parse
from albumen.library.query.parts import Known
from tests.library.query.sentences import TODAY, Case, brief, cases, known


def main() -> None:
    """Print the share of exact parses a language, that of sentences not mended for, and the time a sentence takes."""
    library = known(Gazetteer())
    for name in ("sentences.toml", "unseen.toml"):
        print(name)
        share(cases(name), library)
    table = cases()
    times = [timed(case.sentence, library) for case in table for _ in range(5)]
    times.sort()
    print(f"a sentence: median {times[len(times) // 2]:.3f} ms, 99 % under {times[len(times) * 99 // 100]:.3f} ms CPU")


def share(table: list[Case], library: Known) -> None:
    """Print how many sentences of a table are taken apart exactly right, and what became of the others."""
    asked, right = Counter[str](), Counter[str]()
    for case in table:
        query = parse(case.sentence, today=TODAY, known=library)
        asked[case.language] += 1
        exact = sorted(map(brief, query.parts)) == sorted(case.parts) and query.content == case.content
        right[case.language] += exact
        if not exact:
            print(f"  {case.sentence}: {[brief(p) for p in query.parts]} + {query.content!r}")
    for language, count in asked.items():
        print(f"  {language:10} {right[language]:4d} of {count}")
    print(f"  {'all':10} {right.total():4d} of {asked.total()}")


def timed(sentence: str, library: Known) -> float:
    """Return the CPU time of one parse in ms."""
    start = time.process_time()
    parse(sentence, today=TODAY, known=library)
    return 1000 * (time.process_time() - start)


if __name__ == "__main__":
    main()
