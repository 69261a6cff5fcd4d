"""Turns what was seen of a file into the catalog's rows."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Protocol

import numpy as np
from sqlalchemy import Connection, insert, update

from albumen.library import beside
from albumen.library.corrections import outranking, refind
from albumen.library.documents.judging import judge
from albumen.library.places import Place
from albumen.library.told import CARD, TASK
from albumen.library.understand import Findings, merged, rounded
from albumen.media.formats import Kind
from albumen.media.look import Look
from albumen.media.metadata import Metadata
from albumen.stores.catalog import fulltext, intake, lookup
from albumen.stores.catalog.intake import NewFile
from albumen.stores.catalog.schema import assets as assets_table
from albumen.stores.catalog.schema import faces as faces_table

SEEN = ("codec", "fps", "audio", "pages")
"""Details that are seen in a file's content, not told by it."""
FACE_FIELDS = ("left", "top", "right", "bottom")


class Places(Protocol):
    """Knows places by their coordinates."""

    def place(self, lat: float | None, lon: float | None) -> Place | None:
        """Return the place at a coordinate, or None where none is known."""
        ...


@dataclass(frozen=True)
class Arrival:
    """One new asset: its files, the original first, what it is, and what the models say of each of its frames."""

    root_id: int
    files: Sequence[NewFile]
    look: Look
    told: Metadata
    """What the file and its sidecars say together; the look holds what the file says alone."""
    findings: Sequence[Findings]
    times: Sequence[tuple[int, int]]  # (milliseconds, shot) of each frame


@dataclass(frozen=True)
class Recorded:
    """The keys that an arrival's vectors are stored under."""

    asset_id: int
    frame_ids: list[int]
    face_ids: list[int]


def record(db: Connection, arrival: Arrival, place: Place | None, change: int) -> Recorded:
    """Write one new asset with all that is known of it."""
    asset_id = intake.add_asset(db, asset_values(arrival.look, arrival.told, place), change)
    for file in arrival.files:
        intake.add_file(db, arrival.root_id, asset_id, file)
    frame_ids = intake.add_frames(db, asset_id, arrival.times)
    sayings = [(s.task, s.card, s.value) for s in merged(arrival.findings)]
    if arrival.look.kind is not Kind.VIDEO:  # which frame of a video a face is from is not kept
        sayings += [(s.task, s.card, s.value) for one in arrival.findings if one.faces and (s := one.faces.told)]
    sayings.append((TASK, CARD, beside.dump(arrival.look.metadata)))
    intake.add_facts(db, [(asset_id, *saying) for saying in sayings])
    if arrival.look.kind is not Kind.VIDEO:
        pages = arrival.look.pages if arrival.look.kind is Kind.DOCUMENT else None
        judge(db, asset_id, [(task, value) for task, _, value in sayings], pages=pages)
    face_ids = [i for one in arrival.findings for i in _add_faces(db, asset_id, one)]
    fulltext.set_doc(db, asset_id, doc_fields(arrival, place))
    return Recorded(asset_id, frame_ids, face_ids)


def own_words(db: Connection, asset_id: int) -> Metadata | None:
    """Return what an asset's file said of itself when it was looked at, or None where that was not kept."""
    kept = intake.fact(db, asset_id, TASK, CARD)
    return None if kept is None else beside.load(kept)


def retell(db: Connection, asset_id: int, told: Metadata, place: Place | None) -> None:
    """Write anew what a file and its sidecars say; what was seen in the picture, or said by a person, stays."""
    before: dict[str, Any] = lookup.asset(db, asset_id).details
    film = {key: value for key, value in before.items() if key in SEEN}
    values = {**outranking(db, asset_id, told_values(told, place)), "details": {**details(told), **film}}
    db.execute(update(assets_table).where(assets_table.c.id == asset_id).values(values))
    fulltext.change_doc(db, asset_id, told_fields(told, place))
    refind(db, asset_id)


