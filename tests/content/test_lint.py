"""The lint itself finds what it is there to find."""

from __future__ import annotations

import pytest

from tests.content import lint


@pytest.mark.parametrize(
    "text",
    [
        "Scientifically proven to help.",
        "This is 100 % anonymous and secure",
        "You should rest more.",
        "Stay positive",
        "Es totalmente anónimo.",
        "Una técnica comprobada.",
        "Es obligatorio contestar.",
        "Hable con su supervisor/a",
        "Todos/as reciben esto",
    ],
)
def test_the_lint_finds_what_may_stand_nowhere(text: str) -> None:
    assert lint.forbidden_in(text, "es")


@pytest.mark.parametrize("text", ["Procure descansar.", "A secure place.", "24/7", "Type /choir ask"])
def test_the_lint_leaves_harmless_words_alone(text: str) -> None:
    assert not lint.forbidden_in(text, "en")


@pytest.mark.parametrize("text", ["Call 1-800-273-8255", "Llame al 55 5259 8121", "call 988"])
def test_the_lint_sees_telephone_numbers(text: str) -> None:
    assert lint.PHONE.search(text)


@pytest.mark.parametrize("text", ["at least 8 people", "after 13 weeks", "73:27", "180 days"])
def test_the_lint_takes_no_other_number_for_a_telephone(text: str) -> None:
    assert not lint.PHONE.search(text)


@pytest.mark.parametrize("text", ["Well done 🌈", "Thanks :tada:", "✨"])
def test_the_lint_sees_emoji(text: str) -> None:
    assert lint.EMOJI.search(text)
