"""Indexes by which a look at very many rows stays short."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

ADDED = (
    ("ix_answers_week", "answers", ["workspace", "week"]),
    ("ix_asks_asked_on", "asks", ["workspace", "asked_on"]),
    ("ix_memberships_team", "memberships", ["workspace", "team_id"]),
    ("ix_occurrences_card", "occurrences", ["workspace", "kind", "state", "card"]),
    ("ix_occurrences_slot", "occurrences", ["workspace", "kind", "slot"]),
    ("ix_releases_period", "releases", ["workspace", "period"]),
    ("ix_releases_state", "releases", ["workspace", "state"]),
    ("ix_seen_events_seen_at", "seen_events", ["workspace", "seen_at"]),
)


def upgrade() -> None:
    op.drop_index("ix_occurrences_state", "occurrences")
    for name, table, columns in ADDED:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in ADDED:
        op.drop_index(name, table)
    op.create_index("ix_occurrences_state", "occurrences", ["workspace", "kind", "state"])
