"""All that is known of one asset, as plain data for people and programs."""

from typing import Any

from sqlalchemy import Connection

from albumen.core.paths import shown
from albumen.library import told
from albumen.library.documents.judging import short
from albumen.stores.catalog import lookup

FIELDS = (
    "kind", "mime", "bytes", "width", "height", "duration_ms", "taken", "offset_minutes", "taken_from", "lat", "lon",
    "altitude", "town", "region", "country", "make", "model", "lens", "rating", "trashed_s",
)  # fmt: skip


def describe(db: Connection, asset_id: int) -> dict[str, Any]:
    """Return an asset's fields, files, facts with who said them, and faces; what is unknown is left out."""
    row = lookup.asset(db, asset_id)
    own = {name: getattr(row, name) for name in FIELDS if getattr(row, name) not in (None, "")}
    files = [
        {"path": shown(f.path), "role": f.role, "state": f.state, "bytes": f.bytes}
        for f in lookup.files_of(db, [asset_id])[asset_id]
    ]
    known = (f for f in lookup.facts_of(db, asset_id) if f.task != told.TASK)  # the fields hold what the file says
    facts = [{"task": f.task, "card": f.card, "value": f.value} for f in known]
    faces = [
        {
            "id": face.id,
            "score": round(face.score, 3),
            "box": [round(v, 4) for v in (face.left, face.top, face.right, face.bottom)],
            "age": face.age,
            "person": face.person_id,
            "name": face.name,
            "card": face.card,
        }
        for face in lookup.faces_of(db, asset_id)
    ]
    document = short(db, asset_id)
    paper = {"document": document} if document else {}
    return {"id": row.digest, **own, **paper, "details": row.details, "files": files, "facts": facts, "faces": faces}
