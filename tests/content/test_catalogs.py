"""The catalogs themselves: the same in each language, plain, kind, and free of what may stand nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.content import Content, Words
from bot.content.catalog import placeholders, read_sentences
from bot.content.content import PACKAGED
from bot.content.pages import pages_from, read_toml
from bot.domain.followups import ORDER, Rule
from bot.domain.raises import EVERY
from bot.domain.rotation import CORE, REACTIONS, ROWS
from tests.blocks.reading import sentences, words_in
from tests.content import lint

BOTH = ("en", "es")
WORDS_IN_A_SENTENCE = 18
VERBATIM = ("privacy.",)
"""The promise stands as it was proved, long sentences and all (privacy §2)."""


def own_sentences(language: str) -> dict[str, str]:
    return read_sentences(PACKAGED / f"{language}.po")


def every_text(language: str) -> Iterator[tuple[str, str]]:
    """(where, text) of everything a language says, catalog and pages."""
    yield from own_sentences(language).items()
    pages = pages_from(read_toml(PACKAGED / f"{language}.toml"))
    for key, item in pages.items.items():
        yield key, item.text
    for key, text in pages.remote.items():
        yield f"{key} remote", text
    for letter, labels in pages.scales.items():
        yield from ((f"scale {letter}", label.text) for label in labels)
    for key, practice in pages.practices.items():
        yield from ((key, line) for line in (practice.title, *practice.lines))
    for number, prompt in pages.prompts.items():
        said = (prompt.theme, prompt.why, prompt.say, prompt.listen, prompt.dont)
        yield from ((f"prompt {number}", line) for line in said)
    yield from pages.phrases.items()
    for country, card in pages.crisis.items():
        yield from ((f"crisis {country}", line) for line in (card.short, *card.lines, *card.more))


def test_each_language_has_the_same_keys() -> None:
    assert own_sentences("en").keys() == own_sentences("es").keys()


def test_each_sentence_asks_for_the_same_facts_in_each_language() -> None:
    english, spanish = own_sentences("en"), own_sentences("es")
    assert {key: placeholders(text) for key, text in english.items()} == {
        key: placeholders(text) for key, text in spanish.items()
    }


def test_each_language_has_the_same_pages() -> None:
    english, spanish = (pages_from(read_toml(PACKAGED / f"{code}.toml")) for code in BOTH)
    assert english.items.keys() == spanish.items.keys()
    assert {key: item.scale for key, item in english.items.items()} == {
        key: item.scale for key, item in spanish.items.items()
    }
    assert {letter: len(labels) for letter, labels in english.scales.items()} == {
        letter: len(labels) for letter, labels in spanish.scales.items()
    }
    assert english.remote.keys() == spanish.remote.keys()
    assert english.prompts.keys() == spanish.prompts.keys() == set(range(1, 13))
    assert english.practices.keys() == spanish.practices.keys()
    assert english.crisis.keys() == spanish.crisis.keys()
    assert list(english.phrases) == list(spanish.phrases) == list(EVERY)


def test_the_bank_holds_the_thirty_one_questions_of_the_rotation(words: Words) -> None:
    asked = {CORE} | {key for row in ROWS for key in row}
    assert words.pages.items.keys() == asked
    assert len(asked) == 31
    assert asked >= REACTIONS


def test_every_question_has_a_scale_that_slack_can_show_as_radio_buttons(words: Words) -> None:
    scales = {words.item(key).scale for key in words.pages.items}
    assert scales == {"W", "F", "A", "S", "B"}
    assert all(2 <= len(words.scale(letter)) <= 10 for letter in scales)
    assert all(len(words.scale(letter)) == 5 for letter in scales - {"B"})


@pytest.mark.parametrize("language", BOTH)
def test_nothing_forbidden_stands_anywhere(language: str) -> None:
    hits = {
        (where, *hit) for where, text in every_text(language) if (hit := lint.forbidden_in(text, language))
    }
    assert not hits


@pytest.mark.parametrize("language", BOTH)
def test_nothing_asks_for_the_story(language: str) -> None:
    hits = {
        (where, *hit)
        for where, text in every_text(language)
        if (hit := lint.found(lint.ASKS_FOR_THE_STORY, text))
    }
    assert not hits


@pytest.mark.parametrize("language", BOTH)
def test_no_exclamation_mark_and_no_emoji_stands_anywhere(language: str) -> None:
    texts = dict(every_text(language))
    assert not {where for where, text in texts.items() if re.search(r"[!¡]", text) or lint.EMOJI.search(text)}


@pytest.mark.parametrize("language", BOTH)
def test_telephone_numbers_stand_in_the_crisis_lines_only(language: str) -> None:
    hits = {where for where, text in every_text(language) if lint.PHONE.search(text)}
    assert {where for where in hits if not where.startswith("crisis ")} == set()


@pytest.mark.parametrize("language", BOTH)
def test_catalogs_hold_nothing_that_slack_would_take_for_markup(language: str) -> None:
    assert not {key for key, text in own_sentences(language).items() if re.search(r"[&<>]", text)}


@pytest.mark.parametrize("language", BOTH)
def test_sentences_are_short(language: str) -> None:
    long = {
        (where, sentence)
        for where, text in every_text(language)
        for sentence in sentences(text)
        if not where.startswith(VERBATIM) and words_in(sentence) > WORDS_IN_A_SENTENCE
    }
    assert not long


def test_spanish_speaks_to_usted(content: Content) -> None:
    informal = r"\b(tu|tus|te|ti|contigo|puedes|tienes|quieres|abre|escribe ahí)\b"
    hits = {(where, text) for where, text in every_text("es") if re.search(informal, text, re.IGNORECASE)}
    assert not hits


def test_spanish_text_is_not_english_left_over() -> None:
    english, spanish = dict(every_text("en")), dict(every_text("es"))
    same = {where for where in english.keys() & spanish.keys() if english[where] == spanish[where]}
    assert same == {"team.elsewhere_line", "crisis elsewhere"} & same


@pytest.mark.parametrize("number", range(1, 13))
def test_a_prompt_has_seventy_words_at_most_and_one_sentence_to_say(words: Words, number: int) -> None:
    prompt = words.prompt(number)
    shown = words(
        "weekly.prompt",
        theme=prompt.theme,
        why=prompt.why,
        say=prompt.say,
        listen=prompt.listen,
        dont=prompt.dont,
    )
    assert words_in(shown) <= 70
    assert words_in(prompt.say) <= WORDS_IN_A_SENTENCE


@pytest.mark.parametrize("number", range(1, 13))
def test_an_opener_asks_nothing_about_health(words: Words, number: int) -> None:
    prompt = words.prompt(number)
    assert not lint.found(lint.ABOUT_HEALTH, f"{prompt.theme} {prompt.say}")


def test_the_weekly_message_leaves_conditions_to_hr(words: Words) -> None:
    assert "HR" in words("weekly.hr_line") or "Recursos Humanos" in words("weekly.hr_line")


def test_the_heaviest_answer_is_met_without_the_word_suicide(words: Words) -> None:
    heavy = " ".join(
        [words("options.t2"), *(words(f"offer.{offer.value}") for offer in ORDER), words.crisis("US").short]
    )
    assert "suicid" not in heavy.casefold()


def test_an_option_line_has_ten_words_at_most(words: Words) -> None:
    assert {offer for offer in ORDER if words_in(words(f"offer.{offer.value}")) > 10} == set()


def test_the_line_above_the_options_is_short(content: Content) -> None:
    for language, most in (("en", 15), ("es", 14)):
        lines = [content.words(language)(f"options.{rule.lower()}") for rule in Rule]
        assert max(words_in(line) for line in lines) <= most


def test_a_practice_is_short_can_be_stopped_and_needs_no_closed_eyes(words: Words) -> None:
    practice = words.practice("PR01")
    text = " ".join(practice.lines)
    assert words_in(text) <= 120
    assert practice.minutes == 1
    assert practice.evidence == "strong"
    assert re.search(r"[Ee]yes open|ojos abiertos", text)
    assert re.search(r"Stop at any time|parar cuando quiera", text)
    assert re.search(r"makes things worse|sentir peor", text)


def test_the_united_states_have_the_confirmed_lines_and_no_others(content: Content) -> None:
    english, spanish = (content.words(code).crisis("US") for code in BOTH)
    for card in (english, spanish):
        said = " ".join((card.short, *card.lines, *card.more))
        assert set(re.findall(r"\d+", said)) <= {"911", "988", "838255", "1", "2"}
        assert {"911", "988", "838255"} <= set(re.findall(r"\d+", said))
        assert "988lifeline.org" in said
        assert not re.search(r"(option|opción|press|marque) 3", said)
    assert "press 2" in " ".join(english.lines)
    assert "AYUDA" in " ".join(english.lines)
    assert "terms" in " ".join(english.more)
    assert "survey" in " ".join(english.more)


def test_spanish_speakers_read_option_two_and_the_word_to_text(content: Content) -> None:
    card = content.words("es").crisis("US")
    assert "marque 2" in " ".join(card.lines)
    assert "AYUDA" in " ".join(card.lines)
    assert "chat en español" in " ".join(card.lines)
    assert "opción 2" in card.short


def test_mexico_has_its_own_line(words: Words) -> None:
    card = words.crisis("MX")
    assert "800 911 2000" in " ".join(card.lines)
    assert "988" not in " ".join((card.short, *card.lines, *card.more))


def test_both_halves_about_oneself_and_about_a_client_exist(words: Words) -> None:
    assert re.search(r"about you|se trata de usted", words("crisis.about_you"))
    assert re.search(r"protocol", words("crisis.about_client"))


def test_no_substance_diagnosis_or_medicine_is_mentioned() -> None:
    denied = r"\b(diagnos|medicat|alcohol|drug|dose|disorder|medicament|droga|trastorno|dosis)"
    assert not {
        (where, text)
        for code in BOTH
        for where, text in every_text(code)
        if re.search(denied, text, re.IGNORECASE)
    }


def test_no_one_is_asked_about_origin_status_faith_or_their_own_history() -> None:
    denied = r"\b(immigra|inmigra|religio|faith|born in|nacionalidad|citizen|ciudadan|own trauma|your trauma)"
    assert not {
        (where, text)
        for code in BOTH
        for where, text in every_text(code)
        if re.search(denied, text, re.IGNORECASE)
    }
