"""What may stand nowhere in what people read (requirements 2.3), in both languages."""

from __future__ import annotations

import re

from bot.proof.wording import CLAIMS

FORBIDDEN = [
    # No claim of cure, no duty, no cheer, no judgement of a person.
    r"\bproven", r"\bcure", r"guarantee", r"clinical", r"\bmandatory", r"compliance", r"risk score",
    r"stay positive", r"self-care is", r"\byou should", r"wellness journey", r"resilience score",
    r"don't worry", r"therapy thursday",
    r"\bcomprobad", r"\bdemostrad", r"\bprobad", r"\bcura(r|s|n)?\b", r"garant[ií]", r"cl[ií]nicamente",
    r"obligatori", r"cumplimiento", r"puntaje", r"sea positiv", r"piense positivo", r"autocuidado es",
    r"usted deber[ií]a", r"camino de bienestar", r"no se preocupe", r"jueves de terapia",
    # Confidential, never more than that (privacy §2).
    *CLAIMS,
    # No slash forms: screen readers say the slash (changes 7).
    r"\w+/[ao]s?\b", r"\w@s?\b",
]  # fmt: skip
"""As patterns, whatever their case."""

SPANISH_ONLY = [r"\bsupervisora?\b", r"\bvos\b", r"\btú\b"]
"""Spanish says "quien me supervisa", and usted."""

IN_A_PREVIEW = [r"stress", r"trauma", r"mental", r"crisis", r"burnout", r"estr[eé]s", r"agotamiento"]
"""What no notification may hold: phones lie open on tables."""

ASKS_FOR_THE_STORY = [
    r"what happened", r"\bdescribe\b", r"tell me about the incident", r"qué pasó\b", r"describa", r"cuénteme",
]  # fmt: skip
"""What nothing may ask (P14)."""

ABOUT_HEALTH = [
    r"\bhealth", r"\bbody", r"\bsleep", r"\bill(ness)?\b", r"\bsick", r"\bpain", r"\bmedic", r"\bstress",
    r"\btired", r"\bfeeling", r"\bsalud", r"\bcuerpo", r"\bduerme|\bdormir", r"\benferm", r"\bdolor",
    r"\bestrés", r"\bcansad",
]  # fmt: skip
"""What no opener asks about (changes 15)."""

EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]|:[a-z_]+:")
PHONE = re.compile(r"(?:\+?\d[\s().-]?){7,}|\b(?:911|988)\b")


def forbidden_in(text: str, language: str) -> list[str]:
    """The forbidden patterns that a text of a language holds."""
    return found(FORBIDDEN + (SPANISH_ONLY if language == "es" else []), text)


def found(patterns: list[str], text: str) -> list[str]:
    """The patterns that a text holds."""
    return [pattern for pattern in patterns if re.search(pattern, text, re.IGNORECASE)]
