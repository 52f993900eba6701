"""Huddles of teams, and who is in one while it runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "huddles",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("huddle_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("starter", sa.String(length=64), nullable=True),
        sa.Column("with_supervisor", sa.Boolean(), nullable=False),
        sa.Column("ts", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "huddle_id", name=op.f("pk_huddles")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_huddles_team", "huddles", ["workspace", "team_id", "state"])
    op.create_index("ix_huddles_stale", "huddles", ["workspace", "stale"])
    op.create_table(
        "huddle_people",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("huddle_id", sa.String(length=32), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "huddle_id", "ref", name=op.f("pk_huddle_people")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_huddle_people_ref", "huddle_people", ["workspace", "ref"])


def downgrade() -> None:
    op.drop_table("huddle_people")
    op.drop_table("huddles")
