"""Keeps word evidence by key, such as which of a vocabulary's words a picture shows and how surely, and scores words.

A key's score is the sum over the asked words of weight times evidence (0 to 1, kept in 255 steps). So evidence should
be stored on the scale on which it is added, such as ln((p + .02) / .02) / ln(1.02 / .02) for a probability p.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from albumen.core.arrays import Bools, Floats, Ints
from albumen.stores.growing import as_keys
from albumen.stores.keyed import Keyed, Snapshot
from albumen.stores.ledger import Bytes, Ledger

WORD_LIMIT = 1 << 20
ENTRY = np.dtype([("word", "<u4"), ("value", "u1")])
ROWS_AT_ONCE = 32768
ROW_BYTES = 4
SAMPLED, GENEROUS, FEW = 20_000, 1.2, 16
"""From how many scores the least of the highest is guessed, for how many times as many, and for how many at least."""
CACHED = 1 << 16
EMPTY: Ints = np.empty(0, np.int64)
Entries = NDArray[np.void]


@dataclass(frozen=True)
class Lists:
    """For each word, the rows from `start` to `stop` that have evidence for it.

    A word that many rows have is a row of `table`, which takes less room than a list and is added without jumping.
    """

    start: int
    stop: int
    offsets: Ints  # (words + 1,)
    rows: NDArray[np.uint32]  # (entries,) counted from `start`
    values: NDArray[np.uint8]  # (entries,)
    common: Ints  # (words,) the word's row in `table`, -1 where it is listed
    table: NDArray[np.uint8]  # (common words, stop - start)

    def score(self, words: Ints, weights: Floats, scores: Floats) -> None:
        """Add each row's evidence to `scores`, which is over all rows."""
        own = scores[self.start : self.stop]
        for word, weight in zip(words.tolist(), weights.tolist(), strict=True):
            if word >= len(self.common):
                continue
            if (row := int(self.common[word])) >= 0:
                _add(own, self.table[row], np.float32(weight / 255))
            else:
                span = slice(int(self.offsets[word]), int(self.offsets[word + 1]))
                own[self.rows[span].astype(np.intp)] += _steps(weight)[self.values[span]]


class ListsKind:
    """How lists are built from rows' entries, and kept as bytes."""

    def build(self, ledger: Ledger, start: int, stop: int, stopped: Callable[[], bool]) -> Lists | None:
        """Sort the entries of rows `start` to `stop` by word, counting first, so that memory stays bounded."""
        lists = _room(np.bincount(_entries(ledger.span(start, stop))["word"]), start, stop)
        cursor = lists.offsets[:-1].copy()
        for at in range(start, stop, ROWS_AT_ONCE):
            if stopped():
                return None
            _place(ledger, at, min(at + ROWS_AT_ONCE, stop), lists, cursor)
        return lists

    def pack(self, part: Lists) -> bytes:
        """Return the lists as bytes."""
        length = np.array([len(part.common)])
        arrays = (length, part.offsets, part.common, part.rows, part.values, part.table)
        return b"".join(array.tobytes() for array in arrays)

    def unpack(self, data: Bytes, start: int, stop: int) -> Lists:
        """Return the lists that lie in `data`, not copied."""
        words = int(np.frombuffer(data, np.int64, 1)[0])
        offsets = np.frombuffer(data, np.int64, words + 1, 8)
        common = np.frombuffer(data, np.int64, words, 16 + 8 * words)
        rows = np.frombuffer(data, np.uint32, int(offsets[-1]), 16 + 16 * words)
        rest = data[16 + 16 * words + rows.nbytes :]
        table = rest[len(rows) :].reshape(-1, stop - start)
        return Lists(start, stop, offsets, rows, rest[: len(rows)], common, table)


