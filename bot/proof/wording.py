"""W1: the numbers that staff read, computed anew from the constants, and what no text may claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from bot.blocks.privacy import whole_promise
from bot.content import Content, Words, load_content
from bot.content.content import PACKAGED
from bot.domain.privacy import PERIOD_WEEKS, STANDARD, UPDATES_PER_BLOCK, Guarantee, WhoSees
from bot.proof.findings import Effort, Finding, exactly

CLAIMS = (
    r"anonym", r"impossible to identify", r"aggregated so safe", r"k-anonym",
    r"an[oó]nim", r"imposible de identificar", r"agregad[oa]s?,? (y )?por eso segur",
)  # fmt: skip
"""Confidential, never more than that (privacy §2). As patterns, whatever their case, in both languages."""
NUMBER = re.compile(r"\d+(?::\d+)?")


def odds(updates: int, eps: Fraction) -> str:
    """ "73:27": with decimal arithmetic of its own, so that an error in the program's would show."""
    factor = (Decimal(eps.numerator) / Decimal(eps.denominator) * updates).exp()
    right = int((100 * factor / (1 + factor)).quantize(Decimal(1)))
    return f"{right}:{100 - right}"


def wanted_numbers(guarantee: Guarantee = STANDARD) -> set[str]:
    """Every number of the promise, and no other."""
    people = {f"{number}" for number in (PERIOD_WEEKS, guarantee.roster_min, guarantee.contributors_min)}
    return people | {odds(updates, guarantee.eps) for updates in (0, 1, UPDATES_PER_BLOCK)}


def numbers_read(words: Words, guarantee: Guarantee = STANDARD) -> set[str]:
    """The numbers of the promise as somebody of that language reads it."""
    return set(NUMBER.findall(whole_promise(words, WhoSees(supervisor_id=None, guarantee=guarantee))))


def claims(content: Content) -> list[str]:
    """Where the words of some language claim more than they may."""
    return [
        f"{language}: {where}"
        for language in content.languages
        for where, text in _texts(content.words(language))
        if any(re.search(claim, text, re.IGNORECASE) for claim in CLAIMS)
    ]


def _texts(words: Words) -> Iterator[tuple[str, str]]:
    """Sentences by key, and the lines of the file that holds everything else."""
    yield from words.sentences.items()
    lines = (PACKAGED / f"{words.language}.toml").read_text(encoding="utf-8").splitlines()
    yield from ((f"line {number}", line) for number, line in enumerate(lines, start=1))


def check(_effort: Effort) -> Iterator[Finding]:
    """W1."""
    content = load_content()
    for name, guarantee in (("", STANDARD), ("stricter ", Guarantee(strong=True))):
        wanted = ", ".join(sorted(wanted_numbers(guarantee)))
        for language in content.languages:
            read = ", ".join(sorted(numbers_read(content.words(language), guarantee)))
            tried = f"Numbers in the {name}promise as staff read it ({language}), beside those computed"
            yield exactly(tried, read, wanted)
    yield exactly(
        "Texts in any language that claim more than “confidential”",
        "; ".join(claims(content)) or "none",
        "none",
    )
