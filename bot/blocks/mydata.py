"""My data: what can be done with it, everything that is kept, a copy as files, and deleting it.

All of it is shown to the person alone, in windows. The two messages here only say that files come and are
gone; they are the same whatever is in them.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.blocks import ids
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    View,
    actions,
    bullets,
    button,
    confirmation,
    context,
    divider,
    escape,
    field,
    header,
    mention,
    modal,
    note,
    notice_view,
    option,
    radio,
    section,
    sections,
)
from bot.blocks.leave import said as said_span
from bot.content import Words
from bot.domain.checkins import State
from bot.domain.localtime import CLOSING_TIME, FRIDAY, local
from bot.domain.members import Preferences
from bot.domain.mydata import COPY_STAYS, OwnAsk, OwnData, OwnHuddles, OwnPeers, OwnRoles, OwnWeek, Part
from bot.domain.notices import COVER, PEERS, Kind
from bot.domain.peers import ANY_LANGUAGE, Load, Offering, Request

BLOCKS_ON_A_PAGE = 90
CHARACTERS_ON_A_PAGE = 200_000
"""Slack takes 100 blocks and 250 kB in a window."""
READABLE, MACHINE = "choir-my-data.txt", "choir-my-data.json"
"""Names of the files: the same for everybody."""
FORMAT = 1
"""Raised when the shape of the JSON file changes."""
MESSAGES = {
    Kind.FIRST_CONTACT: "team",
    Kind.TEAM_STARTED: "team",
    Kind.PROMISE: "team",
    Kind.PIN: "team",
    Kind.STRICTER: "team",
    Kind.CHECKIN: "cards",
    Kind.CHECKIN_AGAIN: "cards",
    Kind.QUIET_QUESTION: "cards",
    Kind.WEEKLY: "weekly",
    Kind.TEAM_POST: "weekly",
    Kind.RAISED: "weekly",
    Kind.ASK: "asks",
    Kind.ASK_TOLD: "asks",
    Kind.ASK_UNANSWERED: "asks",
    Kind.ASK_FOLLOW_UP: "asks",
    Kind.HUDDLE: "huddles",
    Kind.HUDDLE_LINK: "huddles",
    Kind.HUDDLE_BEGINS: "huddles",
    Kind.HUDDLE_AFTER: "huddles",
    Kind.HUDDLE_TOLD: "huddles",
    Kind.CIRCLE: "huddles",
    Kind.CIRCLE_HOST: "huddles",
    Kind.CIRCLE_TOLD: "huddles",
    **dict.fromkeys(sorted(PEERS | COVER), "peers"),
}
"""Under which words a kind of message is counted."""


# ---- what can be done


def hub(words: Words, *, has_checkins: bool) -> View:
    """See, correct, pause, stop and delete; each a tap away, with a sentence of what it does."""
    closing = {"weekday": words.weekday(FRIDAY), "time": words.time(CLOSING_TIME)}
    see = button(words("mydata.see_button"), ids.SAW_MY_DATA, says=words("mydata.see_says"))
    delete_says = words("mydata.delete_says")
    delete = button(words("mydata.delete_button"), ids.OPENED_DELETING, style="danger", says=delete_says)
    blocks = [
        context(words("mydata.who_sees")),
        section(words("mydata.see"), accessory=see),
        section(words("mydata.correct", **closing), accessory=_settings(words)),
        *(_pause_and_stop(words) if has_checkins else []),
        divider(),
        section(words("mydata.delete"), accessory=delete),
    ]
    return notice_view(words, words("mydata.title"), blocks, callback_id=ids.VIEW_MY_DATA)


def my_data_button(words: Words) -> Element:
    return button(words("menu.my_data"), ids.OPENED_MY_DATA, says=words("menu.my_data_says"))


def _settings(words: Words) -> Element:
    return button(words("menu.settings"), ids.OPENED_SETTINGS)


def _pause_and_stop(words: Words) -> list[Block]:
    pause = button(words("menu.pause"), ids.OPENED_PAUSE, says=words("menu.pause_says"))
    stop = button(words("menu.stop"), ids.STOPPED, says=words("menu.stop_says"))
    return [section(words("mydata.pause_or_stop")), actions(pause, stop)]


# ---- everything that is kept, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One heading with its lines in mrkdwn; weeks have a button beside each, so they are told apart."""

    title: str
    lines: tuple[str, ...]
    weeks: tuple[tuple[OwnWeek, str], ...] = ()


