"""One language's questions, scales, phrases, practices, prompts and crisis lines, from its TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ELSEWHERE = "elsewhere"
"""The crisis lines of a country that has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One answer of a scale; value counts from 1 and is never shown."""

    value: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question. scale: a scale's letter. text holds its stem where it is not about this week."""

    key: str
    text: str
    scale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """evidence: one of the four plain words, with its note. lines: paragraphs."""

    key: str
    title: str
    minutes: int
    evidence: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A supervisor's prompt of one week."""

    theme: str
    why: str
    say: str
    listen: str
    dont: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisCard:
    """short: the one line of a footer. lines: to be read at once. more: further ways, what to expect."""

    country: str
    short: str
    lines: tuple[str, ...]
    more: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Everything of one TOML file but its [language]."""

    items: Mapping[str, Item]
    remote: Mapping[str, str]
    scales: Mapping[str, tuple[Label, ...]]
    practices: Mapping[str, Practice]
    prompts: Mapping[int, Prompt]
    crisis: Mapping[str, CrisisCard]
    commands: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, str]
    """What can be said with others, by key."""


def read_toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def pages_from(data: Mapping[str, Any]) -> Pages:
    """Pages of a parsed file; whatever it leaves out is empty."""
    items = data.get("items", {})
    return Pages(
        items={key: _item(key, row) for key, row in items.items()},
        remote={key: row["remote"] for key, row in items.items() if "remote" in row},
        scales={key: _labels(row) for key, row in data.get("scales", {}).items()},
        practices={key: _practice(key, row) for key, row in data.get("practices", {}).items()},
        prompts={int(number): Prompt(**row) for number, row in data.get("prompts", {}).items()},
        crisis={key: _crisis(key, row) for key, row in data.get("crisis", {}).items()},
        commands={name: tuple(said) for name, said in data.get("commands", {}).items()},
        phrases=data.get("phrases", {}),
    )


def over(own: Pages, fallback: Pages) -> Pages:
    """A language's own pages, with the fallback's where it has none. Crisis lines are never borrowed."""
    return Pages(
        items={**fallback.items, **own.items},
        remote={**{k: v for k, v in fallback.remote.items() if k not in own.items}, **own.remote},
        scales={**fallback.scales, **own.scales},
        practices={**fallback.practices, **own.practices},
        prompts={**fallback.prompts, **own.prompts},
        crisis=own.crisis,
        commands=own.commands,
        phrases={**fallback.phrases, **own.phrases},
    )


def _item(key: str, row: Mapping[str, str]) -> Item:
    return Item(key=key, text=row["text"], scale=row["scale"])


def _labels(texts: list[str]) -> tuple[Label, ...]:
    return tuple(Label(value=value, text=text) for value, text in enumerate(texts, start=1))


def _practice(key: str, row: Mapping[str, Any]) -> Practice:
    return Practice(key=key, **{**row, "lines": tuple(row["lines"])})


def _crisis(country: str, row: Mapping[str, Any]) -> CrisisCard:
    return CrisisCard(
        country=country, short=row["short"], lines=tuple(row["lines"]), more=tuple(row.get("more", ()))
    )