class WordScores:
    """What some words score in every row of one moment."""

    def __init__(self, seen: Snapshot[Lists], scores: Floats, rows_of: Callable[[Ints], Ints]) -> None:
        self._seen, self._scores, self._rows_of = seen, scores, rows_of

    def of(self, keys: Ints) -> Floats:
        """Return the scores of `keys`, 0 where a key has no evidence at all."""
        rows = self._rows_of(keys)
        known = (rows >= 0) & (rows < len(self._scores))
        scores = np.zeros(len(keys), np.float32)
        scores[known] = self._scores[rows[known]]
        return scores

    def top(self, k: int, mask: Bools | None = None, *, above: float = 0.0) -> Ints:
        """Return the keys of the `k` allowed rows with most, in no order, of those that score more than `above`."""
        allowed = self._seen.allowed(mask)
        return self._seen.keys[_highest(self._scores, k, max(above, 0.0), allowed)]


class Postings(Keyed[Lists]):
    """Word evidence by key in a folder of its own, scored through inverted lists."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "word evidence", ListsKind())

    def add(self, keys: Ints | Sequence[int], counts: Ints | Sequence[int], words: Ints, values: Floats) -> None:
        """Keep `counts[i]` words and their evidence (0 to 1) for `keys[i]`, in place of what it had before."""
        checked, lengths = as_keys(keys), np.asarray(counts, np.int64)
        entries = _as_entries(checked, lengths, np.asarray(words, np.int64), np.asarray(values, np.float32))
        if len(checked):
            self._add(checked, (lengths * ENTRY.itemsize).astype(np.uint32), entries.view(np.uint8))

    def score(self, words: Ints | Sequence[int], weights: Floats | Sequence[float]) -> WordScores:
        """Return what these words score, each with its weight, for every key."""
        asked, factors = np.asarray(words, np.int64), np.asarray(weights, np.float32)
        if asked.shape != factors.shape or asked.ndim != 1 or not np.isfinite(factors).all():
            raise ValueError(
                f"Each word needs one finite weight; there are {asked.shape} words, {factors.shape} weights"
            )
        seen = self._snapshot()
        scores = np.zeros(len(seen.keys), np.float32)
        for part in seen.parts:
            part.score(asked, factors, scores)
        _score_tail(seen, asked, factors, scores)
        return WordScores(seen, scores, self._ledger.rows_of)


def _add(scores: Floats, values: NDArray[np.uint8], factor: np.float32) -> None:
    """Add values times a factor, a piece at a time that stays in the processor's cache."""
    room = np.empty(CACHED, np.float32)
    for start in range(0, len(scores), CACHED):
        piece = scores[start : start + CACHED]
        piece += np.multiply(values[start : start + CACHED], factor, out=room[: len(piece)])


def _steps(weight: float) -> Floats:
    """Return what each of the 256 kept values adds."""
    return (np.arange(256) * (weight / 255)).astype(np.float32)


def _entries(payload: Bytes) -> Entries:
    return payload.view(ENTRY)


def _as_entries(keys: Ints, counts: Ints, words: Ints, values: Floats) -> Entries:
    """Return the words and values as they are kept, refusing what does not fit together."""
    total = int(counts.sum()) if len(counts) else 0
    if counts.shape != keys.shape or (counts < 0).any() or words.shape != (total,) or values.shape != (total,):
        raise ValueError(
            f"{len(keys)} keys with {total} words in all do not fit {counts.shape} counts, "
            f"{words.shape} words and {values.shape} values"
        )
    if total and not (words.min() >= 0 and words.max() < WORD_LIMIT):
        raise ValueError(f"Words must be ids from 0 to {WORD_LIMIT - 1}, not {words.min()} to {words.max()}")
    if not bool(np.all((values >= 0) & (values <= 1))):
        raise ValueError("Evidence must be from 0 to 1; nothing was added")
    _refuse_repeats(keys, counts, words)
    entries = np.empty(total, ENTRY)
    entries["word"], entries["value"] = words, np.rint(values * 255)
    return entries


