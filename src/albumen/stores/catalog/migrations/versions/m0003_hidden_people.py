"""People whom nobody wants to see in lists."""

from alembic import op
from sqlalchemy import Boolean, Column, inspect

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply this step."""
    known = {column["name"] for column in inspect(op.get_bind()).get_columns("people")}
    if "hidden" not in known:  # a new catalog begins with the tables as they are now
        op.add_column("people", Column("hidden", Boolean, nullable=False, server_default="0"))
