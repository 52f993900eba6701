"""Peers: what people offer and wish, requests and who is asked about them, and how much each carried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def _table(name: str, key: tuple[str, ...], *columns: sa.Column[object]) -> None:
    workspace = sa.Column("workspace", sa.String(length=32), nullable=False)
    primary = sa.PrimaryKeyConstraint("workspace", *key, name=op.f(f"pk_{name}"))
    op.create_table(name, workspace, *columns, primary, sqlite_with_rowid=False)


def _ref(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=64), nullable=nullable)


def upgrade() -> None:
    _table(
        "peers",
        ("ref",),
        _ref("ref"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("talks", sa.Integer(), server_default="0", nullable=False),
    )
    _table("peer_wishes", ("ref",), _ref("ref"), sa.Column("sealed", sa.LargeBinary(), nullable=False))
    _table(
        "peer_requests",
        ("request_id",),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        _ref("asker"),
        _ref("peer", nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("yes_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("two_at_once", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("turn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    for name in ("asker", "peer", "closed_at"):
        op.create_index(op.f(f"ix_peer_requests_{name}"), "peer_requests", ["workspace", name])
    _table(
        "peer_offers",
        ("request_id", "peer"),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        _ref("peer"),
        sa.Column("state", sa.String(length=16), nullable=False),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_peer_offers_one_open",
        "peer_offers",
        ["workspace", "peer"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    _table(
        "peer_loads",
        ("ref", "week_on"),
        _ref("ref"),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
    )
    op.create_index(op.f("ix_peer_loads_week_on"), "peer_loads", ["workspace", "week_on"])
    _table(
        "peer_months",
        ("month_on", "state"),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
    )
    with op.batch_alter_table("workspaces", schema=None) as batch_op:
        batch_op.add_column(_ref("support_contact", nullable=True))
        batch_op.add_column(sa.Column("help_list", sa.String(length=2000), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("workspaces", schema=None) as batch_op:
        batch_op.drop_column("help_list")
        batch_op.drop_column("support_contact")
    for name in ("peer_months", "peer_loads", "peer_offers", "peer_requests", "peer_wishes", "peers"):
        op.drop_table(name)
