"""What should have arrived against what did: after Jepsen's test of Chronos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.chaos.slack import Received
from tests.chaos.town import Occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """lost: it never came. double: how many came once too often. unasked: nobody was to receive it.

    early: it came before its time. late: how long after its time each came, by the movable clock.
    """

    messages: int
    lost: tuple[Occurrence, ...]
    double: tuple[Occurrence, ...]
    unasked: tuple[Occurrence | str, ...]
    early: tuple[Occurrence, ...]
    late: tuple[timedelta, ...]

    @property
    def sound(self) -> bool:
        return not (self.lost or self.double or self.unasked or self.early)


def judge(
    expected: Mapping[Occurrence, datetime | None],
    planned: Mapping[str, Occurrence],
    received: Iterable[Received],
) -> Verdict:
    """planned: what each delivery id was made for."""
    came: dict[Occurrence | str, list[datetime]] = {}
    for one in received:
        came.setdefault(_about(one, planned), []).append(one.at)
    waits = {
        about: min(came[about]) - due_at
        for about, due_at in expected.items()
        if due_at is not None and about in came
    }
    times = Counter({about: len(ats) for about, ats in came.items()})
    return Verdict(
        messages=times.total(),
        lost=tuple(about for about in expected if about not in came),
        double=tuple(about for about, many in times.items() for _ in range(many - 1)),
        unasked=tuple(about for about in came if about not in expected),
        early=tuple(about for about, wait in waits.items() if wait < timedelta()),
        late=tuple(sorted(waits.values())),
    )


def _about(one: Received, planned: Mapping[str, Occurrence]) -> Occurrence | str:
    """What a message is about; its delivery id where that is nobody's, or somebody else's."""
    about = planned.get(one.delivery_id)
    return about if about is not None and about[0] == one.user_id else one.delivery_id