def _add_faces(db: Connection, asset_id: int, findings: Findings) -> list[int]:
    if findings.faces is None:
        return []
    seen, found = findings.faces, findings.faces.faces
    ids: list[int] = []
    for i in range(len(found)):
        box = dict(zip(FACE_FIELDS, map(float, found.boxes[i]), strict=True))
        row: dict[str, Any] = {
            "asset_id": asset_id,
            "card": seen.card,
            "score": float(found.scores[i]),
            "landmarks": rounded(found.landmarks[i]),
            "age": None if np.isnan(seen.ages[i]) else float(seen.ages[i]),
            **box,
        }
        key = db.execute(insert(faces_table).values(row)).inserted_primary_key
        ids.append(int(key[0]) if key else 0)
    return ids


def asset_values(look: Look, told: Metadata, place: Place | None) -> dict[str, Any]:
    """Return an asset's row from what was seen and what is told of it."""
    motion, film = told.embedded_video, look.video
    seen: dict[str, Any] = {"codec": film.codec, "fps": round(film.fps, 3), "audio": film.audio} if film else {}
    seen |= {"pages": look.pages} if look.kind is Kind.DOCUMENT else {}
    return {
        "digest": look.digest,
        "kind": "photo" if look.kind is Kind.IMAGE else str(look.kind),
        "mime": look.format.mime,
        "bytes": look.bytes,
        "width": look.width,
        "height": look.height,
        "duration_ms": film.duration_ms if film else None,
        "phash": signed(look.phash),
        "motion_offset": motion.offset if motion else None,
        "motion_bytes": motion.length if motion else None,
        "details": {**details(told), **_said(seen)},
        **told_values(told, place),
    }


def told_values(told: Metadata, place: Place | None) -> dict[str, Any]:
    """Return those columns of an asset that its file and sidecars tell."""
    return {
        "taken": told.taken.isoformat(timespec="milliseconds") if told.taken else None,
        "taken_s": taken_seconds(told),
        "offset_minutes": told.offset_minutes,
        "taken_from": told.taken_from,
        "lat": told.lat,
        "lon": told.lon,
        "altitude": told.altitude,
        "town": place.name if place else None,
        "region": place.region_code if place else None,
        "country": place.country if place else None,
        "make": told.make,
        "model": told.model,
        "lens": told.lens,
        "rating": told.rating,
    }


def taken_seconds(told: Metadata) -> float | None:
    """Return seconds since 1970 in UTC; where the zone is unknown, the local clock is read as UTC."""
    if told.taken is None:
        return None
    return (told.taken - timedelta(minutes=told.offset_minutes or 0)).replace(tzinfo=UTC).timestamp()


def signed(hash64: int) -> int:
    """Return a 64-bit hash as the signed number that databases hold."""
    return hash64 - (1 << 64) if hash64 >> 63 else hash64


def details(told: Metadata) -> dict[str, Any]:
    """Return what else is told of an asset, without what is not."""
    names = (
        "iso",
        "exposure",
        "f_number",
        "focal_length",
        "title",
        "caption",
        "author",
        "favourite",
        "zone_from",
        "content_id",
    )
    values: dict[str, Any] = {name: getattr(told, name) for name in names}
    values["keywords"] = list(told.keywords)
    values["people"] = sorted({*told.people, *(r.name for r in told.regions if r.name)})
    values["doubts"] = list(told.doubts)
    return _said(values)


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, [], False, "")}


def doc_fields(arrival: Arrival, place: Place | None) -> dict[str, str]:
    """Return the words under which full-text search finds an asset."""
    name = os.path.basename(arrival.files[0].path).decode("utf-8", "replace")
    written = "\n".join(one.words.text() for one in arrival.findings if one.words is not None)
    return {"written": written, "filename": name, **told_fields(arrival.told, place)}


def told_fields(told: Metadata, place: Place | None) -> dict[str, str]:
    """Return those words that file and sidecars tell."""
    return {
        "caption": "\n".join(text for text in (told.title, told.caption, told.author) if text),
        "names": "\n".join(sorted({*told.people, *(r.name for r in told.regions)})),
        "tags": "\n".join(told.keywords),
        "place": place.text() if place else "",
    }
