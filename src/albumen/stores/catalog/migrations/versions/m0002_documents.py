"""What documents say, for lists and search."""

from alembic import op

from albumen.stores.catalog.schema import amounts, documents

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply this step."""
    for table in (documents, amounts):
        table.create(op.get_bind(), checkfirst=True)
