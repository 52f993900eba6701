"""Numbers stricter than the constants: as chosen, as a period was opened, and as an update was drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def numbers() -> tuple[sa.Column[bool], sa.Column[int], sa.Column[int]]:
    """Whatever was released before was released by the constants."""
    return (
        sa.Column("strong", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("roster_min", sa.Integer(), server_default="8", nullable=False),
        sa.Column("contributors_min", sa.Integer(), server_default="6", nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "guarantees",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("from_period", sa.Integer(), nullable=False),
        *numbers(),
        sa.Column("chosen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "from_period", name=op.f("pk_guarantees")),
        sqlite_with_rowid=False,
    )
    for column in numbers():
        op.add_column("periods", column)
    op.add_column("releases", sa.Column("strong", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("releases", "strong")
    for column in numbers():
        op.drop_column("periods", column.name)
    op.drop_table("guarantees")
