from __future__ import annotations

import pytest

from bot.content import Content, Words, load_content
from tests.blocks.reading import Screen
from tests.blocks.screens import every_screen


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content()


@pytest.fixture(scope="session", params=["en", "es"])
def words(request: pytest.FixtureRequest, content: Content) -> Words:
    return content.words(request.param)


@pytest.fixture(scope="session")
def screens(content: Content, words: Words) -> dict[str, Screen]:
    """Every screen in the language of `words`."""
    return every_screen(content, words.language)
