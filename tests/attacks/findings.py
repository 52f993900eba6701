"""What `choir verify-privacy` finds, as a test reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.proof.findings import Each, Effort, Finding


def assert_all_hold(check: Callable[[Effort], Iterable[Finding]], each: Each = map) -> None:
    """The short form of a check keeps to every bar; what it found is printed."""
    found = list(check(Effort(each=each)))
    print(*found, sep="\n")
    assert found
    assert [finding for finding in found if not finding.holds] == []
