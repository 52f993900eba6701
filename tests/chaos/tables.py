"""What storms came to, as a table in Markdown: a column for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from tests.chaos.storm import Report


def table(reports: Mapping[str, Report]) -> str:
    """reports by what stands above their column."""
    columns = [figures(report) for report in reports.values()]
    lines = [["", *reports], ["---", *("---:" for _ in reports)]]
    lines += [[name, *(column[name] for column in columns)] for name in columns[0]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figures(report: Report) -> dict[str, str]:
    verdict, late = report.verdict, report.verdict.late
    return {
        "messages that arrived": str(verdict.messages),
        "worker processes at once": str(report.weather.workers),
        "kill -9": str(report.kills),
        "taken, the reply lost": str(report.lost_replies),
        "connection dropped before": str(report.hung_up),
        "taken late": str(report.held_up),
        "answered 429": str(report.told_to_wait),
        "jumps of the clock with posts in flight": str(report.jumps),
        "looked up and found": str(report.found),
        "looked up, absent, sent again": str(report.absent),
        "**lost**": f"**{len(verdict.lost)}**",
        "**double**": f"**{len(verdict.double)}**",
        "late by the movable clock, median / 99 % / most": " / ".join(_spread(late)),
        "took": f"{report.seconds:.0f} s",
    }


def _spread(late: Sequence[timedelta]) -> list[str]:
    """Minutes and seconds."""
    picked = [late[len(late) // 2], late[len(late) * 99 // 100], late[-1]] if late else []
    return [f"{round(one.total_seconds()) // 60}:{round(one.total_seconds()) % 60:02}" for one in picked]
