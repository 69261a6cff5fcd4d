"""The first tables, and the full-text index beside them."""

from alembic import op

from albumen.stores.catalog.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply this step."""
    metadata.create_all(op.get_bind())
    op.execute(
        "CREATE VIRTUAL TABLE docs USING fts5("
        "written, caption, names, tags, filename, place, tokenize='unicode61 remove_diacritics 2')"
    )
