"""Small rules from which the tables of Block Kit are built.

A rule looks at one value at one JSON pointer and adds what is wrong to `Problems`, in the words
Slack uses in `response_metadata.messages`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]


class Problems:
    """What is wrong so far, and where the blocks stand."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.found: list[str] = []

    def add(self, pointer: str, what: str) -> None:
        """Note one problem."""
        self.found.append(f"{what} [json-pointer:{pointer}]")


Rule = Callable[[Problems, str, Any], None]


def string(most: int, *, least: int = 0) -> Rule:
    """A string of `least` to `most` characters."""

    def rule(problems: Problems, at: str, value: Any) -> None:
        if not isinstance(value, str):
            problems.add(at, "must provide a string")
        elif len(value) > most:
            problems.add(at, f"must be less than {most + 1} characters")
        elif len(value) < least:
            problems.add(at, f"must be more than {least - 1} characters")

    return rule


def matching(pattern: str, what: str) -> Rule:
    """A string of a certain form."""
    form = re.compile(pattern)

    def rule(problems: Problems, at: str, value: Any) -> None:
        if not isinstance(value, str) or not form.fullmatch(value):
            problems.add(at, f"must be a valid {what}")

    return rule


def like(pattern: str) -> Rule:
    """A string that Slack holds against a pattern, naming it."""
    form = re.compile(pattern)

    def rule(problems: Problems, at: str, value: Any) -> None:
        if not isinstance(value, str) or not form.search(value):
            problems.add(at, f"input must match regex pattern: {pattern}")

    return rule


def one_of(*allowed: str) -> Rule:
    """One of a few words."""

    def rule(problems: Problems, at: str, value: Any) -> None:
        if value not in allowed:
            problems.add(at, f"must be a valid enum value: {', '.join(allowed)}")

    return rule


def whole(least: int, most: int) -> Rule:
    """A whole number within bounds."""

    def rule(problems: Problems, at: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.add(at, "must provide an integer")
        elif value < least:
            problems.add(at, f"must be greater than {least - 1}")
        elif value > most:
            problems.add(at, f"must be less than {most + 1}")

    return rule


def boolean(problems: Problems, at: str, value: Any) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.add(at, "must provide a boolean")


def anything(problems: Problems, at: str, value: Any) -> None:
    """A part whose inside is not checked here."""


def items(inner: Rule, most: int, *, least: int = 1) -> Rule:
    """A list of `least` to `most` values, each under the inner rule."""

    def rule(problems: Problems, at: str, value: Any) -> None:
        if not isinstance(value, list):
            problems.add(at, "must provide an array")
            return
        if len(value) > most:
            problems.add(at, f"no more than {most} items allowed")
        if len(value) < least:
            problems.add(at, f"no fewer than {least} items allowed")
        for place, one in enumerate(value):
            inner(problems, f"{at}/{place}", one)

    return rule


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule], *more: Rule) -> Rule:
    """An object with exactly these fields; `more` looks at the whole when its fields are sound."""
    fields = {**optional, **required}

    def rule(problems: Problems, at: str, value: Any) -> None:
        if not isinstance(value, dict):
            problems.add(at, "must provide an object")
            return
        before = len(problems.found)
        for name in required:
            if value.get(name) is None:
                problems.add(at, f"missing required field: {name}")
        for name, inner in value.items():
            _field(problems, at, name, inner, fields)
        if len(problems.found) == before:
            for whole_rule in more:
                whole_rule(problems, at, value)

    return rule


def _field(problems: Problems, at: str, name: str, value: Any, fields: Mapping[str, Rule]) -> None:
    if name not in fields:
        problems.add(at, f"invalid additional property: {name}")
    elif value is not None:
        fields[name](problems, f"{at}/{name}", value)


def typed(table: Mapping[str, Rule], allowed: Collection[str] | None = None) -> Rule:
    """An object whose `type` chooses its rule."""

    def rule(problems: Problems, at: str, value: Any) -> None:
        if not isinstance(value, dict):
            problems.add(at, "must provide an object")
            return
        kind = value.get("type")
        if kind is None:
            problems.add(at, "missing required field: type")
        elif kind not in table or (allowed is not None and kind not in allowed):
            problems.add(f"{at}/type", f"unsupported type: {kind}")
        else:
            table[kind](problems, at, value)

    return rule


def exactly_one(*names: str) -> Rule:
    """One of these fields, and no two."""

    def rule(problems: Problems, at: str, value: Any) -> None:
        if sum(value.get(name) is not None for name in names) != 1:
            words = " or ".join(f"`{name}`" for name in names)
            problems.add(at, f"must define either {words}, and not both")

    return rule


def at_least_one(*names: str) -> Rule:
    """One of these fields at least."""

    def rule(problems: Problems, at: str, value: Any) -> None:
        if all(value.get(name) is None for name in names):
            words = " or ".join(f"`{name}`" for name in names)
            problems.add(at, f"must define either {words}")

    return rule
