"""Answers a query: parts that filter, then what is left of the sentence scored by vectors and words together."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from sqlalchemy import Connection

from albumen.core.arrays import Bools, Floats, Ints
from albumen.core.errors import QueryError
from albumen.library.query import parts
from albumen.library.query.parts import Query, Role
from albumen.library.search import reasons
from albumen.library.search.answer import Answer, Result
from albumen.library.search.filters import to_filter
from albumen.library.search.index import Index
from albumen.stores.catalog import fulltext, lookup
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.columns import Among, Filter, Not
from albumen.stores.fusion import Question, fuse
from albumen.stores.postings import Postings
from albumen.stores.vectors import Vectors
from albumen.vision.embed import scoring

SURE, MAYBE = 0.5, 0.15
"""Probabilities from which a result counts as sure and as maybe."""
POOL = 1_000
"""Frames that are scored exactly."""
EXCLUDED = 5_000
"""Frames that a negated word can exclude at most."""
NUMBERS = {1: "one", 2: "two", 3: "three"}
EXPLICIT = re.compile(r"-?[a-z]+:\S")
"""How a part begins that was asked for by its key; a colon elsewhere, as in a time of day, is none."""
TEXT_FIELDS = ("caption", "names", "tags", "filename", "place", "written")


class Scorer(Protocol):
    """Understands a sentence and judges how well pictures fit it."""

    def query(self, text: str) -> scoring.Query:
        """Return what a sentence asks for."""
        ...

    def question(self, asked: scoring.Query) -> Question:
        """Return what to ask the stores."""
        ...

    def probability(self, query: scoring.Query, scores: Floats) -> Floats:
        """Return how likely pictures with these fused scores are what was asked for."""
        ...


@dataclass(frozen=True)
class Found:
    """Assets with a score each, best first, and the best frame of each (-1 where no frame was scored)."""

    assets: Ints  # (n,)
    scores: Floats  # (n,) probabilities
    frames: Ints  # (n,)


class Search:
    """Search over one library; safe to keep for long, it catches up with the catalog by itself."""

    def __init__(self, catalog: Catalog, vectors: Vectors, postings: Postings, scorer: Scorer) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._postings = postings
        self._scorer = scorer
        self.index = Index(catalog)

    def __call__(self, query: Query, *, limit: int = 50, trashed: bool = False) -> Answer:
        """Return the best assets for a query."""
        self.index.refresh()
        with self.index.still(), self._catalog.read() as db:
            mask = self._mask(query, db, trashed=trashed)
            if not mask.any() and (wider := relaxed(query)) is not None:
                found = self._found(wider, self._mask(wider, db, trashed=trashed), db)
                return self._answer(wider, unsure(found), limit, db)
            return self._answer(query, self._found(query, mask, db), limit, db)

    def _mask(self, query: Query, db: Connection, *, trashed: bool) -> Bools:
        """Return which assets every filtering part lets pass."""
        filters: list[Filter] = []
        for wanted in query.filters():
            match wanted:
                case parts.Not(parts.Content(words)):
                    filters.append(Not(Among(self._showing(words))))
                case _ if (found := to_filter(wanted, self.index, db)) is not None:
                    filters.append(found)
                case _:
                    pass
        return self.index.assets.mask(*filters, within=self.index.visible(trashed=trashed))

    def _showing(self, words: str) -> Ints:
        """Return the assets that may show something: who excludes it would rather miss a picture than see it."""
        keys, likely = self._likeliest(words, EXCLUDED, self.index.frames.present)
        return np.unique(self.index.frames.column("asset")[keys[likely >= MAYBE]])

    def _likeliest(self, words: str, count: int, frames: Bools) -> tuple[Ints, Floats]:
        """Return the frames that fit words best, and how likely each shows them."""
        asked = self._scorer.query(words)
        fused = fuse(self._vectors, self._postings, self._scorer.question(asked), count, frames)
        return fused.keys, self._scorer.probability(asked, fused.scores)

    def _found(self, query: Query, mask: Bools, db: Connection) -> Found:
        if not mask.any():
            return Found(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.int64))
        like = next((f for f in query.filters() if isinstance(f, parts.Like)), None)
        if like is not None:
            return self._alike(like.id, mask, db)
        if content := sought(query):
            found = self._shown(content, ruled_out(query), mask, db)
            return replace(found, scores=np.maximum(found.scores, SURE)) if telling(query) else found
        return self._by_time(mask)

    def _by_time(self, mask: Bools) -> Found:
        """Every part is a fact, so all that pass are sure; the newest come first."""
        assets = np.flatnonzero(mask)
        order = self.index.assets.column("order")[assets]
        assets = assets[np.argsort(-order, kind="stable")]
        return Found(assets, np.ones(len(assets), np.float32), np.full(len(assets), -1))

    def _shown(self, content: str, absent: Sequence[str], mask: Bools, db: Connection) -> Found:
        """Score what pictures show and do not show, and take what is written of them as a fact."""
        frames = self.index.frames_of(mask)
        with ThreadPoolExecutor(1, thread_name_prefix="told") as beside:
            written = beside.submit(self._told, content, mask, db)  # nothing else asks the catalog meanwhile
            keys, likely = self._likeliest(content, POOL, frames)
            told = written.result()
        for words in absent:
            likely = likely * self._lacking(words, keys, frames)
        best = np.argsort(-likely, kind="stable") if absent else np.arange(len(keys))
        return self._by_asset(keys[best], likely[best], told)

    def _lacking(self, words: str, keys: Ints, frames: Bools) -> Floats:
        """Return how likely each of the frames does not show something."""
        shown, likely = self._likeliest(words, EXCLUDED, frames)
        order = np.argsort(shown)
        at = np.minimum(np.searchsorted(shown[order], keys), len(shown) - 1)
        known = shown[order][at] == keys
        return np.where(known, 1 - likely[order][at], 1).astype(np.float32)

    def _told(self, content: str, mask: Bools, db: Connection) -> Ints:
        """Return the assets of which all the words are written, said or known."""
        ids = fulltext.holding(db, content, fields=TEXT_FIELDS)
        ids = ids[ids < len(mask)]
        return ids[mask[ids]]

    def _by_asset(self, frames: Ints, scores: Floats, told: Ints) -> Found:
        owners = self.index.frames.column("asset")[frames]
        _, first = np.unique(owners, return_index=True)  # frames come best first
        assets, best, moment = owners[first], scores[first].copy(), frames[first]
        best[np.isin(assets, told)] = 1.0
        extra = np.setdiff1d(told, assets)
        assets = np.concatenate([assets, extra])
        best = np.concatenate([best, np.ones(len(extra), np.float32)])
        moment = np.concatenate([moment, np.full(len(extra), -1)])
        order = np.lexsort((assets, -best))
        return Found(assets[order], best[order], moment[order])

    def _alike(self, beginning: str, mask: Bools, db: Connection) -> Found:
        asset_id = lookup.find_asset(db, beginning)
        own = np.flatnonzero(self.index.frames.column("asset") == asset_id)
        own = own[np.isin(own, self._vectors.keys)]
        if not len(own):
            raise QueryError(f"{beginning} has no picture to compare with; import it again")
        allowed = mask.copy()
        allowed[asset_id] = False
        hits = self._vectors.search(self._vectors.get(own[:1]), POOL, self.index.frames_of(allowed))
        keys, scores = hits.keys[0], hits.scores[0]
        keep = keys >= 0
        return self._by_asset(keys[keep], np.clip(scores[keep], 0, 1), np.empty(0, np.int64))

    def _answer(self, query: Query, found: Found, limit: int, db: Connection) -> Answer:
        shown = np.arange(min(limit, len(found.assets)))
        ids = found.assets[shown].tolist()
        facts, fitting = reasons.of_parts(query), reasons.of_content(db, sought(query), ids)
        seen, moments = lookup.shown(db, ids), lookup.moments_of(db, found.frames[shown].tolist())
        results = tuple(
            Result(
                asset_id=asset_id,
                digest=seen[asset_id][0],
                path=seen[asset_id][1],
                score=round(float(found.scores[i]), 4),
                reasons=facts + fitting.get(asset_id, ()),
                at_ms=moments.get(int(found.frames[i]), 0),
            )
            for i, asset_id in zip(shown, ids, strict=True)
            if asset_id in seen  # an import may have joined it to another asset a moment ago
        )
        sure = int(np.count_nonzero(found.scores >= SURE))
        maybe = int(np.count_nonzero(found.scores >= MAYBE)) - sure
        return Answer(results, query.parts, query.content, sure, maybe)


def sought(query: Query) -> str:
    """Return the words that pictures are scored by: the content, and colours and counts asked for by themselves."""
    words = [query.content]
    for part in query.parts:
        match part.filter:
            case parts.Colour(name, of) if of and not part.kept:
                words.append(f"{name} {of}")
            case parts.Count(of, least) if of != "face" and not part.kept:
                words.append(f"{NUMBERS.get(least, 'many')} {of}")
            case _:
                pass
    return " ".join(word for word in words if word).strip()


def telling(query: Query) -> bool:
    """Return whether a part names the picture so closely that the pixels only rank what fits it."""
    named = parts.Text | parts.FileName | parts.Tag | parts.Paper | parts.Amount
    return any(isinstance(f, named) for f in query.filters())


def ruled_out(query: Query) -> tuple[str, ...]:
    """Return what a long sentence says is not there, which ranks instead of excluding."""
    return tuple(
        part.filter.of.words
        for part in query.parts
        if part.role is Role.SCORE and isinstance(part.filter, parts.Not) and isinstance(part.filter.of, parts.Content)
    )


def relaxed(query: Query) -> Query | None:
    """Return the query with what was read out of its sentence put back as words, or None where nothing was.

    Explicit parts, such as `place:turkey` and flags, stay.
    """
    implicit = [p for p in query.parts if p.role is Role.FILTER and p.end > p.start and not EXPLICIT.match(p.text)]
    if not implicit or not query.content:
        return None
    for part in implicit:
        query = query.relaxed(part)
    return replace(query, content=query.sentence)


def unsure(found: Found) -> Found:
    """Return the same assets with no score that counts as sure: what was asked for was not there."""
    return replace(found, scores=np.minimum(found.scores, np.float32(SURE - 0.01)))
