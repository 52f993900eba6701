"""Circles of teams, and of a huddle whose circle it is, at what hour, and who opens it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "circles",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("circle_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("local_time", sa.Time(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("with_supervisor", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("proposer", sa.String(length=64), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("asked_to_host", sa.String(length=64), nullable=True),
        sa.Column("host", sa.String(length=64), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("ts", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "circle_id", name=op.f("pk_circles")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_circles_team", "circles", ["workspace", "team_id"])
    op.create_table(
        "circle_declines",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("circle_id", sa.String(length=32), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "circle_id", "ref", name=op.f("pk_circle_declines")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("huddles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("circle_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("host", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("huddles", schema=None) as batch_op:
        batch_op.drop_column("host")
        batch_op.drop_column("circle_id")
        batch_op.drop_column("begins_at")
    op.drop_table("circle_declines")
    op.drop_table("circles")
