"""The catalog's tables. An asset is what its bytes hash to; a file is a place where those bytes were seen."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()


def _asset_ref(*, index: bool = False, key: bool = False) -> Column[int]:
    owner = ForeignKey("assets.id", ondelete="CASCADE")
    return Column("asset_id", Integer, owner, nullable=False, index=index, primary_key=key)


assets = Table(
    "assets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256 of the original's bytes
    Column("kind", String(8), nullable=False),  # photo | video
    Column("mime", String(64), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("width", Integer, nullable=False),  # upright pixels
    Column("height", Integer, nullable=False),
    Column("duration_ms", Integer),
    Column("taken", String(26)),  # local wall clock, ISO 8601 without zone
    Column("taken_s", Float),  # seconds since 1970, UTC; the local clock read as UTC where the zone is unknown
    Column("offset_minutes", Integer),  # east of UTC; null: unknown
    Column("taken_from", String(32)),
    Column("lat", Float),
    Column("lon", Float),
    Column("altitude", Float),
    Column("town", Text),  # the nearest town, in English
    Column("region", String(16)),  # GeoNames code such as IT.07
    Column("country", String(2)),
    Column("make", Text),
    Column("model", Text),
    Column("lens", Text),
    Column("details", JSON, nullable=False),  # exposure and whatever else the file says of itself
    Column("rating", Integer),
    Column("phash", BigInteger),
    Column("motion_offset", BigInteger),  # where a motion photo's video starts in the file
    Column("motion_bytes", BigInteger),
    Column("added_s", Float, nullable=False),
    Column("trashed_s", Float),
    Column("changed", Integer, nullable=False, index=True),  # grows with every change, so that readers can catch up
    sqlite_autoincrement=True,
)
Index("assets_by_time", assets.c.trashed_s, assets.c.taken_s, assets.c.id)

roots = Table(
    "roots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path", LargeBinary, nullable=False, unique=True),  # bytes: names need not be text
    Column("managed", Boolean, nullable=False, default=False),
    Column("online", Boolean, nullable=False, default=True),
    Column("scanned_s", Float),
)

files = Table(
    "files",
    metadata,
    Column("id", Integer, primary_key=True),
    _asset_ref(index=True),
    Column("root_id", Integer, ForeignKey("roots.id"), nullable=False, index=True),
    Column("path", LargeBinary, nullable=False, unique=True),
    Column("digest", String(64), nullable=False, index=True),
    Column("role", String(8), nullable=False),  # original | live | sidecar
    Column("bytes", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("state", String(8), nullable=False),  # present | offline | missing
)

frames = Table(
    "frames",
    metadata,
    Column("id", Integer, primary_key=True),  # the key of the frame's vector
    _asset_ref(index=True),
    Column("at_ms", Integer, nullable=False),  # 0 for photos
    Column("shot", Integer, nullable=False),
    sqlite_autoincrement=True,
)

facts = Table(
    "facts",
    metadata,
    _asset_ref(key=True),
    Column("task", String(24), primary_key=True),
    Column("card", String(64), primary_key=True),  # who said it; "owner" is a person, who outranks every model
    Column("value", JSON, nullable=False),
    Column("at_s", Float, nullable=False),
    sqlite_with_rowid=False,
)

documents = Table(  # what was read of an asset, in short; the pages themselves lie beside the thumbnails
    "documents",
    metadata,
    _asset_ref(key=True),
    Column("kind", String(16), nullable=False, index=True),
    Column("confidence", Float, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("read", Integer, nullable=False),  # pages that were read, or cannot be
    Column("card", String(64), nullable=False),  # what read it
    Column("title", Text),
    Column("vendor", Text),
    Column("total", Float),
    Column("currency", String(3)),
    Column("day", String(10)),
)

amounts = Table(  # every sum of money that stands in a document
    "amounts",
    metadata,
    Column("cents", BigInteger, primary_key=True),
    _asset_ref(key=True, index=True),
    sqlite_with_rowid=False,
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text),
    Column("hidden", Boolean, nullable=False, default=False, server_default="0"),
    sqlite_autoincrement=True,
)

faces = Table(
    "faces",
    metadata,
    Column("id", Integer, primary_key=True),  # the key of the face's vector
    _asset_ref(index=True),
    Column("card", String(64), nullable=False),
    Column("score", Float, nullable=False),
    Column("left", Float, nullable=False),
    Column("top", Float, nullable=False),
    Column("right", Float, nullable=False),
    Column("bottom", Float, nullable=False),
    Column("landmarks", JSON, nullable=False),
    Column("age", Float),
    Column("person_id", Integer, ForeignKey("people.id", ondelete="SET NULL"), index=True),
    Column("by_owner", Boolean, nullable=False, default=False),
    sqlite_autoincrement=True,
)

failures = Table(
    "failures",
    metadata,
    Column("path", LargeBinary, primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("version", String(16), nullable=False),  # of the Albumen that failed; another one tries again
    Column("at_s", Float, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)
