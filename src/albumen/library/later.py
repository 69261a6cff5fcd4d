"""Fills in later what is expensive or new: facts that assets lack, from stored pictures and never from originals.

Nothing is queued: what there is to do is which assets lack what a card says, so a pass that was stopped goes on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Protocol, TypeAlias

import numpy as np
import simplejpeg
from sqlalchemy import Connection, Select, exists, select, update

from albumen.core.arrays import Floats, Image
from albumen.core.findings import Faces
from albumen.library.understand import Findings, Understand
from albumen.library.writing import LARGE, Stores, add_vectors, frame_variant
from albumen.models.card import Card
from albumen.stores.catalog import intake
from albumen.stores.catalog.schema import assets, faces, facts, frames
from albumen.vision.faces.age import Ages

BATCH = 16


@dataclass(frozen=True)
class Pictures:
    """One asset with its stored pictures: a photo's one, or a video's frames."""

    asset_id: int
    frame_ids: tuple[int, ...]
    images: tuple[Image, ...]


Write: TypeAlias = Callable[[Connection], None]


class Later(Protocol):
    """One kind of knowledge that is filled in later, for so many assets at a time."""

    batch: int

    def lacking(self, db: Connection) -> Sequence[int]:
        """Return the ids of the assets that lack it."""
        ...

    def derive(self, ids: Sequence[int]) -> Write | None:
        """Work it out for some assets, and return what writes it down; None where nothing can be done now."""
        ...


class Scorer(Protocol):
    """Scores pictures from 0 to 1."""

    def score(self, images: Sequence[Image]) -> Floats:
        """Return a score a picture, (n,)."""
        ...


class AgeEstimator(Protocol):
    """Estimates ages."""

    def estimate(self, image: Image, faces: Faces) -> Ages:
        """Return the ages of a picture's faces."""
        ...


class Moderation:
    """How likely a picture is not safe for work; of a video, its worst frame's."""

    batch = BATCH

    def __init__(self, stores: Stores, card: Card, scorer: Callable[[], Scorer]) -> None:
        self._stores = stores
        self._card = card
        self._scorer = scorer

    def lacking(self, db: Connection) -> Sequence[int]:
        """Return the assets without a score by this card."""
        return _ids(db, _without("moderation", self._card.name))

    def derive(self, ids: Sequence[int]) -> Write | None:
        """Score pictures."""
        batch = pictures(self._stores, ids)
        if not batch:
            return None
        scored = self._scorer().score([image for one in batch for image in one.images])
        scores = iter([float(score) for score in scored])
        worst = [(one.asset_id, max(islice(scores, len(one.images)))) for one in batch]
        name = self._card.name
        rows = [(i, "moderation", name, {"nsfw": round(score, 4)}) for i, score in worst]
        return lambda db: intake.add_facts(db, rows)


class FaceAges:
    """How old the faces of photos look; which frame of a video a face is from is not kept."""

    batch = BATCH

    def __init__(self, stores: Stores, card: Card, estimator: Callable[[], AgeEstimator]) -> None:
        self._stores = stores
        self._card = card
        self._estimator = estimator

    def lacking(self, db: Connection) -> Sequence[int]:
        """Return the photos with faces whose ages this card was not asked for."""
        has_face = exists().where(faces.c.asset_id == assets.c.id)
        return _ids(db, _without("ages", self._card.name).where(has_face, assets.c.kind == "photo"))

    def derive(self, ids: Sequence[int]) -> Write | None:
        """Estimate ages."""
        batch = pictures(self._stores, ids)
        with self._stores.catalog.read() as db:
            found = [(one.asset_id, *self._bands(db, one)) for one in batch]

        def write(db: Connection) -> None:
            for _, ids, bands in found:
                for face_id, (mean, *_) in zip(ids, bands, strict=True):
                    db.execute(update(faces).where(faces.c.id == face_id).values(age=mean))
            intake.add_facts(db, [(asset_id, "ages", self._card.name, bands) for asset_id, _, bands in found])

        return write

    def _bands(self, db: Connection, one: Pictures) -> tuple[list[int], list[list[float]]]:
        """Return the faces of a photo and for each its years: mean, low and high."""
        ids, found = _faces(db, one.asset_id)
        years = self._estimator().estimate(one.images[0], found)
        return ids, np.stack([years.mean, years.low, years.high], 1).astype(np.float64).round(1).tolist()


