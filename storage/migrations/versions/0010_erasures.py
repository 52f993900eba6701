"""Who deleted their data and when, so that an older backup that is put back erases them again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "ref", name=op.f("pk_erasures")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("erasures")
