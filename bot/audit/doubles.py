"""P5: the same agency lives twice, with other answers, and nothing that anybody else can reach differs.

Once people exchange their answers, so that the update's sum is the same and all must be equal to the last
byte, its words too; once everything is answered upside down, and all must be equal but for those words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

from bot.audit.databases import kinds
from bot.audit.playing import AS_GIVEN, EXCHANGED, UPSIDE_DOWN, Case, Left, play
from bot.content import load_content
from bot.demo.reading import published, without
from bot.proof.findings import Effort, Finding, exactly

SURFACES = {
    "messages": "messages, their edits and their times",
    "homes": "Home of everybody",
    "windows": "windows of supervisor, leader and admin",
    "log": "log lines",
    "watched": "metrics and health",
    "status": "choir status",
    "rows": "rows, but for what is sealed",
    "drawn": "the update itself",
}


def differing(one: Left, other: Left, sentences: Sequence[str] = ()) -> list[str]:
    """Names of surfaces on which two plays differ; sentences: those that may."""
    return [
        SURFACES[field.name]
        for field in fields(Left)
        if not (sentences and field.name == "drawn")
        and _masked(getattr(one, field.name), sentences) != _masked(getattr(other, field.name), sentences)
    ]


def _masked(lines: Sequence[str], sentences: Sequence[str]) -> list[str]:
    return [without(sentences, line) for line in lines] if sentences else list(lines)


def check(effort: Effort) -> Iterator[Finding]:
    """P5; upside down in the long form only."""
    for kind in kinds(effort):
        ways = (AS_GIVEN, EXCHANGED, UPSIDE_DOWN) if effort.long else (AS_GIVEN, EXCHANGED)
        cases = [Case(kind=kind, way=way, seed=effort.seed, whole=effort.long) for way in ways]
        given, exchanged, *rest = effort.each(play, cases)
        yield _equal(given, exchanged, f"{'Five' if effort.long else 'Two'} weeks of 15 people on {kind}")
        for upside_down in rest:
            yield from _but_for_words(given, upside_down)


def _equal(given: Left, exchanged: Left, what: str) -> Finding:
    lines = sum(len(getattr(given, field.name)) for field in fields(Left))
    return exactly(
        f"{what}, played twice; the second time people exchange their answers to the first question and turn "
        f"all others round: of {lines:,} messages, screens, log lines, metrics and rows, what differs",
        ", ".join(differing(given, exchanged)) or "nothing",
        "nothing",
    )


def _but_for_words(given: Left, upside_down: Left) -> Iterator[Finding]:
    yield exactly(
        "Played a third time with every answer turned round: what differs, released words apart",
        ", ".join(differing(given, upside_down, published(load_content()))) or "nothing",
        "nothing",
    )
    yield Finding(
        tried="The released sums of these two plays, which must have felt the answers",
        measured="differ" if given.drawn != upside_down.drawn else "are the same",
        bar="differ",
        holds=given.drawn != upside_down.drawn and bool(given.drawn),
    )
