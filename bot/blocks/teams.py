"""Setting up a team inside Slack: two steps, the leader's promise, and what follows it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from zoneinfo import available_timezones

from bot.blocks import ids
from bot.blocks.elements import (
    PEOPLE_IN_A_LINE,
    TEXT_MAX,
    Block,
    Element,
    Message,
    View,
    actions,
    bullets,
    button,
    channel_link,
    channel_select,
    checkboxes,
    context,
    day_picker,
    escape,
    external_select,
    field,
    mention,
    modal,
    note,
    notice_view,
    option,
    people_select,
    person_select,
    radio,
    section,
    select,
    shortened,
    text_input,
)
from bot.content import Words
from bot.content.commands import plain
from bot.domain.privacy import STANDARD, Guarantee, promise_numbers

Problem = Literal[
    "name_missing",
    "name_taken",
    "unit_twice",
    "no_members",
    "supervisor_is_deputy",
    "not_a_person",
    "channel_unreadable",
    "pool_owner_missing",
    "key_holder_missing",
    "told_in_future",
]
AT_BLOCK: Mapping[Problem, str] = {
    "name_missing": ids.TEAM_NAME,
    "name_taken": ids.TEAM_NAME,
    "unit_twice": ids.NEW_UNIT,
    "no_members": ids.MEMBERS,
    "supervisor_is_deputy": ids.DEPUTY,
    "not_a_person": ids.SUPERVISOR,
    "channel_unreadable": ids.CHANNEL,
    "pool_owner_missing": ids.POOL_OWNER,
    "key_holder_missing": ids.KEY_WORDS,
    "told_in_future": ids.STAFF_TOLD_ON,
}
"""Where each problem is shown."""
NAME_MAX = 80
OPTIONS_MAX = 100
"""Slack's limit for options, static and external."""
YES = "yes"
LIKELY = frozenset(
    {
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "America/Puerto_Rico",
        "America/Mexico_City",
    }
)
"""Zones named first of those that answer to "eastern" or "mountain"."""
UNPLACED = "Etc/"
"""Zones without a place, which nobody lives in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDraft:
    """What the first step holds so far; Slack ids, an IANA zone, a language's code.

    place: whose public holidays hold, a country's code or that of a region, as "US-CA".
    """

    name: str = ""
    unit_id: str = ""
    new_unit: str = ""
    channel_id: str = ""
    supervisor_id: str = ""
    deputy_id: str = ""
    leader_id: str = ""
    member_ids: tuple[str, ...] = ()
    everyone_in_channel: bool = False
    zone: str = ""
    language: str = "en"
    place: str = "US"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCheck:
    """What the second step shows.

    counted: people who count for words; siblings: names of small teams under the same unit it could be
    shown together with, and together: how many they are with it. elsewhere: (Slack id, present team) of
    people who belong to another team. ask_key_holder: who runs the server was never said. guarantee: what
    its group will be drawn for.
    """

    team_id: str
    name: str
    counted: int
    siblings: tuple[str, ...] = ()
    together: int = 0
    elsewhere: tuple[tuple[str, str], ...] = ()
    channel_id: str = ""
    bot_in_channel: bool = True
    ask_key_holder: bool = False
    guarantee: Guarantee = STANDARD


def team_form(words: Words, *, units: Sequence[tuple[str, str]], draft: TeamDraft, team_id: str = "") -> View:
    """Step 1. units: (id, name). private_metadata is {"team": id}; a draft without a name is a new team."""
    return modal(
        words("team.title_edit" if draft.name else "team.title"),
        [
            context(words("team.who_sees")),
            *_names(words, units, draft),
            *_people(words, draft),
            *_place(words, draft),
        ],
        callback_id=ids.VIEW_TEAM,
        submit=words("common.next"),
        close=words("common.cancel"),
        metadata={"team": team_id},
    )


def _names(words: Words, units: Sequence[tuple[str, str]], draft: TeamDraft) -> list[Block]:
    known = [option(name, unit_id) for unit_id, name in units[:OPTIONS_MAX]]
    existing = [
        field(
            words("team.unit"),
            select(ids.UNIT, known, current=draft.unit_id),
            optional=True,
            hint=words("team.unit_hint"),
        )
    ]
    return [
        field(words("team.name"), text_input(ids.TEAM_NAME, current=draft.name, most=NAME_MAX)),
        *(existing if known else []),
        field(
            words("team.new_unit"),
            text_input(ids.NEW_UNIT, current=draft.new_unit, most=NAME_MAX),
            optional=True,
            hint=None if known else words("team.unit_hint"),
        ),
    ]


def _people(words: Words, draft: TeamDraft) -> list[Block]:
    everyone = option(words("team.everyone_option"), YES)
    return [
        field(
            words("team.channel"),
            channel_select(ids.CHANNEL, current=draft.channel_id),
            hint=words("team.channel_hint"),
        ),
        field(
            words("team.members"),
            people_select(ids.MEMBERS, current=draft.member_ids),
            optional=True,
            hint=words("team.members_hint"),
        ),
        field(
            words("team.everyone"),
            checkboxes(ids.EVERYONE, [everyone], *([YES] if draft.everyone_in_channel else [])),
            optional=True,
        ),
        field(words("team.supervisor"), person_select(ids.SUPERVISOR, current=draft.supervisor_id)),
        field(
            words("team.deputy"),
            person_select(ids.DEPUTY, current=draft.deputy_id),
            optional=True,
            hint=words("team.deputy_hint"),
        ),
        field(
            words("team.leader"),
            person_select(ids.LEADER, current=draft.leader_id),
            hint=words("team.leader_hint"),
        ),
    ]


def _place(words: Words, draft: TeamDraft) -> list[Block]:
    languages = [option(language.name, language.code) for language in words.languages]
    zone = option(words.zone_name(draft.zone), draft.zone) if draft.zone else None
    place = option(words.places().get(draft.place, draft.place), draft.place)
    return [
        field(words("team.zone"), external_select(ids.ZONE, current=zone), hint=words("team.zone_hint")),
        field(
            words("team.language"),
            select(ids.TEAM_LANGUAGE, languages, current=draft.language),
            hint=words("team.language_hint"),
        ),
        field(
            words("team.country"),
            external_select(ids.PLACE, current=place),
            hint=words("team.country_hint"),
        ),
    ]


def problem(words: Words, kind: Problem, at: str | None = None) -> dict[str, str]:
    """What is wrong with a submitted step, by block_id: where it usually is, or at another field."""
    return {at or AT_BLOCK[kind]: words(f"team.problem_{kind}")}


def zone_options(words: Words, query: str) -> list[Element]:
    """At most 100 zones whose city or name holds the query, likely ones first; value is the IANA name."""
    places = sorted(zone for zone in available_timezones() if "/" in zone and zone[:4] != UNPLACED)
    return _matching(((zone, words.zone_name(zone)) for zone in places), query, LIKELY)


def place_options(words: Words, query: str) -> list[Element]:
    """At most 100 countries and regions whose name holds the query, countries first. value: a place."""
    return _matching(words.places().items(), query, words.countries())


def _matching(named: Iterable[tuple[str, str]], query: str, likely: Container[str] = ()) -> list[Element]:
    """One option for each name, likely values first, then by name; of values with one name, the first."""
    wanted, found = plain(query), dict[str, str]()
    for value, name in named:
        if wanted in plain(name) or wanted in plain(value):
            found.setdefault(name, value)
    ordered = sorted(found, key=lambda name: (found[name] not in likely, name))
    return [option(name, found[name]) for name in ordered[:OPTIONS_MAX]]


def team_check(words: Words, facts: TeamCheck) -> View:
    """Step 2. private_metadata is {"team": id}."""
    return modal(
        words("team.check_title"),
        [
            *_counted(words, facts),
            *([] if facts.bot_in_channel else [_invite(words, facts.channel_id)]),
            *(_elsewhere(words, facts) if facts.elsewhere else []),
            *(_key_holder(words) if facts.ask_key_holder else []),
            context(words("team.check_next")),
        ],
        callback_id=ids.VIEW_TEAM_CHECK,
        submit=words("team.ask_leader"),
        close=words("common.cancel"),
        metadata={"team": facts.team_id},
    )


def _counted(words: Words, facts: TeamCheck) -> list[Block]:
    """How many count, what that means, and the choice to be shown together with small siblings."""
    least = facts.guarantee.roster_min
    count = words("team.counted", counted=facts.counted, team=escape(facts.name), needed=least)
    if facts.counted >= least:
        return [section(f"{count} {words('team.enough')}")]
    small = section(f"{count} {words('team.too_few')}")
    return [small, *_pool(words, facts)] if facts.together >= least else [small]


def _pool(words: Words, facts: TeamCheck) -> list[Block]:
    siblings = ", ".join(escape(name) for name in facts.siblings)
    choices = [
        option(words("team.pool_together"), ids.POOL_TOGETHER),
        option(words("team.pool_alone"), ids.POOL_ALONE),
    ]
    return [
        section(words("team.pool_lead", siblings=siblings, together=facts.together)),
        field(words("team.pool"), radio(ids.POOL, choices, current=ids.POOL_ALONE)),
        field(
            words("team.pool_owner"),
            person_select(ids.POOL_OWNER),
            optional=True,
            hint=words("team.pool_owner_hint"),
        ),
    ]


def _invite(words: Words, channel_id: str) -> Block:
    return section(words("team.invite", channel=channel_link(channel_id)))


def _elsewhere(words: Words, facts: TeamCheck) -> list[Block]:
    people = [
        words("team.elsewhere_line", who=mention(user_id), team=escape(team))
        for user_id, team in facts.elsewhere[:PEOPLE_IN_A_LINE]
    ]
    move = option(words("team.move_option"), YES)
    return [
        section(shortened(words("team.elsewhere", people=", ".join(people)), TEXT_MAX)),
        field(
            words("team.move"),
            checkboxes(ids.MOVE_HERE, [move]),
            optional=True,
            hint=words("team.move_hint"),
        ),
    ]


def _key_holder(words: Words) -> list[Block]:
    conflict = option(words("team.key_conflict_option"), YES)
    return [
        section(words("team.key_lead")),
        field(words("team.key_person"), person_select(ids.KEY_PERSON), optional=True),
        field(
            words("team.key_words"),
            text_input(ids.KEY_WORDS, most=NAME_MAX),
            optional=True,
            hint=words("team.key_words_hint"),
        ),
        field(
            words("team.key_conflict"),
            checkboxes(ids.KEY_CONFLICT, [conflict]),
            optional=True,
            hint=words("team.key_conflict_hint"),
        ),
    ]


def team_waiting(words: Words, *, name: str, leader_id: str, started: bool = False) -> View:
    """After step 2: the leader was asked; the new one, if the team had started under another."""
    key = "team.waiting_again" if started else "team.waiting"
    return _told(words, words(key, team=escape(name), leader=mention(leader_id)))


def team_saved(words: Words, *, name: str) -> View:
    """After an edit of a team that had started."""
    return _told(words, words("team.saved", team=escape(name)))


def admin_claimed(words: Words) -> View:
    return _told(words, words("claim.done"))


def _told(words: Words, text: str) -> View:
    return notice_view(words, words("team.title"), [section(text)], callback_id=ids.VIEW_NOTICE)


def promise_request(words: Words, *, team_id: str, name: str, admin_id: str) -> Message:
    """To the leader, with the button that opens the form."""
    tap = button(words("promise.read"), ids.OPENED_PROMISE, value=team_id, style="primary")
    text = words("promise.request", admin=mention(admin_id), team=escape(name))
    return note(words, section(text), actions(tap))


def promise_form(words: Words, *, team_id: str, name: str) -> View:
    """The promise's text, the day staff were told, accept. private_metadata is {"team": id}.

    No day is filled in: a leader who told nobody should not vouch for today by pressing a button.
    """
    return modal(
        words("promise.title"),
        [
            section(words("promise.lead", team=escape(name))),
            section(bullets(promise_lines(words))),
            field(words("promise.told_on"), day_picker(ids.STAFF_TOLD_ON)),
            context(words("promise.who_sees")),
        ],
        callback_id=ids.VIEW_PROMISE,
        submit=words("promise.accept"),
        close=words("common.cancel"),
        metadata={"team": team_id},
    )


def promise_lines(words: Words) -> list[str]:
    """What a leader promises before a team starts (changes 10)."""
    return [
        words("promise.voluntary"),
        words("promise.not_used"),
        words("promise.vote", **promise_numbers()),
    ]


def promise_given(words: Words, *, name: str, promised_on: date, staff_told_on: date) -> Message:
    """The request's card after it."""
    given = words("promise.given", team=escape(name), date=words.date(promised_on))
    told = words("promise.given_told", date=words.date(staff_told_on))
    return note(words, section(f"{given} {told}"), section(bullets(promise_lines(words))))


