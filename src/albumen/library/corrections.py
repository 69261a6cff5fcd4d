"""What a person says of an asset: it outranks every model, replaces nothing, and can be taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, cast

from sqlalchemy import Connection, delete, select, text, update

from albumen.core.errors import QueryError, StoreError
from albumen.library.documents.judging import DOCUMENTS, Kind, forget, sort_as
from albumen.library.documents.judging import TASK as DOCUMENT
from albumen.library.places import Place
from albumen.stores.catalog import fulltext, intake, lookup
from albumen.stores.catalog.catalog import Catalog
from albumen.stores.catalog.schema import assets, facts

OWNER = "owner"
FILE = "file"
"""The card under which a correction keeps what the file said before."""
MOST_ENTRIES, MOST_LETTERS = 500, 5_000
Columns = dict[str, Any]


class Places(Protocol):
    """Knows places by their coordinates."""

    def place(self, lat: float | None, lon: float | None) -> Place | None:
        """Return the place at a coordinate, or None where none is known."""
        ...


class ChangedMeanwhile(StoreError):
    """Somebody else changed the asset after it was shown."""

    def __init__(self, shown: int, version: int) -> None:
        super().__init__(f"this was changed meanwhile: version {shown} was shown, {version} is current; look again")
        self.version = version


@dataclass(frozen=True)
class Correction:
    """One thing that a person can say: how its value is checked, and the asset's columns that follow from it."""

    check: Callable[[Any], Any]
    columns: tuple[str, ...] = ()


def correct(catalog: Catalog, asset_id: int, task: str, value: Any, *, shown: int, places: Places) -> None:
    """Write down what a person says, unless the asset is no longer as it was shown to them."""
    correction = _known(task)
    checked = correction.check(value)
    with catalog.write() as db:
        _unchanged(db, asset_id, shown)
        if correction.columns:
            _remember(db, asset_id, task, correction.columns)
            _set(db, asset_id, _columns(db, asset_id, task, checked, places))
        intake.add_facts(db, [(asset_id, task, OWNER, checked)])
        if task == DOCUMENT:
            sort_as(db, asset_id, checked)
        refind(db, asset_id)


def withdraw(catalog: Catalog, asset_id: int, task: str, *, shown: int) -> None:
    """Take back what a person said; what the file says counts again."""
    correction = _known(task)
    with catalog.write() as db:
        _unchanged(db, asset_id, shown)
        before = _said(db, asset_id, task, FILE)
        if correction.columns and before is not None:
            _set(db, asset_id, before)
        one = (facts.c.asset_id == asset_id) & (facts.c.task == task) & facts.c.card.in_((OWNER, FILE))
        db.execute(delete(facts).where(one))
        if task == DOCUMENT:
            forget(db, asset_id)
        refind(db, asset_id)


def outranking(db: Connection, asset_id: int, told: Columns) -> Columns:
    """Return what files say now without what a person corrected; their word is kept for when that is withdrawn."""
    left = dict(told)
    for task, correction in CORRECTIONS.items():
        if correction.columns and _said(db, asset_id, task, OWNER) is not None:
            word = {name: left.pop(name) for name in correction.columns if name in left}
            before: Columns = _said(db, asset_id, task, FILE) or {}
            intake.add_facts(db, [(asset_id, task, FILE, before | word)])
    return left


def _known(task: str) -> Correction:
    if task not in CORRECTIONS:
        raise QueryError(f"{task!r} cannot be corrected; what can be: {', '.join(CORRECTIONS)}")
    return CORRECTIONS[task]


def _unchanged(db: Connection, asset_id: int, shown: int) -> None:
    version = lookup.asset(db, asset_id).changed
    if version != shown:
        raise ChangedMeanwhile(shown, version)


def _said(db: Connection, asset_id: int, task: str, card: str) -> Any:
    f = facts.c
    return db.execute(select(f.value).where(f.asset_id == asset_id, f.task == task, f.card == card)).scalar()


def _remember(db: Connection, asset_id: int, task: str, columns: Sequence[str]) -> None:
    """Keep what the file said, once: a second correction must not take the first for the file's word."""
    if _said(db, asset_id, task, FILE) is None:
        row = lookup.asset(db, asset_id)
        intake.add_facts(db, [(asset_id, task, FILE, {name: getattr(row, name) for name in columns})])


