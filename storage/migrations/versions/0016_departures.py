"""When somebody left Slack, and when staff decided to stop: what is about them is erased some days later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("people", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_people_left", "people", ["workspace", "active", "left_at"])
    op.add_column("workspaces", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_erasures_erased_at", "erasures", ["workspace", "erased_at"])


def downgrade() -> None:
    op.drop_index("ix_erasures_erased_at", "erasures")
    op.drop_column("workspaces", "ended_at")
    op.drop_index("ix_people_left", "people")
    op.drop_column("people", "left_at")
