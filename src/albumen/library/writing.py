"""Writes what an import learns into all stores, each batch whole or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from albumen.library.intake import Arrival, Places, Recorded, record, retell
from albumen.library.understand import Findings
from albumen.media.record import Metadata
from albumen.stores.blobs import Blobs
from albumen.stores.catalog import intake
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.intake import NewFile
from albumen.stores.postings import Postings
from albumen.stores.vectors import Vectors

LARGE, SMALL = "1440.jpg", "250.webp"


@dataclass(frozen=True)
class Stores:
    """What survives a restart."""

    catalog: Catalog
    blobs: Blobs
    frames: Vectors
    faces: Vectors
    words: Postings


@dataclass(frozen=True)
class Attached:
    """Files that belong to a known asset, and what is told of it with them."""

    root_id: int
    asset_id: int
    files: Sequence[NewFile]
    told: Metadata | None
    """None where the picture's own words were not kept: then what is known of it stays."""


class Writer:
    """Puts arrivals into the stores: thumbnails, then vectors, then the catalog, whose commit makes them count."""

    def __init__(self, stores: Stores, places: Places) -> None:
        self._stores = stores
        self._places = places

    def arrive(self, arrivals: Sequence[Arrival]) -> int:
        """Write assets down and return how many of them are new."""
        for arrival in arrivals:
            self._stores.blobs.put(arrival.look.digest, LARGE, arrival.look.thumbnails.large)
            self._stores.blobs.put(arrival.look.digest, SMALL, arrival.look.thumbnails.small)
            for frame in arrival.look.frames:
                self._stores.blobs.put(arrival.look.digest, frame_variant(frame.ms), frame.jpeg)
        with self._stores.catalog.write() as db:
            known = intake.assets_by_digest(db, [a.look.digest for a in arrivals])
            change = intake.next_change(db)
            recorded: list[tuple[Arrival, Recorded]] = []
            absorbed = _Keys()
            for arrival in arrivals:
                former = _Former(db, arrival.files)
                digest = arrival.look.digest
                if digest in known:
                    self._tell(db, Attached(arrival.root_id, known[digest], arrival.files, arrival.told))
                else:
                    row = record(db, arrival, self._places.place(arrival.told.lat, arrival.told.lon), change)
                    known[digest] = row.asset_id
                    recorded.append((arrival, row))
                absorbed += former.settle(db)
            # Before the commit: vectors of assets that never came to be are replaced when their keys are used again.
            self._add_vectors(recorded)
        self._drop(absorbed)
        return len(recorded)

    def attach(self, attached: Attached) -> None:
        """Add files to a known asset and tell it anew."""
        with self._stores.catalog.write() as db:
            former = _Former(db, attached.files)
            self._tell(db, attached)
            absorbed = former.settle(db)
        self._drop(absorbed)

    def _tell(self, db: Connection, attached: Attached) -> None:
        for file in attached.files:
            intake.add_file(db, attached.root_id, attached.asset_id, file)
        if (told := attached.told) is not None:
            retell(db, attached.asset_id, told, self._places.place(told.lat, told.lon))
        intake.touch_assets(db, [attached.asset_id])

    def _drop(self, keys: "_Keys") -> None:
        """Remove vectors after the commit that made them nobody's; if that is cut short, nothing finds them anyway."""
        if keys.frames:
            self._stores.frames.remove(keys.frames)
            self._stores.words.remove(keys.frames)
        if keys.faces:
            self._stores.faces.remove(keys.faces)

    def _add_vectors(self, recorded: Sequence[tuple[Arrival, Recorded]]) -> None:
        found = [pair for arrival, row in recorded for pair in zip(row.frame_ids, arrival.findings, strict=True)]
        add_vectors(self._stores, found)
        face_ids = [key for _, row in recorded for key in row.face_ids]
        if face_ids:
            seen = [one.faces for _, one in found if one.faces is not None]
            self._stores.faces.add(face_ids, np.concatenate([f.vectors for f in seen]))


def add_vectors(stores: Stores, found: Sequence[tuple[int, Findings]]) -> None:
    """Keep the vectors and the word evidence of frames, given as (frame id, findings)."""
    vectors = [(key, one.vector) for key, one in found if one.vector is not None]
    if vectors:
        stores.frames.add([key for key, _ in vectors], np.stack([vector for _, vector in vectors]))
    words = [(key, one.evidence) for key, one in found if one.evidence is not None]
    if words:
        numbers = np.concatenate([evidence.words for _, evidence in words])
        values = np.concatenate([evidence.values for _, evidence in words])
        stores.words.add([key for key, _ in words], [len(e.words) for _, e in words], numbers, values)


def frame_variant(at_ms: int) -> str:
    """Return the name under which a video's frame is kept."""
    return f"frame-{at_ms}.jpg"


@dataclass(frozen=True)
class _Keys:
    """Keys of vectors that are nobody's any more."""

    frames: tuple[int, ...] = ()
    faces: tuple[int, ...] = ()

    def __add__(self, other: "_Keys") -> "_Keys":
        return _Keys(self.frames + other.frames, self.faces + other.faces)


class _Former:
    """The assets that files belonged to before these were given to another."""

    def __init__(self, db: Connection, files: Iterable[NewFile]) -> None:
        files = list(files)
        self._all = intake.owners_of(db, [file.path for file in files])
        self._clips = intake.owners_of(db, [file.path for file in files if file.role == "live"])

    def settle(self, db: Connection) -> _Keys:
        """Forget those that were nothing but what is now a Live Photo's clip; let readers look at the others again."""
        frames, faces = intake.forget_unseen(db, self._clips)
        intake.touch_assets(db, self._all)
        return _Keys(tuple(frames), tuple(faces))
