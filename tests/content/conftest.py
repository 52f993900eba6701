from __future__ import annotations

import pytest

from bot.content import Content, Words, load_content


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content()


@pytest.fixture(params=["en", "es"])
def words(request: pytest.FixtureRequest, content: Content) -> Words:
    return content.words(request.param)
