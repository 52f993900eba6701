"""Who is out for a bit, and who covers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "step_outs",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("step_out_id", sa.String(length=32), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("peer", sa.String(length=64), nullable=True),
        sa.Column("told", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "step_out_id", name=op.f("pk_step_outs")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_step_outs_ref", "step_outs", ["workspace", "ref"])


def downgrade() -> None:
    op.drop_table("step_outs")