def promise_thanks(words: Words, *, name: str) -> View:
    text = words("promise.thanks", team=escape(name))
    return notice_view(words, words("promise.title"), [section(text)], callback_id=ids.VIEW_NOTICE)


def team_started(
    words: Words, *, team_id: str, name: str, channel_id: str, first_week_on: date | None, small: bool
) -> Message:
    """To the admin, with the offer to post the crisis lines in the team's channel.

    first_week_on: the Monday on which weeks begin here, None once they have. small: the group is too
    small for words.
    """
    said = [
        words("team.started", team=escape(name)),
        *([words("team.first_week", date=words.date(first_week_on))] if first_week_on else []),
        words("team.started_small") if small else words("team.started_words"),
    ]
    return note(words, section(" ".join(said)), *_offer_pin(words, team_id, channel_id))


def _offer_pin(words: Words, team_id: str, channel_id: str) -> list[Block]:
    if not channel_id:
        return []
    return [
        section(words("team.pin_offer", channel=channel_link(channel_id))),
        actions(button(words("team.pin_post"), ids.POSTED_PIN, value=team_id)),
    ]


def pin_posted(words: Words, *, name: str, channel_id: str) -> Message:
    """The admin's card after posting: how to pin it."""
    text = words("team.pin_posted", team=escape(name), channel=channel_link(channel_id))
    return note(words, section(text))


def pin_refused(words: Words, *, team_id: str, name: str, channel_id: str) -> Message:
    """The admin's card when Choir is not in the channel: how to invite it, and the button again."""
    text = words("team.pin_refused", team=escape(name), channel=channel_link(channel_id))
    tap = button(words("team.pin_post"), ids.POSTED_PIN, value=team_id)
    return note(words, section(text), actions(tap))
