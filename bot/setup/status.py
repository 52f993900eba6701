"""`choir status`: how deliveries stand in each workspace, in words or as JSON; needs no key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_high
from typing import Any

from babel.dates import format_datetime, format_timedelta

from bot.domain.notices import Fate
from bot.domain.peers import RequestState
from bot.setup.database import opened_without_keys
from storage import peers, status, workspaces
from storage.database import Store, is_running
from storage.departures import KEPT_AFTER_THE_END
from storage.status import Ahead, Backlog, Stuck

LATELY = timedelta(hours=1)
BOT = {
    True: "`choir run` is running on this database.",
    False: "`choir run` is NOT running on this database: nothing goes out.",
    None: "on PostgreSQL any number of `choir run` may be running; nobody counts them.",
}
SOCKET = "whether it is connected to Slack is known only inside it: see /readyz, with HTTP_PORT."


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One workspace. delays: of what was sent in the last hour, the shortest first.

    colleagues: how requests for a colleague ended this month, everybody's together.
    """

    workspace: str
    backlog: Backlog
    ahead: Ahead
    delays: tuple[timedelta, ...]
    colleagues: Mapping[RequestState, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """running: None where nobody can tell."""

    at: datetime
    running: bool | None
    standings: tuple[Standing, ...]


def look(database_url: str, now: datetime) -> Report:
    """Raises Unready, and SQLAlchemyError when the database cannot be used."""
    with opened_without_keys(database_url) as store:
        standings = tuple(_standing(store, workspace, now) for workspace in workspaces.list_ids(store))
    return Report(at=now, running=is_running(database_url), standings=standings)


def _standing(store: Store, workspace: str, now: datetime) -> Standing:
    with store.read(workspace) as tx:
        return Standing(
            workspace=workspace,
            backlog=status.backlog(tx, now),
            ahead=status.ahead(tx, now),
            delays=status.delays(tx, now - LATELY),
            colleagues=peers.months(tx).get(now.date().replace(day=1), {}),
        )


# ---- in words


def words(report: Report) -> str:
    bot = _table("The bot", [("running", BOT[report.running]), ("connected", SOCKET)])
    parts = [_table(f"Workspace {each.workspace}", _lines(each, report.at)) for each in report.standings]
    return "\n\n".join([bot, *(parts or ["No workspace yet: `choir run` enters it when it starts."])])


def _table(title: str, lines: list[tuple[str, str]]) -> str:
    return "\n".join([title, *(f"  {about:<14} {said}" for about, said in lines)])


def _lines(standing: Standing, now: datetime) -> list[tuple[str, str]]:
    backlog, ahead = standing.backlog, standing.ahead
    return [
        ("due now", _due(backlog, now)),
        ("for later", _later(ahead)),
        ("last hour", _delays(standing.delays)),
        *_looked_up(backlog),
        *_stuck(backlog.stuck),
        ("pause", _pause(backlog)),
        ("roster", _roster(backlog, now)),
        ("app", _app(backlog)),
        ("colleagues", _colleagues(standing.colleagues)),
    ]


def _due(backlog: Backlog, now: datetime) -> str:
    if backlog.oldest_due_at is None or not backlog.due:
        return "none waits"
    return f"{_messages(backlog.due)}, the oldest for {_span(now - backlog.oldest_due_at)}"


def _later(ahead: Ahead) -> str:
    if ahead.next_due_at is None:
        return "none waits"
    return f"{_messages(ahead.later)}, the next on {_moment(ahead.next_due_at)}"


def _delays(delays: tuple[timedelta, ...]) -> str:
    if not delays:
        return "none sent"
    half, last = _span(median_high(delays)), _span(delays[-1])
    return (
        f"{_messages(len(delays))} sent; half of them within {half} of their time, the latest {last} after it"
    )


def _looked_up(backlog: Backlog) -> Iterator[tuple[str, str]]:
    if backlog.looked_up:
        yield (
            "looked up",
            f"{_messages(backlog.looked_up)}: may have gone out; Slack's history is asked first",
        )


def _stuck(stuck: tuple[Stuck, ...]) -> Iterator[tuple[str, str]]:
    for each in stuck:
        yield NAMES[each.fate], f"{_messages(each.many)}: {_why(each)}"
    if not stuck:
        yield "stuck", "none"


NAMES: Mapping[Fate, str] = {Fate.HELD: "held", Fate.PARKED: "set aside"}


def _why(stuck: Stuck) -> str:
    """What happened to them, with the code."""
    code = stuck.reason or "no code"
    if stuck.fate == Fate.HELD:
        return f"may have arrived, which cannot be looked up; nothing is sent twice ({code})"
    if stuck.reason == "cannot_be_rendered":
        return f"could not be written, a fault of Choir's own; please report it ({code})"
    return f"refused by Slack for good ({code})"


def _pause(backlog: Backlog) -> str:
    if backlog.paused_until is None:
        return "none"
    return f"Slack asked for one, until {_moment(backlog.paused_until)}"


def _roster(backlog: Backlog, now: datetime) -> str:
    if backlog.roster_read_at is None:
        return "Slack's list of people was not read yet"
    return f"Slack's list of people was read {_span(now - backlog.roster_read_at)} ago"


def _app(backlog: Backlog) -> str:
    over = [at for at in (backlog.uninstalled_at, backlog.ended_at) if at is not None]
    if not over:
        return "installed"
    why = "taken out of the workspace" if backlog.uninstalled_at else "ended, as staff decided,"
    erased = _moment(min(over) + KEPT_AFTER_THE_END)
    return f"{why} on {_moment(min(over))}: nothing goes out; what is about people is erased on {erased}"


def _colleagues(ended: Mapping[RequestState, int]) -> str:
    """How requests for a colleague ended this month, in the whole installation."""
    if not ended:
        return "no request for a colleague has ended this month"
    said = ", ".join(f"{many} {state}" for state, many in sorted(ended.items()))
    return f"requests that ended this month: {said}"


def _messages(many: int) -> str:
    return f"{many} message" if many == 1 else f"{many} messages"


# ---- for programs


def as_json(report: Report) -> dict[str, Any]:
    """The same for programs: instants in ISO 8601 (UTC), spans in seconds, null for what there is not."""
    standings = [_as_json(each, report.at) for each in report.standings]
    return {"at": report.at.isoformat(), "running": report.running, "workspaces": standings}


def _as_json(standing: Standing, now: datetime) -> dict[str, Any]:
    backlog, ahead, delays = standing.backlog, standing.ahead, standing.delays
    oldest = backlog.oldest_due_at
    return {
        "workspace": standing.workspace,
        "due": backlog.due,
        "oldest_due_seconds": (now - oldest).total_seconds() if oldest else None,
        "looked_up": backlog.looked_up,
        "later": ahead.later,
        "next_due_at": _iso(ahead.next_due_at),
        "sent_last_hour": len(delays),
        "median_delay_seconds": median_high(delays).total_seconds() if delays else None,
        "longest_delay_seconds": delays[-1].total_seconds() if delays else None,
        "stuck": [{"fate": each.fate, "reason": each.reason, "many": each.many} for each in backlog.stuck],
        "paused_until": _iso(backlog.paused_until),
        "roster_read_at": _iso(backlog.roster_read_at),
        "uninstalled_at": _iso(backlog.uninstalled_at),
        "ended_at": _iso(backlog.ended_at),
        "colleagues_this_month": dict(standing.colleagues),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _moment(at: datetime) -> str:
    return f"{format_datetime(at, 'EEEE d MMMM, HH:mm', locale='en')} UTC"


def _span(span: timedelta) -> str:
    return format_timedelta(span, threshold=2, locale="en") if span >= timedelta(seconds=1) else "a second"