class Embedding:
    """Vectors and word evidence for frames that have none: they were lost, or another encoder is used now."""

    batch = BATCH

    def __init__(self, stores: Stores, embed: Understand) -> None:
        self._stores = stores
        self._embed = embed

    def lacking(self, db: Connection) -> Sequence[int]:
        """Return the assets of which a frame has no vector."""
        rows = db.execute(select(frames.c.id, frames.c.asset_id).join(assets).where(assets.c.trashed_s.is_(None))).all()
        owners = np.array([row[1] for row in rows], np.int64)
        missing = ~np.isin(np.array([row[0] for row in rows], np.int64), self._stores.frames.keys)
        return np.unique(owners[missing]).tolist()

    def derive(self, ids: Sequence[int]) -> Write | None:
        """Let the encoder look at stored pictures; what other models said of them stays."""
        batch = pictures(self._stores, ids)
        images = chain.from_iterable(one.images for one in batch)
        found: list[Findings] = []
        while some := list(islice(images, BATCH)):
            found += self._embed(some)
        pairs = list(zip(chain.from_iterable(one.frame_ids for one in batch), found, strict=True))
        return (lambda _: add_vectors(self._stores, pairs)) if pairs else None


def fill_in(stores: Stores, what: Later, *, on_progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Give what is lacking to all assets that lack it and return to how many; each batch is kept when it is done."""
    with stores.catalog.read() as db:
        ids = list(what.lacking(db))
    given = 0
    for start in range(0, len(ids), what.batch):
        some = ids[start : start + what.batch]
        write = what.derive(some)
        if write:
            with stores.catalog.write() as db:
                write(db)
                intake.touch_assets(db, set(some))
            given += len(some)
        on_progress(min(start + what.batch, len(ids)), len(ids))
    return given


def pictures(stores: Stores, ids: Sequence[int]) -> list[Pictures]:
    """Return the stored pictures of those of the assets that have any."""
    with stores.catalog.read() as db:
        found = [_pictures(stores, db, asset_id) for asset_id in ids]
    return [one for one in found if one.images]


def _pictures(stores: Stores, db: Connection, asset_id: int) -> Pictures:
    """Return an asset's stored pictures; those that are lost are left out."""
    row = db.execute(select(assets.c.digest, assets.c.kind).where(assets.c.id == asset_id)).one()
    known = db.execute(select(frames.c.id, frames.c.at_ms).where(frames.c.asset_id == asset_id)).all()
    variants = [(i, frame_variant(at) if row.kind == "video" else LARGE) for i, at in known]
    paths = [(i, stores.blobs.find(row.digest, variant)) for i, variant in variants]
    found = [(i, simplejpeg.decode_jpeg(path.read_bytes(), colorspace="RGB")) for i, path in paths if path]
    return Pictures(asset_id, tuple(i for i, _ in found), tuple(image for _, image in found))


def _without(task: str, card: str) -> Select[Any]:
    said = exists().where(facts.c.asset_id == assets.c.id, facts.c.task == task, facts.c.card == card)
    return select(assets.c.id).where(~said, assets.c.trashed_s.is_(None)).order_by(assets.c.id)


def _ids(db: Connection, query: Select[Any]) -> list[int]:
    return [int(row[0]) for row in db.execute(query)]


def _faces(db: Connection, asset_id: int) -> tuple[list[int], Faces]:
    f = faces.c
    columns: tuple[Any, ...] = (f.id, f.score, f.left, f.top, f.right, f.bottom, f.landmarks)
    rows = db.execute(select(*columns).where(f.asset_id == asset_id).order_by(f.score.desc())).all()
    boxes = np.array([row[2:6] for row in rows], np.float32).reshape(-1, 4)
    points = np.array([row[6] for row in rows], np.float32).reshape(-1, 5, 2)
    return [row[0] for row in rows], Faces(np.array([row[1] for row in rows], np.float32), boxes, points)
