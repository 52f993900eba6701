"""A check of the reference key alone, so that the master key can be changed, or be lost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("ref_check", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("workspaces", "ref_check")
