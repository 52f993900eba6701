"""The parts of `choir bench`, each with rounds of its own, and how they are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping

from bot.bench import burst, delivery, limit, planning, process
from bot.bench.bars import Line, lines_of, table
from bot.bench.rounds import Figures, Rounds

PARTS: Mapping[str, Callable[[Rounds], Figures]] = {
    "planning": planning.measure,
    "delivery": delivery.measure,
    "limit": limit.measure,
    "burst": burst.measure,
    "process": process.measure,
}
"""By name, in the order in which they are measured; each answers with the figures of its lines."""


def measure(rounds: Rounds, names: Collection[str]) -> Figures:
    """The figures of these parts."""
    found: Figures = {}
    for name, part in PARTS.items():
        if name in names:
            rounds.say(f"{name} …")
            found |= part(rounds)
    return found


def as_json(lines: Collection[Line], figures: Figures) -> str:
    """One object with the key of every line; null for what could not be measured here."""
    return json.dumps({line.key: figures.get(line.key) for line in lines})


def run(rounds: Rounds, names: Collection[str], *, machine_readable: bool) -> str:
    """Measure these parts; a table for people, or one JSON object."""
    lines, figures = lines_of(names), measure(rounds, names)
    return as_json(lines, figures) if machine_readable else table(lines, figures)
