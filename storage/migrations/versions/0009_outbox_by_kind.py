"""The index of what is due also tells its kind, by which erasing passes over what is kept for good."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

DUE = ["workspace", "fate", "due_at"]


def upgrade() -> None:
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index("ix_outbox_due", "outbox", [*DUE, "kind"])


def downgrade() -> None:
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index("ix_outbox_due", "outbox", DUE)
