"""Runs rows one after another, tells how far it is, and makes a table of what was found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from textwrap import fill
from typing import Any

from bot.audit.databases import tried_on
from bot.audit.rows import Row
from bot.logs import describe
from bot.proof.findings import Effort, Finding

WIDTH = 100
PASS, SHORT = "pass", "FELL SHORT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of a row. crashed: where a check broke, without anybody's words; it fell short then."""

    row: Row
    findings: tuple[Finding, ...]
    crashed: str | None
    seconds: float

    @property
    def passed(self) -> bool:
        return self.crashed is None and bool(self.findings) and all(one.holds for one in self.findings)


def run(effort: Effort, rows: Iterable[Row]) -> Iterator[Verdict]:
    """One row after the other; what can be shared is shared between all cores."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        shared = replace(effort, each=partial(_shared, pool))
        for row in rows:
            yield _judged(row, shared)


def _shared(pool: ProcessPoolExecutor, call: Callable[[Any], Any], cases: Sequence[Any]) -> Iterable[Any]:
    """In portions, so that what is quick is not carried about one by one."""
    return pool.map(call, cases, chunksize=max(1, len(cases) // 64))


def _judged(row: Row, effort: Effort) -> Verdict:
    effort.say(f"{row.id}: {row.promise} …")
    began = time.monotonic()
    findings: list[Finding] = []
    crashed = None
    try:
        for check in row.checks:
            for finding in check(effort):
                findings.append(finding)
                effort.say(f"    {_in_a_line(finding)}")
    except Exception as error:  # noqa: BLE001  # a check that breaks has proved nothing, and the others go on
        crashed = describe(error)
    return Verdict(row=row, findings=tuple(findings), crashed=crashed, seconds=time.monotonic() - began)


def _in_a_line(finding: Finding) -> str:
    return f"{finding.measured}; bar: {finding.bar}: {_word(finding.holds)}"


def _word(holds: bool) -> str:
    return PASS if holds else SHORT


def table(verdicts: Iterable[Verdict], effort: Effort) -> str:
    """For people: each row with its sentence, then what was tried, measured and asked for."""
    told = [_told(verdict) for verdict in verdicts]
    form = "long" if effort.long else "short"
    how = f"{form} form, seed {effort.seed}; on {tried_on(effort)}; ± is one standard error"
    return "\n\n".join([*told, how])


def _told(verdict: Verdict) -> str:
    lines = [f"{verdict.row.id:7}{_word(verdict.passed):12}{verdict.row.promise}"]
    for finding in verdict.findings:
        lines += [_wrapped(f"- {finding.tried}"), _wrapped(f"  {_in_a_line(finding)}")]
    if verdict.crashed:
        lines.append(_wrapped(f"- it broke: {verdict.crashed}"))
    return "\n".join(lines)


def _wrapped(text: str) -> str:
    return fill(text, WIDTH, initial_indent="    ", subsequent_indent="      ", drop_whitespace=True)


def as_json(verdicts: Iterable[Verdict], effort: Effort) -> dict[str, Any]:
    """The same for programs."""
    return {
        "seed": effort.seed,
        "long": effort.long,
        "tried_on": tried_on(effort),
        "rows": {verdict.row.id: _as_json(verdict) for verdict in verdicts},
    }


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "promise": verdict.row.promise,
        "passed": verdict.passed,
        "crashed": verdict.crashed,
        "seconds": round(verdict.seconds, 1),
        "findings": [
            {"tried": one.tried, "measured": one.measured, "bar": one.bar, "holds": one.holds}
            for one in verdict.findings
        ],
    }
