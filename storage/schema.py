"""All tables. Every key leads with the workspace id.

What is not here matters as much: no answer has a time, no row but `people` holds a Slack user id
(sealed there), nothing a person typed is kept except names of teams and units, who holds the key, and the
organization's list of help.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Time,
    text,
)
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite's own type drops the offset, so it is refused and restored here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        stored: datetime | None = value
        if stored is None:
            return None
        return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


PERSON = "person"
"""Marks a column that holds somebody's pseudonym."""


def _table(name: str, *columns: Any) -> Table:
    # Without a rowid, no number tells in which order rows came (privacy §7).
    return Table(name, metadata, *columns, sqlite_with_rowid=False)


def _workspace() -> Column[str]:
    return Column("workspace", String(32), primary_key=True)


def _ref(name: str = "ref", **more: Any) -> Column[str]:
    return Column(name, String(64), info={PERSON: True}, **more)


workspaces = _table(
    "workspaces",
    _workspace(),
    Column("epoch_on", Date),
    Column("country", String(8), nullable=False, server_default="US"),
    Column("language", String(16), nullable=False, server_default="en"),
    Column("key_holder", String(200)),
    _ref("key_holder_ref"),
    Column("key_holder_conflict", Boolean, nullable=False, server_default=text("false")),
    Column("key_check", String(64), nullable=False),
    Column("ref_check", String(64)),
    Column("send_not_before", Instant),
    Column("next_send_at", Instant),
    Column("roster_synced_at", Instant),
    Column("roster_next_at", Instant),
    Column("uninstalled_at", Instant),
    Column("ended_at", Instant),
    Column("restored_at", Instant),
    Column("known_until", Instant),
    _ref("support_contact"),
    Column("help_list", String(2000)),
)

people = _table(
    "people",
    _workspace(),
    _ref(primary_key=True),
    Column("sealed_id", LargeBinary, nullable=False),
    Column("tz", String(64), nullable=False),
    Column("locale", String(16)),
    Column("active", Boolean, nullable=False),
    Column("left_at", Instant),
    Column("quiet_from", Instant),
    Column("quiet_until", Instant),
    Column("on_vacation", Boolean, nullable=False, server_default=text("false")),
    Column("vacation_until", Instant),
)

Index("ix_people_left", people.c.workspace, people.c.active, people.c.left_at)

