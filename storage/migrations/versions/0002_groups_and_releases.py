"""Periods, frozen rosters, releases and the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "contributors",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("group_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "period", "ref", name=op.f("pk_contributors")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "period", "ref", name=op.f("pk_ledger")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "periods",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "period", name=op.f("pk_periods")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "releases",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("group_id", sa.String(length=32), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("m", sa.Integer(), nullable=True),
        sa.Column("c_quarters", sa.Integer(), nullable=True),
        sa.Column("y", sa.Integer(), nullable=True),
        sa.Column("band", sa.String(length=16), nullable=True),
        sa.Column("trend", sa.String(length=16), nullable=True),
        sa.Column("small_group", sa.Boolean(), nullable=True),
        sa.Column("wording", sa.Integer(), nullable=True),
        sa.Column("lines", sa.JSON(), nullable=True),
        sa.Column("holder", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "group_id", "period", name=op.f("pk_releases")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rosters",
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("group_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "period", "ref", name=op.f("pk_rosters")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("rosters", schema=None) as batch_op:
        batch_op.create_index("ix_rosters_group", ["workspace", "period", "group_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("rosters", schema=None) as batch_op:
        batch_op.drop_index("ix_rosters_group")

    op.drop_table("rosters")
    op.drop_table("releases")
    op.drop_table("periods")
    op.drop_table("ledger")
    op.drop_table("contributors")
