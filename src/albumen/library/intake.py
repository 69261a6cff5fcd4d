"""Turns what was seen of a file into the catalog's rows."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Protocol

import numpy as np
from sqlalchemy import Connection, insert

from albumen.library.places import Place
from albumen.library.understand import Findings, merged, rounded
from albumen.media.look import Look
from albumen.media.metadata import Metadata
from albumen.stores.catalog import fulltext, intake
from albumen.stores.catalog.intake import NewFile
from albumen.stores.catalog.schema import faces as faces_table

FACE_FIELDS = ("left", "top", "right", "bottom")


class Places(Protocol):
    """Knows places by their coordinates."""

    def place(self, lat: float | None, lon: float | None) -> Place | None:
        """Return the place at a coordinate, or None where none is known."""
        ...


@dataclass(frozen=True)
class Arrival:
    """One new asset: the file it came as, what it is, and what the models say of each of its frames."""

    file: NewFile
    extras: tuple[NewFile, ...]
    look: Look
    findings: Sequence[Findings]
    times: Sequence[tuple[int, int]]  # (milliseconds, shot) of each frame


@dataclass(frozen=True)
class Recorded:
    """The keys that an arrival's vectors are stored under."""

    asset_id: int
    frame_ids: list[int]
    face_ids: list[int]


def record(db: Connection, arrival: Arrival, root_id: int, place: Place | None, change: int) -> Recorded:
    """Write one new asset with all that is known of it."""
    asset_id = intake.add_asset(db, asset_values(arrival.look, place), change)
    for file in (arrival.file, *arrival.extras):
        intake.add_file(db, root_id, asset_id, file)
    frame_ids = intake.add_frames(db, asset_id, arrival.times)
    sayings = merged(arrival.findings)
    intake.add_facts(db, [(asset_id, s.task, s.card, s.value) for s in sayings])
    face_ids = [i for one in arrival.findings for i in _add_faces(db, asset_id, one)]
    fulltext.set_doc(db, asset_id, doc_fields(arrival, place))
    return Recorded(asset_id, frame_ids, face_ids)


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


def asset_values(look: Look, place: Place | None) -> dict[str, Any]:
    """Return an asset's row from what its file says."""
    told = look.metadata
    motion = told.embedded_video
    return {
        "digest": look.digest,
        "kind": "video" if look.video else "photo",
        "mime": look.format.mime,
        "bytes": look.bytes,
        "width": look.width,
        "height": look.height,
        "duration_ms": look.video.duration_ms if look.video else None,
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
        "details": details(look),
        "rating": told.rating,
        "phash": signed(look.phash),
        "motion_offset": motion.offset if motion else None,
        "motion_bytes": motion.length if motion else None,
    }


def taken_seconds(told: Metadata) -> float | None:
    """Return seconds since 1970 in UTC; where the zone is unknown, the local clock is read as UTC."""
    if told.taken is None:
        return None
    return (told.taken - timedelta(minutes=told.offset_minutes or 0)).replace(tzinfo=UTC).timestamp()


def signed(hash64: int) -> int:
    """Return a 64-bit hash as the signed number that databases hold."""
    return hash64 - (1 << 64) if hash64 >> 63 else hash64


def details(look: Look) -> dict[str, Any]:
    """Return what else the file says of itself, without what it does not say."""
    told, film = look.metadata, look.video
    values: dict[str, Any] = {
        "iso": told.iso,
        "exposure": told.exposure,
        "f_number": told.f_number,
        "focal_length": told.focal_length,
        "title": told.title,
        "caption": told.caption,
        "keywords": list(told.keywords),
        "people": sorted({*told.people, *(r.name for r in told.regions if r.name)}),
        "favourite": told.favourite,
        "zone_from": told.zone_from,
        "content_id": told.content_id,
        "doubts": list(told.doubts),
        "codec": film.codec if film else None,
        "fps": round(film.fps, 3) if film else None,
        "audio": film.audio if film else None,
    }
    return {key: value for key, value in values.items() if value not in (None, [], False, "")}


def doc_fields(arrival: Arrival, place: Place | None) -> dict[str, str]:
    """Return the words under which full-text search finds an asset."""
    told = arrival.look.metadata
    name = os.path.basename(arrival.file.path).decode("utf-8", "replace")
    return {
        "written": "\n".join(one.words.text() for one in arrival.findings if one.words is not None),
        "caption": "\n".join(text for text in (told.title, told.caption) if text),
        "names": "\n".join({*told.people, *(r.name for r in told.regions)}),
        "tags": "\n".join(told.keywords),
        "filename": name,
        "place": place.text() if place else "",
    }
