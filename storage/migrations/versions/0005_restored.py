"""When a backup was put back, and since when the database may know of less than Slack does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("workspaces", sa.Column("known_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("workspaces", "known_until")
    op.drop_column("workspaces", "restored_at")
