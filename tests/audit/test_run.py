"""`choir verify-privacy` as a program: what comes of a row, and how it is told."""

from __future__ import annotations

from collections.abc import Iterator

from bot.audit import run
from bot.audit.rows import IDS, ROWS, Row, chosen
from bot.proof.findings import Effort, Finding, advantage, exactly

EFFORT = Effort()


def good(_effort: Effort) -> Iterator[Finding]:
    yield exactly("Two and two", 4, 4)


def bad(_effort: Effort) -> Iterator[Finding]:
    yield exactly("Two and two", 5, 4)


def nothing(_effort: Effort) -> Iterator[Finding]:
    yield from ()


def broken(effort: Effort) -> Iterator[Finding]:
    yield from good(effort)
    raise KeyError("Marisol")


def judged(*checks: object) -> run.Verdict:
    return run._judged(Row(id="X1", promise="A promise.", checks=checks), EFFORT)  # type: ignore[arg-type]


def test_a_row_passes_only_if_it_found_something_and_all_of_it_holds() -> None:
    assert judged(good).passed
    assert judged(good, good).passed
    assert not judged(good, bad).passed
    assert not judged(nothing).passed


def test_a_row_that_breaks_fell_short_and_says_where_without_the_error_s_words() -> None:
    verdict = judged(broken)
    assert not verdict.passed
    told = run.table([verdict], EFFORT)
    assert "X1     FELL SHORT" in told
    assert "it broke: " in told
    assert "KeyError" in told
    assert "Marisol" not in told


def test_a_table_says_what_was_tried_measured_and_asked_for() -> None:
    told = run.table([judged(good, bad)], Effort(seed=7))
    assert "- Two and two" in told
    assert "5; bar: 4: FELL SHORT" in told
    assert "short form, seed 7; on SQLite;" in told


def test_rows_run_in_their_order_and_only_those_that_were_asked_for() -> None:
    heard: list[str] = []
    verdicts = list(run.run(Effort(say=heard.append), chosen("w1, P9")))
    assert [verdict.row.id for verdict in verdicts] == ["P9", "W1"]
    assert all(verdict.passed for verdict in verdicts)
    assert [line.split(":")[0] for line in heard if line[0] != " "] == ["P9", "W1"]
    assert set(run.as_json(verdicts, EFFORT)["rows"]) == {"P9", "W1"}


def test_every_row_has_a_name_of_its_own_and_a_promise() -> None:
    assert len(set(IDS)) == len(ROWS)
    assert all(row.promise.endswith(".") and row.checks for row in ROWS)


def test_guessing_like_a_coin_is_no_advantage() -> None:
    assert advantage(50, 100).value == 0
    assert advantage(100, 100).value == 1
    assert advantage(1000, 2000).error < advantage(50, 100).error