preferences = _table(
    "preferences",
    _workspace(),
    _ref(primary_key=True),
    Column("weekday", Integer, nullable=False),
    Column("local_time", Time, nullable=False),
    Column("length", String(16), nullable=False),
    Column("language", String(16)),
    Column("items_off", JSON, nullable=False),
    Column("remote", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("paused_until", Instant),
    Column("stopped", Boolean, nullable=False),
    Column("accepted_version", Integer, nullable=False),
)

leave = _table(
    "leave",
    _workspace(),
    _ref(primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

admins = _table("admins", _workspace(), _ref(primary_key=True))

units = _table(
    "units",
    _workspace(),
    Column("unit_id", String(32), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("parent_id", String(32)),
    _ref("pool_owner"),
)

teams = _table(
    "teams",
    _workspace(),
    Column("team_id", String(32), primary_key=True),
    Column("unit_id", String(32)),
    Column("name", String(80), nullable=False),
    Column("channel_id", String(32)),
    Column("tz", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    Column("country", String(8), nullable=False),
    Column("region", String(32)),
    _ref("supervisor"),
    _ref("deputy"),
    _ref("leader"),
    Column("pooled", Boolean, nullable=False, server_default=text("false")),
    Column("state", String(24), nullable=False),
    Column("staff_told_on", Date),
    Column("promised_on", Date),
    Column("started_at", Instant),
)

team_plans = _table(
    "team_plans",
    _workspace(),
    Column("team_id", String(32), primary_key=True),
    _ref("set_up_by", nullable=False),
    Column("team", JSON, nullable=False),
    Column("members", JSON, nullable=False),
)

memberships = _table(
    "memberships",
    _workspace(),
    _ref(primary_key=True),
    Column("from_at", Instant, primary_key=True),
    Column("team_id", String(32), nullable=False),
    Column("until_at", Instant),
)
Index(
    "uq_memberships_one_open",
    memberships.c.workspace,
    memberships.c.ref,
    unique=True,
    sqlite_where=memberships.c.until_at.is_(None),
    postgresql_where=memberships.c.until_at.is_(None),
)

Index("ix_memberships_team", memberships.c.workspace, memberships.c.team_id)

rules = _table(
    "rules",
    _workspace(),
    _ref(primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("since_at", Instant, nullable=False),
    Column("next_due_at", Instant),
    Column("run", Integer, nullable=False, server_default="0"),
    Column("spells", Integer, nullable=False, server_default="0"),
    Column("quiet_until_week", Integer, nullable=False, server_default="0"),
)
Index("ix_rules_due", rules.c.workspace, rules.c.next_due_at)

occurrences = _table(
    "occurrences",
    _workspace(),
    _ref(primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("slot", String(16), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("reason", String(24)),
    Column("card", String(16)),
    Column("sealed_channel", LargeBinary),
    Column("ts", String(32)),
)
Index(
    "ix_occurrences_card",
    occurrences.c.workspace,
    occurrences.c.kind,
    occurrences.c.state,
    occurrences.c.card,
)
Index("ix_occurrences_slot", occurrences.c.workspace, occurrences.c.kind, occurrences.c.slot)

answers = _table(
    "answers",
    _workspace(),
    _ref(primary_key=True),
    Column("week", Integer, primary_key=True),
    Column("weighed", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

Index("ix_answers_week", answers.c.workspace, answers.c.week)

person_keys = _table(
    "person_keys",
    _workspace(),
    _ref(primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

erasures = _table(
    "erasures",
    _workspace(),
    _ref(primary_key=True),
    Column("erased_at", Instant, nullable=False),
)
Index("ix_erasures_erased_at", erasures.c.workspace, erasures.c.erased_at)


def _numbers() -> tuple[Column[bool], Column[int], Column[int]]:
    """A guarantee; the constants where nothing else was said."""
    return (
        Column("strong", Boolean, nullable=False, server_default=text("false")),
        Column("roster_min", Integer, nullable=False, server_default="8"),
        Column("contributors_min", Integer, nullable=False, server_default="6"),
    )


guarantees = _table(
    "guarantees",
    _workspace(),
    Column("from_period", Integer, primary_key=True),
    *_numbers(),
    Column("chosen_on", Date, nullable=False),
)

periods = _table(
    "periods",
    _workspace(),
    Column("period", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    *_numbers(),
)

rosters = _table(
    "rosters",
    _workspace(),
    Column("period", Integer, primary_key=True),
    _ref(primary_key=True),
    Column("group_id", String(32), nullable=False),
)
Index("ix_rosters_group", rosters.c.workspace, rosters.c.period, rosters.c.group_id)

releases = _table(
    "releases",
    _workspace(),
    Column("group_id", String(32), primary_key=True),
    Column("period", Integer, primary_key=True),
    Column("teams", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("m", Integer),
    Column("c_quarters", Integer),
    Column("strong", Boolean),
    Column("y", Integer),
    Column("band", String(16)),
    Column("trend", String(16)),
    Column("small_group", Boolean),
    Column("wording", Integer),
    Column("lines", JSON),
    Column("raised", JSON),
    Column("holder", String(32)),
    Column("lease_until", Instant),
)

Index("ix_releases_period", releases.c.workspace, releases.c.period)
Index("ix_releases_state", releases.c.workspace, releases.c.state)

contributors = _table(
    "contributors",
    _workspace(),
    Column("period", Integer, primary_key=True),
    _ref(primary_key=True),
    Column("group_id", String(32), nullable=False),
)

ledger = _table(
    "ledger",
    _workspace(),
    Column("period", Integer, primary_key=True),
    _ref(primary_key=True),
)

raises = _table(
    "raises",
    _workspace(),
    Column("period", Integer, primary_key=True),
    _ref(primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

asks = _table(
    "asks",
    _workspace(),
    Column("ask_id", String(32), primary_key=True),
    _ref("asker", nullable=False),
    _ref("recipient", nullable=False),
    _ref("deputy"),
    _ref("also_asked"),
    _ref("answered_by"),
    _ref("next_person"),
    Column("state", String(16), nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("meet_at", Instant),
)
Index("ix_asks_recipient", asks.c.workspace, asks.c.recipient, asks.c.state)
Index("ix_asks_asker", asks.c.workspace, asks.c.asker, asks.c.state)

Index("ix_asks_asked_on", asks.c.workspace, asks.c.asked_on)

huddles = _table(
    "huddles",
    _workspace(),
    Column("huddle_id", String(32), primary_key=True),
    Column("team_id", String(32), nullable=False),
    Column("channel_id", String(32), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("open_until", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    _ref("starter"),
    Column("with_supervisor", Boolean, nullable=False),
    Column("ts", String(32)),
    Column("begins_at", Instant),
    Column("circle_id", String(32)),
    _ref("host"),
    Column("version", Integer, nullable=False),
    Column("stale", Boolean, nullable=False),
)
Index("ix_huddles_team", huddles.c.workspace, huddles.c.team_id, huddles.c.state)
Index("ix_huddles_stale", huddles.c.workspace, huddles.c.stale)

huddle_people = _table(
    "huddle_people",
    _workspace(),
    Column("huddle_id", String(32), primary_key=True),
    _ref(primary_key=True),
)
Index("ix_huddle_people_ref", huddle_people.c.workspace, huddle_people.c.ref)
peers = _table(
    "peers",
    _workspace(),
    _ref(primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("talks", Integer, nullable=False, server_default="0"),
)

peer_wishes = _table(
    "peer_wishes",
    _workspace(),
    _ref(primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

peer_requests = _table(
    "peer_requests",
    _workspace(),
    Column("request_id", String(32), primary_key=True),
    _ref("asker", nullable=False),
    _ref("peer"),
    Column("state", String(16), nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("yes_on", Date),
    Column("closed_at", Instant),
    Column("two_at_once", Boolean, nullable=False, server_default=text("false")),
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("sealed", LargeBinary, nullable=False),
)
Index("ix_peer_requests_asker", peer_requests.c.workspace, peer_requests.c.asker)
Index("ix_peer_requests_peer", peer_requests.c.workspace, peer_requests.c.peer)
Index("ix_peer_requests_closed_at", peer_requests.c.workspace, peer_requests.c.closed_at)

peer_offers = _table(
    "peer_offers",
    _workspace(),
    Column("request_id", String(32), primary_key=True),
    _ref("peer", primary_key=True),
    Column("state", String(16), nullable=False),
)
Index(
    "uq_peer_offers_one_open",
    peer_offers.c.workspace,
    peer_offers.c.peer,
    unique=True,
    sqlite_where=peer_offers.c.state == "open",
    postgresql_where=peer_offers.c.state == "open",
)

peer_loads = _table(
    "peer_loads",
    _workspace(),
    _ref(primary_key=True),
    Column("week_on", Date, primary_key=True),
    Column("offers", Integer, nullable=False),
    Column("helped", Integer, nullable=False),
)
Index("ix_peer_loads_week_on", peer_loads.c.workspace, peer_loads.c.week_on)

peer_months = _table(
    "peer_months",
    _workspace(),
    Column("month_on", Date, primary_key=True),
    Column("state", String(16), primary_key=True),
    Column("many", Integer, nullable=False),
)

circles = _table(
    "circles",
    _workspace(),
    Column("circle_id", String(32), primary_key=True),
    Column("team_id", String(32), nullable=False),
    Column("channel_id", String(32), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("local_time", Time, nullable=False),
    Column("every_weeks", Integer, nullable=False),
    Column("with_supervisor", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    _ref("proposer"),
    Column("next_on", Date),
    Column("turn", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    _ref("asked_to_host"),
    _ref("host"),
    Column("missed", Integer, nullable=False),
    Column("ts", String(32)),
)
Index("ix_circles_team", circles.c.workspace, circles.c.team_id)

circle_declines = _table(
    "circle_declines",
    _workspace(),
    Column("circle_id", String(32), primary_key=True),
    _ref(primary_key=True),
)

step_outs = _table(
    "step_outs",
    _workspace(),
    Column("step_out_id", String(32), primary_key=True),
    _ref("ref", nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    _ref("peer"),
    _ref("told"),
)
Index("ix_step_outs_ref", step_outs.c.workspace, step_outs.c.ref)

timers = _table(
    "timers",
    _workspace(),
    Column("entity", String(120), primary_key=True),
    Column("kind", String(24), primary_key=True),
    Column("due_at", Instant, nullable=False),
)
Index("ix_timers_due", timers.c.workspace, timers.c.due_at)

outbox = _table(
    "outbox",
    _workspace(),
    Column("delivery_id", String(32), primary_key=True),
    Column("dedupe_key", String(200), nullable=False),
    Column("kind", String(24), nullable=False),
    _ref("recipient"),
    Column("channel", String(32)),
    Column("facts", JSON, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("fate", String(16), nullable=False),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("lease_until", Instant),
    Column("reason", String(80)),
    Column("sealed_channel", LargeBinary),
    Column("sent_ts", String(32)),
)
Index("uq_outbox_dedupe", outbox.c.workspace, outbox.c.dedupe_key, unique=True)
Index("ix_outbox_due", outbox.c.workspace, outbox.c.fate, outbox.c.due_at, outbox.c.kind)

seen_events = _table(
    "seen_events",
    _workspace(),
    Column("event_id", String(64), primary_key=True),
    Column("seen_at", Instant, nullable=False),
)
Index("ix_seen_events_seen_at", seen_events.c.workspace, seen_events.c.seen_at)
