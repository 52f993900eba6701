"""A language that is on: what it calls itself, how it offers itself, how it writes days and hours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

FALLBACK = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """code: "es". name: "Español". offer: the one tap that switches to it. date, time: CLDR patterns."""

    code: str
    name: str
    offer: str
    date: str
    time: str


def choose(codes: Collection[str], *wanted: str | None) -> str:
    """The first wanted language that is on, by its language part ("es-MX" is "es"), else English."""
    parts = ((want or "").replace("_", "-").partition("-")[0].casefold() for want in wanted)
    return next((code for code in parts if code in codes), FALLBACK)
