"""What is measured, in words for people, and the bar each figure is held to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from bot.bench.rounds import Figures

IDLE_GROWTH = 1.5
JOB_COST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure, and the part that measures it. bar: what it is held to, empty for one to compare with."""

    part: str
    key: str
    what: str
    unit: str
    bar: str = ""
    met: Callable[[Figures], bool] | None = None


def _at_most(key: str, most: float) -> Callable[[Figures], bool]:
    return lambda figures: figures[key] <= most


def _at_least(key: str, least: float) -> Callable[[Figures], bool]:
    return lambda figures: figures[key] >= least


def _stays_idle(figures: Figures) -> bool:
    few, many = figures["idle_tick_ms_1k"], figures["idle_tick_ms_100k"]
    return many <= 1 and many <= IDLE_GROWTH * few


def _costs_less_than_a_job(figures: Figures) -> bool:
    return figures["due_person_us"] * JOB_COST <= figures["job_per_person_us"]


LINES = (
    Line(
        part="planning", key="idle_tick_ms_1k", what="A look at 1,000 people of whom nobody is due", unit="ms"
    ),
    Line(
        part="planning",
        key="idle_tick_ms_100k",
        what="The same look at 100,000 people",
        unit="ms",
        bar=f"at most 1 ms, and {IDLE_GROWTH} times the one above",
        met=_stays_idle,
    ),
    Line(
        part="planning",
        key="due_person_us",
        what="One person due: from due to a message that is on its way whatever happens",
        unit="µs",
        bar=f"{JOB_COST} times cheaper than the one below",
        met=_costs_less_than_a_job,
    ),
    Line(
        part="planning",
        key="job_per_person_us",
        what="The same as one APScheduler job for each person, kept in SQLite",
        unit="µs",
    ),
    Line(
        part="delivery",
        key="delivery_ratio_sqlite",
        what="Messages a second beside a bare loop over Slack's library, on SQLite",
        unit="of it",
        bar="at least 0.6",
        met=_at_least("delivery_ratio_sqlite", 0.6),
    ),
    Line(
        part="delivery",
        key="delivery_ratio_postgres",
        what="The same on PostgreSQL",
        unit="of it",
        bar="at least 0.6",
        met=_at_least("delivery_ratio_postgres", 0.6),
    ),
    Line(
        part="limit",
        key="limit_time_ratio",
        what="Time for 2,000 check-ins due at once, beside what 300 messages a minute allow",
        unit="times",
        bar="at most 1.05",
        met=_at_most("limit_time_ratio", 1.05),
    ),
    Line(
        part="limit",
        key="limit_429_share",
        what="Share of those requests that Slack answered with “too many”",
        unit="",
        bar="below 0.01",
        met=lambda figures: figures["limit_429_share"] < 0.01,
    ),
    Line(
        part="burst",
        key="burst_ack_p99_ms",
        what="2,000 check-ins submitted in 30 seconds: 99 of 100 acknowledged within",
        unit="ms",
        bar="at most 250",
        met=_at_most("burst_ack_p99_ms", 250),
    ),
    Line(
        part="burst",
        key="bare_ack_p99_ms",
        what="The same with a bot that does nothing but acknowledge",
        unit="ms",
    ),
    Line(
        part="burst",
        key="burst_lost",
        what="Of those 2,000, lost or acknowledged after more than Slack's 3 seconds",
        unit="",
        bar="none",
        met=_at_most("burst_lost", 0),
    ),
    Line(
        part="process",
        key="ready_s",
        what="From the start of `choir run` until it runs",
        unit="s",
        bar="at most 2",
        met=_at_most("ready_s", 2),
    ),
    Line(
        part="process",
        key="rss_mb",
        what="Memory it holds with 10,000 people, before any picture was drawn",
        unit="MB",
        bar="at most 150",
        met=_at_most("rss_mb", 150),
    ),
)


def lines_of(parts: Collection[str]) -> tuple[Line, ...]:
    return tuple(line for line in LINES if line.part in parts)


def table(lines: Iterable[Line], figures: Figures) -> str:
    """Figures beside their bars, for people."""
    return "\n".join(_row(line, figures) for line in lines)


def _row(line: Line, figures: Figures) -> str:
    figure = f"{figures[line.key]:.4g} {line.unit}".strip() if line.key in figures else "not measured"
    return f"{line.what}\n    {figure}{_verdict(line, figures)}"


def _verdict(line: Line, figures: Figures) -> str:
    if line.met is None or line.key not in figures:
        return ""
    try:
        verdict = "met" if line.met(figures) else "FELL SHORT"
    except KeyError:  # what it is compared with was not measured
        verdict = "not compared"
    return f"; bar: {line.bar}: {verdict}"