def everything(words: Words, data: OwnData, *, page: int = 0) -> View:
    """All that is kept, as many pages as Slack's limits ask for. private_metadata {"page": n}."""
    pages = list(_pages(_blocks(words, data)))
    page = min(page, len(pages) - 1)
    return modal(
        words("mydata.kept_title"),
        [*_top(words), *pages[page], *_turning(words, page, len(pages))],
        callback_id=ids.VIEW_KEPT,
        close=words("common.close"),
        metadata={"page": page},
    )


def _top(words: Words) -> list[Block]:
    copy = button(words("mydata.copy_button"), ids.OPENED_COPYING, says=words("mydata.copy_says"))
    return [context(words("mydata.who_sees")), actions(copy)]


def _turning(words: Words, page: int, pages: int) -> list[Block]:
    taps = [
        button(words(f"mydata.page_{way}"), ids.TURNED_PAGE, value=str(to))
        for way, to in (("before", page - 1), ("after", page + 1))
        if 0 <= to < pages
    ]
    return [actions(tap, block_id=f"page_{tap['value']}") for tap in taps]


def _blocks(words: Words, data: OwnData) -> Iterator[Block]:
    for said in parts(words, data):
        yield header(said.title)
        yield from sections([f"• {line}" for line in said.lines])
        for week, text in said.weeks:
            yield section(text, accessory=_week_tap(words, week), block_id=f"week_{week.week}")


