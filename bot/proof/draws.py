"""P2: the random amounts follow the law they are said to follow, and come from the source they are handed."""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from random import Random

from bot.domain import sampler
from bot.domain.privacy import EPS, STRONG_EPS
from bot.domain.sampler import noise
from bot.proof.findings import Effort, Finding, exactly

FAR = 24
"""Draws of this size and beyond are counted together, on each side."""
AT_ONCE = 50_000
ALLOWED = {"__future__", "collections.abc", "fractions"}
FOREIGN = {"float", "random", "numpy", "seed", "math", "round", "exp", "hash"}
LEAST = 1e-4
"""The p-value below which draws do not follow the law."""
NEARBY = Fraction(9, 10)
"""An ε that the test must be able to tell from the real one."""


def exact(z: int, eps: Fraction) -> float:
    """P(z), for the two ends with all beyond them."""
    q = math.exp(-float(eps) / 4)
    if abs(z) == FAR:
        return q**FAR / (1 + q)
    return (1 - q) / (1 + q) * q ** abs(z)


def counted(draws: Iterable[int]) -> Counter[int]:
    return Counter(min(max(z, -FAR), FAR) for z in draws)


def drawn(seed: int, eps: Fraction, number: int) -> Counter[int]:
    """Fifty thousand draws; the same seed and number give the same."""
    bits = Random(f"{seed}/{number}").getrandbits
    return counted(noise(eps, bits) for _ in range(AT_ONCE))


def tail(chi: float, freedom: int) -> float:
    """P(chi-square of an even number of degrees of freedom >= chi); ValueError for an odd one."""
    if freedom % 2:
        raise ValueError("an even number of degrees of freedom")
    term = total = 1.0
    for k in range(1, freedom // 2):
        term *= chi / 2 / k
        total += term
    return math.exp(-chi / 2) * total


def p_value(found: Counter[int], eps: Fraction) -> float:
    """How often draws of the exact law would lie at least so far from it."""
    draws = found.total()
    expected = {z: draws * exact(z, eps) for z in range(-FAR, FAR + 1)}
    return tail(sum((found[z] - e) ** 2 / e for z, e in expected.items()), len(expected) - 1)


def foreign_in_source(source: str) -> set[str]:
    """What the sampler's source uses and must not: modules, names, and numbers of floating point."""
    nodes = list(ast.walk(ast.parse(source)))
    imported = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    constants = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return (imported - ALLOWED) | (names & FOREIGN) | {str(one) for one in constants if type(one) is float}


def check(effort: Effort) -> Iterator[Finding]:
    """P2."""
    parts = effort.many(4, 20)
    whole = sum(effort.each(partial(drawn, effort.seed, EPS), range(parts)), Counter[int]())
    p = p_value(whole, EPS)
    yield Finding(
        tried=f"{whole.total():,} random amounts against their law: how usual such a sample is",
        measured=f"p = {p:.3f}",
        bar=f"p above {LEAST}",
        holds=p > LEAST,
    )
    strong = p_value(drawn(effort.seed, STRONG_EPS, 0), STRONG_EPS)
    yield Finding(
        tried=f"The same for the stricter ε of {STRONG_EPS} ({AT_ONCE:,})",
        measured=f"p = {strong:.3f}",
        bar=f"p above {LEAST}",
        holds=strong > LEAST,
    )
    other = p_value(drawn(effort.seed, NEARBY, 0), EPS)
    yield Finding(
        tried=f"The same test with amounts that are a tenth too large, which it must notice ({AT_ONCE:,})",
        measured=f"p = {other:.3g}",
        bar=f"p below {LEAST}",
        holds=other < LEAST,
    )
    foreign = foreign_in_source(Path(sampler.__file__).read_text(encoding="utf-8"))
    yield exactly(
        "The source of the sampler: floating point, seeds, other random numbers",
        ", ".join(sorted(foreign)) or "none",
        "none",
    )