def _refuse_repeats(keys: Ints, counts: Ints, words: Ints) -> None:
    owners = np.repeat(np.arange(len(keys)), counts)
    pairs = np.sort(owners * WORD_LIMIT + words)
    repeated = np.flatnonzero(pairs[1:] == pairs[:-1])
    if len(repeated):
        owner, word = divmod(int(pairs[repeated[0]]), WORD_LIMIT)
        raise ValueError(f"Key {keys[owner]} names word {word} twice; give each word of a key once")


def _room(counts: Ints, start: int, stop: int) -> Lists:
    """Return empty lists with room for so many entries of each word."""
    dense = counts * (ROW_BYTES + 1) > stop - start
    common = np.where(dense, np.cumsum(dense) - 1, -1)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.where(dense, 0, counts))])
    total = int(offsets[-1])
    table = np.zeros((int(dense.sum()), stop - start), np.uint8)
    return Lists(start, stop, offsets, np.empty(total, np.uint32), np.empty(total, np.uint8), common, table)


def _place(ledger: Ledger, start: int, stop: int, lists: Lists, cursor: Ints) -> None:
    """Put the entries of some rows into the table, or behind those that each word has already."""
    entries, owners = _entries(ledger.span(start, stop)), _owners(ledger.ends, start, stop) - lists.start
    columns = lists.common[entries["word"]]
    dense = columns >= 0
    lists.table[columns[dense], owners[dense]] = entries["value"][dense]
    entries, owners = entries[~dense], owners[~dense]
    order = np.argsort(entries["word"], kind="stable")
    words = entries["word"][order]
    first = np.searchsorted(words, words, "left")
    places = cursor[words] + np.arange(len(words)) - first
    lists.rows[places] = owners[order]
    lists.values[places] = entries["value"][order]
    cursor += np.bincount(words, minlength=len(cursor))


def _owners(ends: Ints, start: int, stop: int) -> Ints:
    """Return the row that each entry of rows `start` to `stop` belongs to."""
    before = ends[start - 1] if start else 0
    sizes = np.diff(ends[start:stop], prepend=before)
    return np.repeat(np.arange(start, stop), sizes // ENTRY.itemsize)


def _score_tail(seen: Snapshot[Lists], words: Ints, weights: Floats, scores: Floats) -> None:
    """Add the evidence of the rows outside every part, by going through their entries."""
    start, stop = seen.tail, len(seen.keys)
    if start == stop:
        return
    entries = _entries(seen.payload[seen.ends[start - 1] if start else 0 : seen.ends[stop - 1]])
    owners, asked = _owners(seen.ends, start, stop), np.ascontiguousarray(entries["word"])
    for word, weight in zip(words.tolist(), weights.tolist(), strict=True):
        found = np.flatnonzero(asked == word)
        scores[owners[found]] += _steps(weight)[entries["value"][found]]


def _highest(scores: Floats, k: int, above: float, allowed: Bools | None) -> Ints:
    """Return the allowed rows of the `k` highest scores above a score, in no order."""
    guess = _guess(scores, k, allowed)
    rows = _where(scores >= guess, allowed) if guess > above else EMPTY
    if len(rows) < k:
        rows = _where(scores > above, allowed)
    if len(rows) <= k:
        return rows
    kept = scores[rows]
    least = np.partition(kept, len(kept) - k)[len(kept) - k]
    more = rows[kept > least]
    return np.concatenate([more, rows[kept == least][: k - len(more)]])


def _where(holds: Bools, allowed: Bools | None) -> Ints:
    if allowed is not None:
        holds &= allowed
    return np.flatnonzero(holds)


def _guess(scores: Floats, k: int, allowed: Bools | None) -> float:
    """Return what somewhat more than `k` of the allowed scores probably reach, from every so manieth of them."""
    step = max(1, len(scores) // SAMPLED)
    sample = scores[::step] if allowed is None else scores[::step] * allowed[::step]
    rank = int(GENEROUS * k * len(sample) / max(1, len(scores))) + FEW
    return float(np.partition(sample, len(sample) - rank)[len(sample) - rank]) if rank < len(sample) else 0.0