def _pages(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    page: list[Block] = []
    room = CHARACTERS_ON_A_PAGE
    for block in blocks:
        size = len(json.dumps(block))
        if page and (len(page) == BLOCKS_ON_A_PAGE or size > room):
            yield page
            page, room = [], CHARACTERS_ON_A_PAGE
        page.append(block)
        room -= size
    yield page


def _week_tap(words: Words, week: OwnWeek) -> Element | None:
    """Until it closes a week is changed in its form; after that its answers can only be deleted."""
    value, about = str(week.week), words.date(week.monday)
    if week.takes_answers:
        return button(words("checkin.change"), ids.CHANGED_ANSWERS, value=value)
    if week.given == {}:
        return None
    sure = confirmation(
        title=words("mydata.week_sure_title"),
        text=words("mydata.week_sure", date=about),
        confirm=words("mydata.week_delete"),
        deny=words("common.cancel"),
    )
    says = words("mydata.week_delete_says", date=about)
    return button(words("mydata.week_delete"), ids.DELETED_WEEK, value=value, says=says, confirm=sure)


def parts(words: Words, data: OwnData) -> list[Said]:
    """Everything that is kept, under one heading for each part."""
    lines: Mapping[Part, Iterable[str]] = {
        Part.TEAM: _team(words, data),
        Part.CHOICES: _choices(words, data.preferences, data.person.tz),
        Part.AWAY: [said_span(words, span) for span in data.leave] or [words("mydata.no_leave")],
        Part.WEEKS: _about_weeks(words, data),
        Part.GROUP: _group(words, data),
        Part.ASKS: _asks(words, data),
        Part.HUDDLES: _huddles(words, data.huddles),
        Part.PEERS: _peers(words, data.peers, data.person.tz),
        Part.MESSAGES: _messages(words, data),
    }
    weeks = tuple((week, _week(words, week)) for week in data.weeks)
    return [
        Said(
            title=words(f"mydata.part_{part.value}"),
            lines=tuple(lines[part]),
            weeks=weeks if part is Part.WEEKS else (),
        )
        for part in Part
    ]


def _team(words: Words, data: OwnData) -> Iterator[str]:
    yield words("mydata.pseudonym")
    for team in data.teams:
        facts = {"team": escape(team.name), "first": words.full_date(team.from_on)}
        if team.until_on is None:
            yield words("mydata.team_now", **facts)
        else:
            yield words("mydata.team_before", **facts, last=words.full_date(team.until_on))
    if not data.teams:
        yield words("mydata.team_none")
    yield from _roles(words, data.roles)
    yield from _from_slack(words, data)


def _roles(words: Words, roles: OwnRoles) -> Iterator[str]:
    named = {
        "supervises": roles.supervises,
        "stands_in": roles.stands_in_for,
        "leads": roles.leads,
        "owns_line": roles.owns_line_of,
        "planned": roles.planned,
    }
    for role, names in named.items():
        if names:
            yield words(f"mydata.role_{role}", names=escape(", ".join(names)))
    if roles.is_admin:
        yield words("mydata.admin")
    if roles.holds_keys:
        yield words("mydata.holds_keys")


def _from_slack(words: Words, data: OwnData) -> Iterator[str]:
    person = data.person
    yield words("mydata.zone", zone=words.zone_name(person.tz))
    if person.locale:
        yield words("mydata.locale", locale=escape(person.locale))
    if person.quiet_from and person.quiet_until:
        span = (_moment(words, at, person.tz) for at in (person.quiet_from, person.quiet_until))
        yield words("mydata.quiet", first=next(span), last=next(span))
    if person.on_vacation:
        yield words("mydata.vacation")


def _choices(words: Words, chosen: Preferences | None, tz: str) -> Iterator[str]:
    if chosen is None:
        yield words("mydata.no_choices")
        return
    yield words("mydata.slot", weekday=words.weekday(chosen.weekday), time=words.time(chosen.local_time))
    yield words(f"settings.length_{chosen.length.value}")
    if chosen.language:
        yield words("mydata.language", language=_language(words, chosen.language))
    if chosen.items_off:
        left_out = "; ".join(_question(words, key) for key in sorted(chosen.items_off))
        yield words("mydata.items_off", questions=left_out)
    if chosen.remote:
        yield words("settings.remote_option")
    if chosen.paused:
        until = chosen.paused_until
        yield words("mydata.paused_until", date=_day(words, until, tz)) if until else words("mydata.paused")
    if chosen.stopped:
        yield words("mydata.stopped")
    if chosen.accepted_version:
        yield words("mydata.accepted")


def _language(words: Words, code: str) -> str:
    return next((language.name for language in words.languages if language.code == code), code)


def _about_weeks(words: Words, data: OwnData) -> Iterator[str]:
    yield words("mydata.key" if data.has_key else "mydata.no_key")
    if data.erased_at:
        yield words("mydata.erased", date=_day(words, data.erased_at, data.person.tz))
    if data.standing.run:
        yield words("mydata.run", count=data.standing.run)
    if data.standing.spells:
        yield words("mydata.spells", count=data.standing.spells)
    if data.weekly_on:
        days = ", ".join(words.short_date(on) for on in data.weekly_on)
        yield words("mydata.weekly_on", days=days)
    if not data.weeks:
        yield words("mydata.no_weeks")


def _week(words: Words, week: OwnWeek) -> str:
    title = words("mydata.week", date=words.date(week.monday))
    return "\n".join([f"*{title}* {_state(words, week)}".rstrip(), *_given(words, week.given)])


def _state(words: Words, week: OwnWeek) -> str:
    if week.state is State.SKIPPED and week.reason:
        return words("mydata.week_skipped", why=words(f"home.why_{week.reason.value}"))
    return words(f"mydata.week_{week.state.value}") if week.state else ""


def _given(words: Words, given: Mapping[str, int] | None) -> list[str]:
    if given is None:
        return [words("mydata.unreadable")]
    return [f"{_question(words, key)} → {_answer(words, key, value)}" for key, value in given.items()]


def _question(words: Words, key: str) -> str:
    """A question as it reads now; its key if no version asks it any more."""
    return words.item(key).text if key in words.pages.items else key


def _answer(words: Words, key: str, value: int) -> str:
    scale = words.scale(words.item(key).scale) if key in words.pages.items else ()
    return next((label.text for label in scale if label.value == value), str(value))


def _group(words: Words, data: OwnData) -> Iterator[str]:
    if data.group:
        yield words("mydata.group", teams=escape(", ".join(data.group)))
    else:
        yield words("mydata.group_none")
    for period in data.periods:
        key = "mydata.period_counted" if period.counted else "mydata.period_listed"
        yield words(key, first=words.date(period.first_on), last=words.date(period.last_on))
    for said in data.said:
        facts = {"first": words.date(said.first_on), "last": words.date(said.last_on)}
        yield words("mydata.said", **facts, phrases=" ".join(_phrases(words, said.phrases)))


def _phrases(words: Words, keys: Iterable[str]) -> list[str]:
    """Phrases as they read now; the key of one that no version has any more."""
    return [words.pages.phrases.get(key, key) for key in keys]


def _asks(words: Words, data: OwnData) -> Iterator[str]:
    for ask in data.asks:
        yield _ask(words, ask, data.person.tz)
    if not data.asks:
        yield words("mydata.no_asks")
    yield words("mydata.asks_of_others")


def _ask(words: Words, ask: OwnAsk, tz: str) -> str:
    return words(
        f"ask.{'line' if ask.mine else 'to_me'}_{ask.state.value}",
        who=mention(ask.with_id),
        date=words.date(ask.asked_on),
        when=_moment(words, ask.meet_at, tz) if ask.meet_at else "",
    )


def _huddles(words: Words, huddles: OwnHuddles) -> Iterator[str]:
    if huddles.started:
        yield words("mydata.huddles_started", count=huddles.started)
    if huddles.joined:
        yield words("mydata.huddles_joined", count=huddles.joined)
    if huddles.circles:
        yield words("mydata.huddles_circles", count=huddles.circles)
    yield words("mydata.huddles_forgotten")


def _peers(words: Words, own: OwnPeers, tz: str) -> Iterator[str]:
    yield _offered(words, own.offering) if own.offering else words("mydata.no_offering")
    yield from _wished(words, own)
    for request, with_id in own.requests:
        yield _requested(words, request, with_id, tz)
    if own.asked:
        yield words("mydata.peer_asked", count=own.asked)
    if own.load != Load():
        load = own.load
        yield words("mydata.peer_load", offers=load.offers_recently, helped=load.helped_recently)
    if own.step_outs:
        yield words("mydata.step_outs", count=own.step_outs)
    yield words("mydata.peers_forgotten")


def _offered(words: Words, offering: Offering) -> str:
    facts: dict[str, str | int] = {
        "kinds": ", ".join(words(f"peer.kind_{kind.value}") for kind in sorted(offering.kinds)),
        "languages": ", ".join(words.language_name(code) for code in sorted(offering.languages)),
        "where": words(f"peer.for_{offering.where.value}"),
        "halves": ", ".join(words(f"peer.half_{half.value}") for half in sorted(offering.halves)),
        "weekly_max": offering.weekly_max,
    }
    paused = [words("mydata.offering_paused")] if offering.paused else []
    return " ".join([words("mydata.offering", **facts), *_work(words, offering.work), *paused])


def _wished(words: Words, own: OwnPeers) -> Iterator[str]:
    if own.wishes.language:
        known = own.wishes.language != ANY_LANGUAGE
        language = words.language_name(own.wishes.language) if known else words("peer.any_language")
        yield words("mydata.wished_language", language=language)
    yield from _work(words, own.wishes.work)
    if own.never_ids:
        yield words("mydata.wished_never", people=", ".join(map(mention, own.never_ids)))


def _work(words: Words, codes: Iterable[str]) -> list[str]:
    named = ", ".join(words(f"peer.work_{code}") for code in sorted(codes))
    return [words("mydata.work", work=named)] if named else []


def _requested(words: Words, request: Request, with_id: str | None, tz: str) -> str:
    wanted = request.wanted
    facts = {
        "help": words(f"peer.help_{wanted.help.value}"),
        "date": words.date(request.asked_on),
        "state": words(f"mydata.request_{request.state.value}"),
        "until": _moment(words, wanted.until_at, tz),
    }
    said = words("mydata.request", **facts)
    return f"{said} {words('mydata.request_with', who=mention(with_id))}" if with_id else said


def _messages(words: Words, data: OwnData) -> Iterator[str]:
    for what in dict.fromkeys(MESSAGES.values()):
        of_it = [one for one in data.messages if MESSAGES[one.kind] == what]
        if of_it:
            waiting, settled = sum(one.waiting for one in of_it), sum(one.settled for one in of_it)
            yield words(f"mydata.messages_{what}", waiting=waiting, settled=settled)
    yield words("mydata.timers", count=data.timers)
    yield words("mydata.no_text")


def _moment(words: Words, at: datetime, tz: str) -> str:
    here = local(at, tz)
    return f"{words.date(here.date())}, {words.time(here.time())}"


def _day(words: Words, at: datetime, tz: str) -> str:
    return words.date(local(at, tz).date())


# ---- a copy, as files


def copying(words: Words) -> View:
    """What a file in Slack means, before one is made."""
    return modal(
        words("mydata.copy_title"),
        [
            context(words("mydata.who_sees")),
            section(words("mydata.copy_lead")),
            section(bullets(words("mydata.copy_warning", minutes=_minutes()).splitlines())),
        ],
        callback_id=ids.VIEW_COPY,
        submit=words("mydata.copy_submit"),
        close=words("common.cancel"),
    )


def _minutes() -> int:
    return int(COPY_STAYS.total_seconds() // 60)


def copy_view(words: Words, said: str, **facts: str) -> View:
    """How far it is: "coming", "there" or "failed"."""
    blocks = [section(words(f"mydata.copy_{said}", **facts))]
    return notice_view(words, words("mydata.copy_title"), blocks, callback_id=ids.VIEW_NOTICE)


def copy_note(words: Words, said: str, **facts: str) -> Message:
    """The message beside the files: "here" until they are deleted, then "gone"; or "stuck", or "none"."""
    return note(words, section(words(f"mydata.copy_note_{said}", **facts)))


def readable(words: Words, data: OwnData, made_on: date) -> str:
    """The same words as in the window, as plain text."""
    title = words("mydata.kept_title")
    made = words("mydata.copy_made", date=words.full_date(made_on))
    return "\n".join([title, made, *(line for said in parts(words, data) for line in _plain(said)), ""])


def _plain(said: Said) -> Iterator[str]:
    yield from ("", said.title, "-" * len(said.title))
    for text in (*said.lines, *(text for _, text in said.weeks)):
        yield _unmarked(text)


def _unmarked(text: str) -> str:
    """mrkdwn of ours as plain text: people by their Slack id, no stars, no entities."""
    named = re.sub(r"<@(\w+)>", r"@\1", text)
    return html.unescape(re.sub(r"(?m)^\*([^*\n]+)\*", r"\1", named))


def record(words: Words, data: OwnData, made_at: datetime) -> str:
    """The same facts as JSON; questions and answers also in words."""
    chosen = data.preferences
    shape = {
        "format": FORMAT,
        "made_at": made_at,
        "from_slack": _public(data.person, "ref"),
        "teams": [_public(team) for team in data.teams],
        "roles": _public(data.roles),
        "choices": _public(chosen) if chosen else None,
        "days_away": [_public(span) for span in data.leave],
        "weeks": [_recorded(words, week) for week in data.weeks],
        "silence": _public(data.standing),
        "answers_have_a_key": data.has_key,
        "last_deleted_at": data.erased_at,
        "group": data.group,
        "periods": [_public(period) for period in data.periods],
        "said_with_others": [{**_public(said), "lines": _phrases(words, said.phrases)} for said in data.said],
        "asks": [_public(ask) for ask in data.asks],
        "huddles": _public(data.huddles),
        "peers": _recorded_peers(data.peers),
        "messages": [_public(one) for one in data.messages],
        "weekly_messages_on": data.weekly_on,
        "timers": data.timers,
    }
    return json.dumps(shape, ensure_ascii=False, indent=2, default=_json) + "\n"


def _recorded(words: Words, week: OwnWeek) -> Mapping[str, object]:
    answers = {
        key: {"question": _question(words, key), "answer": _answer(words, key, value), "value": value}
        for key, value in (week.given or {}).items()
    }
    return {
        **_public(week, "given", "takes_answers"),
        "answers": None if week.given is None else answers,
    }


def _recorded_peers(own: OwnPeers) -> Mapping[str, object]:
    requests = [
        {**_public(request.wanted), "state": request.state, "asked_on": request.asked_on, "with_id": with_id}
        for request, with_id in own.requests
    ]
    return {
        "offers": _public(own.offering) if own.offering else None,
        "wishes": {**_public(own.wishes, "never"), "never_ids": own.never_ids},
        "requests": requests,
        "asked_about_requests": own.asked,
        "carried": _public(own.load),
    }


def _public(value: object, *but: str) -> dict[str, object]:
    names: Sequence[str] = value.__slots__  # type: ignore[attr-defined]
    return {name: getattr(value, name) for name in names if name not in but}


def _json(value: object) -> object:
    """Dates and times by ISO 8601; sets in order."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


# ---- deleting


def deleting(words: Words, *, has_checkins: bool, resting: bool) -> View:
    """What goes, what stays and why, and whether check-ins go on. resting: they do not come now either."""
    return modal(
        words("mydata.delete_title"),
        [
            context(words("mydata.delete_who_sees")),
            section(_listed(words, "mydata.delete_goes", "mydata.delete_gone")),
            section(_listed(words, "mydata.delete_stays", "mydata.delete_left")),
            *([_going_on(words, resting)] if has_checkins else []),
        ],
        callback_id=ids.VIEW_DELETE,
        submit=words("mydata.delete_submit"),
        close=words("common.cancel"),
    )


def _listed(words: Words, title: str, lines: str) -> str:
    return f"{words(title)}\n{bullets(words(lines).splitlines())}"


def _going_on(words: Words, resting: bool) -> Block:
    choices = [
        option(words("mydata.go_on"), ids.GO_ON),
        option(words("mydata.stop_too"), ids.STOP_TOO),
    ]
    chosen = ids.STOP_TOO if resting else ids.GO_ON
    return field(words("mydata.go_on_or_stop"), radio(ids.AFTER_DELETING, choices, current=chosen))


def deleted(words: Words, *, stopped: bool, next_on: date | None, has_copy: bool) -> View:
    """It is done. next_on: when the next check-in comes, if one does. has_copy: files lie in Slack."""
    said = [words("mydata.deleted")]
    if stopped:
        said.append(words("mydata.deleted_stopped"))
    elif next_on:
        said.append(words("mydata.deleted_next", date=words.date(next_on)))
    undo = [actions(button(words("stop.undo"), ids.UNDID_STOP))] if stopped else []
    copy = [context(words("mydata.deleted_copies"))] if has_copy else []
    blocks = [section("\n".join(said)), *undo, *copy]
    return notice_view(words, words("mydata.deleted_title"), blocks, callback_id=ids.VIEW_NOTICE)