def _set(db: Connection, asset_id: int, values: Mapping[str, Any]) -> None:
    db.execute(update(assets).where(assets.c.id == asset_id).values(**values))


def _columns(db: Connection, asset_id: int, task: str, value: Any, places: Places) -> Columns:
    match task:
        case "rating":
            return {"rating": value}
        case "taken":
            offset = lookup.asset(db, asset_id).offset_minutes
            taken = datetime.fromisoformat(value)
            utc = (taken - timedelta(minutes=offset or 0)).replace(tzinfo=UTC).timestamp()
            return {"taken": taken.isoformat(timespec="milliseconds"), "taken_s": utc, "taken_from": OWNER}
        case _:
            place = places.place(value["lat"], value["lon"])
            return value | {
                "town": place.name if place else None,
                "region": place.region_code if place else None,
                "country": place.country if place else None,
            }


def refind(db: Connection, asset_id: int) -> None:
    """Let full-text search find what the person says beside what the file says, and tell readers of the change."""
    details = lookup.asset(db, asset_id).details
    tags = [*details.get("keywords", ()), *_entries(db, asset_id, "tags"), *_entries(db, asset_id, "labels")]
    said = _said(db, asset_id, "caption", OWNER)
    captions = [details.get("title"), said if said is not None else details.get("caption"), details.get("author")]
    values = {
        "tags": fulltext.spaced("\n".join(dict.fromkeys(tags))),
        "caption": fulltext.spaced("\n".join(c for c in captions if c)),
        "id": asset_id,
    }
    db.execute(text("UPDATE docs SET tags = :tags, caption = :caption WHERE rowid = :id"), values)
    intake.touch_assets(db, [asset_id])


def _entries(db: Connection, asset_id: int, task: str) -> list[str]:
    return [entry[0] for entry in _said(db, asset_id, task, OWNER) or ()]


def _names(value: Any) -> list[list[Any]]:
    """Return names as models say labels: [name, how sure], each once."""
    entries = cast("list[Any]", value) if isinstance(value, list) else [None]
    if len(entries) > MOST_ENTRIES or not all(isinstance(e, str) and 0 < len(e.strip()) <= 200 for e in entries):
        raise QueryError(f"names are a list of at most {MOST_ENTRIES} texts of 1 to 200 characters")
    return [[name, 1.0] for name in dict.fromkeys(str(e).strip() for e in entries)]


def _caption(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_LETTERS:
        raise QueryError(f"a caption is a text of at most {MOST_LETTERS} characters")
    return value.strip()


def _document(value: Any) -> str:
    kinds = [str(kind) for kind in (*DOCUMENTS, Kind.SCREENSHOT, Kind.NONE)]
    if value not in kinds:
        raise QueryError(f"a kind of document is one of {', '.join(kinds)}, not {value!r:.50}")
    return value


def _rating(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= 5:
        raise QueryError(f"a rating is a whole number from 0 to 5, not {value!r}")
    return value


def _taken(value: Any) -> str:
    try:
        taken = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        taken = None
    if taken is None or taken.tzinfo is not None or not 1800 <= taken.year <= 2200:
        raise QueryError(f"a time is written like 2019-07-14T18:00:00, without a zone, not {value!r:.50}")
    return taken.isoformat(timespec="seconds")


def _position(value: Any) -> dict[str, float]:
    given = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    lat, lon = given.get("lat"), given.get("lon")
    fits = set(given) == {"lat", "lon"} and all(type(v) in (int, float) for v in (lat, lon))
    if not fits or not (abs(float(lat or 0)) <= 90 and abs(float(lon or 0)) <= 180):
        raise QueryError("a position is {'lat': -90 to 90, 'lon': -180 to 180}")
    return {"lat": float(lat or 0), "lon": float(lon or 0)}


CORRECTIONS = {
    "labels": Correction(_names),
    "tags": Correction(_names),
    "caption": Correction(_caption),
    DOCUMENT: Correction(_document),
    "rating": Correction(_rating, ("rating",)),
    "taken": Correction(_taken, ("taken", "taken_s", "taken_from")),
    "position": Correction(_position, ("lat", "lon", "town", "region", "country")),
}
