"""Day, hour, length, language, questions left out; pausing, stopping and coming back."""

from __future__ import annotations

from datetime import date, time

from bot.blocks import ids
from bot.blocks.elements import (
    Block,
    Message,
    View,
    actions,
    button,
    checkboxes,
    context,
    field,
    modal,
    multi_select,
    note,
    notice_view,
    option,
    radio,
    section,
    select,
)
from bot.content import Words
from bot.domain.localtime import FRIDAY, MONDAY, allowed_slots
from bot.domain.members import Length, Preferences
from bot.domain.rotation import REACTIONS

REMOTE_ON = "remote"


def settings(words: Words, preferences: Preferences, *, small: bool = False) -> View:
    """What is chosen now, to change. small: the group gets one question every two weeks, so no length."""
    return modal(
        words("settings.title"),
        [
            context(words("settings.who_sees")),
            _day(words, preferences),
            _hour(words, preferences),
            *([context(words("settings.small"))] if small else [_length(words, preferences)]),
            _language(words, preferences),
            *([] if small else [_items_off(words, preferences), _remote(words, preferences)]),
        ],
        callback_id=ids.VIEW_SETTINGS,
        submit=words("common.save"),
        close=words("common.cancel"),
    )


def _day(words: Words, preferences: Preferences) -> Block:
    days = [option(_capital(words.weekday(day)), str(day)) for day in range(MONDAY, FRIDAY + 1)]
    return field(words("settings.day"), select(ids.DAY, days, current=str(preferences.weekday)))


def _capital(text: str) -> str:
    """Days stand alone in a list: Spanish writes them small inside a sentence only."""
    return text[:1].upper() + text[1:]


def _hour(words: Words, preferences: Preferences) -> Block:
    hours = [option(words.time(at), f"{at:%H:%M}") for at in allowed_slots(MONDAY)]
    current = f"{preferences.local_time:%H:%M}"
    hint = words("settings.hour_hint", weekday=words.weekday(FRIDAY))
    return field(words("settings.hour"), select(ids.HOUR, hours, current=current), hint=hint)


def _length(words: Words, preferences: Preferences) -> Block:
    lengths = [option(words(f"settings.length_{length.value}"), length.value) for length in Length]
    return field(words("settings.length"), radio(ids.LENGTH, lengths, current=preferences.length.value))


def _language(words: Words, preferences: Preferences) -> Block:
    languages = [option(language.name, language.code) for language in words.languages]
    current = preferences.language or words.language
    return field(words("settings.language"), select(ids.LANGUAGE, languages, current=current))


def _items_off(words: Words, preferences: Preferences) -> Block:
    items = [option(words.item(key).text, key) for key in sorted(REACTIONS)]
    return field(
        words("settings.items_off"),
        multi_select(ids.ITEMS_OFF, items, *preferences.items_off),
        optional=True,
        hint=words("settings.items_off_hint"),
    )


def _remote(words: Words, preferences: Preferences) -> Block:
    away = option(words("settings.remote_option"), REMOTE_ON)
    current = (REMOTE_ON,) if preferences.remote else ()
    return field(words("settings.remote"), checkboxes(ids.REMOTE, [away], *current), optional=True)


def settings_errors(words: Words, *, weekday: int, local_time: time) -> dict[str, str]:
    """What is wrong with a day and hour, by block_id; empty when the slot is allowed."""
    if local_time in allowed_slots(weekday):
        return {}
    return {ids.HOUR: words("settings.hour_hint", weekday=words.weekday(FRIDAY))}


def settings_saved(words: Words, *, weekday: int, local_time: time) -> View:
    when = words("settings.saved", weekday=words.weekday(weekday), time=words.time(local_time))
    return notice_view(words, words("settings.title"), [section(when)], callback_id=ids.VIEW_NOTICE)


def pause_form(words: Words) -> View:
    """1, 2 or 4 weeks, or until I come back."""
    lengths = [
        option(words("pause.one_week"), "1"),
        option(words("pause.two_weeks"), "2"),
        option(words("pause.four_weeks"), "4"),
        option(words("pause.open_end"), ids.PAUSE_OPEN_END),
    ]
    return modal(
        words("pause.title"),
        [
            field(words("pause.how_long"), radio(ids.PAUSE_FOR, lengths, current="1")),
            context(words("pause.who_sees")),
        ],
        callback_id=ids.VIEW_PAUSE,
        submit=words("pause.submit"),
        close=words("common.cancel"),
    )


def paused(words: Words, *, until: date | None) -> Message:
    """until: the local date from which check-ins come again; None: until the person comes back."""
    return note(words, *_paused(words, until))


def paused_view(words: Words, *, until: date | None) -> View:
    return notice_view(words, words("pause.title"), _paused(words, until), callback_id=ids.VIEW_NOTICE)


def _paused(words: Words, until: date | None) -> list[Block]:
    text = words("pause.until", date=words.date(until)) if until else words("pause.until_back")
    return [section(text), actions(button(words("pause.resume"), ids.RESUMED))]


def stopped(words: Words) -> Message:
    return note(words, *_stopped(words))


def stopped_view(words: Words) -> View:
    return notice_view(words, words("stop.title"), _stopped(words), callback_id=ids.VIEW_NOTICE)


def _stopped(words: Words) -> list[Block]:
    return [section(words("stop.done")), actions(button(words("stop.undo"), ids.UNDID_STOP))]


def resumed(words: Words, *, next_on: date | None) -> Message:
    """next_on: the local date of the next check-in, if it is known."""
    return note(words, section(_resumed(words, next_on)))


def resumed_view(words: Words, *, next_on: date | None) -> View:
    blocks = [section(_resumed(words, next_on))]
    return notice_view(words, words("resume.title"), blocks, callback_id=ids.VIEW_NOTICE)


def _resumed(words: Words, next_on: date | None) -> str:
    return words("resume.next_on", date=words.date(next_on)) if next_on else words("resume.done")
