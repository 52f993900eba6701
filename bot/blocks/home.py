"""Home: what is open to everybody first, then what comes next, then one's own asks and settings.

Never what somebody answered, and no figure about anybody else's answers (changes 24, 25).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Literal

from bot.blocks import crisis, ids
from bot.blocks.asks import AskLine, ask_line
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    View,
    actions,
    button,
    confirmation,
    context,
    divider,
    escape,
    header,
    mention,
    note,
    section,
    sections,
    with_links,
)
from bot.blocks.mydata import my_data_button
from bot.blocks.peers import peer_button
from bot.blocks.privacy import as_supervisor_button, stricter_button
from bot.blocks.raises import raise_button
from bot.blocks.stepouts import step_out_button
from bot.blocks.supervision import prompt_blocks
from bot.blocks.support import support_button
from bot.content import Words
from bot.domain.checkins import Reason
from bot.domain.localtime import CLOSING_TIME, FRIDAY
from bot.domain.members import TeamState

WhyNone = Literal[
    "paused", "stopped", "quiet", "not_started", "no_team", "days_off", "leave", "vacation", "not_known"
]
ASKS_SHOWN = 6
"""Keeps a staff member's Home within 35 blocks."""
TEAMS_SHOWN = 60
PROMISES_ASKED_SHOWN = 5
TEAMS_IN_A_LINE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseLine:
    """A leader's promise as everybody sees it."""

    team: str
    leader_id: str
    promised_on: date
    staff_told_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseAsked:
    """A team whose start waits for the reader's promise."""

    team_id: str
    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team as an admin sees it; members: how many are on its roster."""

    team_id: str
    name: str
    state: TeamState
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFacts:
    """Everything Home shows to one person.

    next_on, next_time: local; why_none says why there is none. this_week_is_open: this week's card has
    come and takes answers, which says nothing of whether any were given. this_week: why it has none;
    waits_for: what the next one is held back by; may_come_now: it can be had all the same. away_until: the
    last of the days away that run; erased_on: all is then, as Choir ends here;
    is_known: something is kept about the reader. asks_to_me: how many wait
    for the reader. peers: for leaders and admins, by language how many colleagues offer help, None for fewer
    than five. prompt: this week's number for a supervisor. crisis_reviewed: False tells admins that the
    crisis lines wait for a look. showing: "mine" or, behind one button, "work".
    """

    country: str
    team: str | None = None
    can_ask: bool = False
    can_huddle: bool = False
    next_on: date | None = None
    next_time: time | None = None
    why_none: WhyNone | None = None
    this_week_is_open: bool = False
    this_week: Reason | None = None
    waits_for: Reason | None = None
    may_come_now: bool = False
    away_until: date | None = None
    erased_on: date | None = None
    is_known: bool = False
    paused_until: date | None = None
    paused: bool = False
    stopped: bool = False
    my_asks: tuple[AskLine, ...] = ()
    promises_asked: tuple[PromiseAsked, ...] = ()
    promises: tuple[PromiseLine, ...] = ()
    asks_to_me: int = 0
    peers: Mapping[str, int | None] = field(default_factory=dict)
    prompt: int | None = None
    is_admin: bool = False
    may_claim_admin: bool = False
    teams: tuple[TeamLine, ...] = ()
    crisis_reviewed: bool = True
    showing: Literal["mine", "work"] = "mine"


def home(words: Words, facts: HomeFacts) -> View:
    blocks = _work(words, facts) if facts.showing == "work" else _mine(words, facts)
    return {"type": "home", "callback_id": ids.VIEW_HOME, "blocks": blocks}


def without_database(words: Words, *, country: str) -> View:
    """Home of somebody for whom nothing could be looked up."""
    blocks = [section(words("home.without_database")), *_crisis(words, country)]
    return {"type": "home", "callback_id": ids.VIEW_HOME, "blocks": blocks}


def where_home_is(words: Words) -> Message:
    """`/choir home`: Slack has no way to open it for somebody."""
    return note(words, section(words("home.where")))


def _mine(words: Words, facts: HomeFacts) -> list[Block]:
    return [
        *(_promise_asked(words, asked) for asked in facts.promises_asked[:PROMISES_ASKED_SHOWN]),
        *_ways(words, facts),
        *_crisis(words, facts.country),
        divider(),
        *_next_checkin(words, facts),
        *_asks(words, facts.my_asks),
        *_promises(words, facts),
        divider(),
        _always(words, facts),
        *([_turn(words, "home.work", ids.OPENED_WORK)] if _has_work(facts) else []),
    ]


def _promise_asked(words: Words, asked: PromiseAsked) -> Block:
    """The way to the promise that does not hang on one message having arrived."""
    tap = button(words("promise.read"), ids.OPENED_PROMISE, value=asked.team_id, style="primary")
    text = words("promise.waiting", team=escape(asked.team))
    return section(text, accessory=tap, block_id=f"promise_{asked.team_id}")


def _ways(words: Words, facts: HomeFacts) -> list[Block]:
    """The ways to other people."""
    ask = button(words("menu.ask"), ids.OPENED_ASK, style="primary")
    huddle = button(words("huddle.start_one"), ids.OPENED_HUDDLES)
    ways = [
        *([peer_button(words)] if facts.is_known else []),
        *([ask] if facts.can_ask else []),
        *([huddle] if facts.can_huddle else []),
        *([step_out_button(words)] if facts.is_known else []),
    ]
    return [actions(*ways)] if ways else []


def _crisis(words: Words, country: str) -> list[Block]:
    short = with_links(words.crisis(country).short)
    return [
        section(f"*{short}*", accessory=crisis.help_button(words)),
        context(words("crisis.nobody_watches")),
    ]


def _next_checkin(words: Words, facts: HomeFacts) -> list[Block]:
    rows = (_at_once(words, facts), _choices(words, facts))
    return [section(_next_line(words, facts)), *(actions(*row) for row in rows if row)]


def _next_line(words: Words, facts: HomeFacts) -> str:
    if facts.erased_on:
        return words("home.ended", date=words.date(facts.erased_on))
    said = [_this_week(words)] if facts.this_week_is_open else []
    if facts.away_until:
        said.append(words("home.away_until", date=words.date(facts.away_until)))
    if facts.this_week and not _is_said_below(facts, facts.this_week):
        said.append(words("home.skipped", why=words(f"home.why_{facts.this_week.value}")))
    if facts.paused and facts.paused_until and not facts.stopped:
        said.append(words("home.none_paused_until", date=words.date(facts.paused_until)))
    if facts.next_on and facts.next_time and not facts.why_none:
        said.append(words("home.next", date=words.date(facts.next_on), time=words.time(facts.next_time)))
        said += [words(f"home.waits_{facts.waits_for.value}")] if facts.waits_for else []
    elif not (facts.why_none == "paused" and facts.paused_until):
        said.append(words(f"home.none_{facts.why_none or 'not_known'}"))
    return "\n".join(said)


def _is_said_below(facts: HomeFacts, reason: Reason) -> bool:
    """Why this week has none is why none comes at all, or stands there as the pause that runs."""
    return reason == facts.why_none or (reason is Reason.PAUSED and facts.paused)


def _this_week(words: Words) -> str:
    return words("home.this_week", weekday=words.weekday(FRIDAY), time=words.time(CLOSING_TIME))


def _at_once(words: Words, facts: HomeFacts) -> list[Element]:
    """What somebody can have who would not wait: this week's card, or an end of their days away."""
    now = button(words("home.send_now"), ids.WANTED_NOW, says=words("home.send_now_says"))
    back = button(words("home.back"), ids.CAME_BACK, says=words("home.back_says"))
    return [*([now] if facts.may_come_now else []), *([back] if facts.away_until else [])]


def _choices(words: Words, facts: HomeFacts) -> list[Element]:
    away = button(words("menu.leave"), ids.OPENED_LEAVE, says=words("menu.leave_says"))
    pausing = _pause_and_stop(words, facts) if facts.team is not None else []
    return [*pausing, *([away] if facts.is_known else [])]


def _pause_and_stop(words: Words, facts: HomeFacts) -> list[Element]:
    if facts.stopped:
        return [button(words("stop.undo"), ids.UNDID_STOP)]
    if facts.paused or facts.why_none == "quiet":
        pause = button(words("pause.resume"), ids.RESUMED)
    else:
        pause = button(words("menu.pause"), ids.OPENED_PAUSE, says=words("menu.pause_says"))
    return [pause, button(words("menu.stop"), ids.STOPPED, says=words("menu.stop_says"))]


def _asks(words: Words, asks: tuple[AskLine, ...]) -> list[Block]:
    lines = [ask_line(words, ask) for ask in asks[:ASKS_SHOWN]]
    return [section(f"*{words('home.my_asks')}*"), *lines] if lines else []


def _promises(words: Words, facts: HomeFacts) -> list[Block]:
    """One line for all teams that a leader promised the same on the same days; one's own team first."""
    if not facts.promises:
        return []
    own_first = sorted(facts.promises, key=lambda promise: promise.team != facts.team)
    given: dict[PromiseLine, list[str]] = {}
    for promise in own_first:
        given.setdefault(replace(promise, team=""), []).append(promise.team)
    lines = [
        _promise_line(words, promise, teams[start : start + TEAMS_IN_A_LINE])
        for promise, teams in given.items()
        for start in range(0, len(teams), TEAMS_IN_A_LINE)
    ]
    return sections([f"*{words('home.promises')}*", words("home.promise_text"), *lines])


def _promise_line(words: Words, promise: PromiseLine, teams: Sequence[str]) -> str:
    return words(
        "home.promise_line",
        team=escape(", ".join(teams)),
        leader=mention(promise.leader_id),
        date=words.date(promise.promised_on),
        told=words.date(promise.staff_told_on),
    )


def _always(words: Words, facts: HomeFacts) -> Block:
    """On a team also what its supervisor sees."""
    return actions(
        button(words("menu.pause_minute"), ids.OPENED_PRACTICE, value="PR01"),
        raise_button(words),
        button(words("menu.who_sees"), ids.OPENED_WHO_SEES),
        *([as_supervisor_button(words)] if facts.team is not None else []),
        *([my_data_button(words)] if facts.is_known else []),
        button(words("menu.settings"), ids.OPENED_SETTINGS),
    )


def _has_work(facts: HomeFacts) -> bool:
    return bool(facts.peers or facts.prompt or facts.asks_to_me or facts.is_admin or facts.may_claim_admin)


def _turn(words: Words, key: str, action_id: str) -> Block:
    return actions(button(words(key), action_id))


def _work(words: Words, facts: HomeFacts) -> list[Block]:
    return [
        _turn(words, "home.mine", ids.OPENED_MINE),
        *(_asks_to_me(words) if facts.asks_to_me else []),
        *(_prompt(words, facts.prompt) if facts.prompt else []),
        *([_peers(words, facts.peers)] if facts.peers else []),
        *(_admin(words, facts) if facts.is_admin else []),
        *(_claim(words) if facts.may_claim_admin and not facts.is_admin else []),
    ]


def _asks_to_me(words: Words) -> list[Block]:
    tap = button(words("common.open"), ids.OPENED_ASKS_TO_ME, says=words("home.asks_to_me_says"))
    return [section(words("weekly.open_asks"), accessory=tap)]


def _peers(words: Words, peers: Mapping[str, int | None]) -> Block:
    """How many offer help, and nothing of who or what was asked of them (changes 21)."""
    lines = (
        words("home.peers_line", language=words.language_name(code), many=many or words("home.peers_few"))
        for code, many in peers.items()
    )
    return section("\n".join([words("home.peers"), *lines]))


def _prompt(words: Words, number: int) -> list[Block]:
    return [header(words("weekly.prompt_title")), *prompt_blocks(words, number)]


def _admin(words: Words, facts: HomeFacts) -> list[Block]:
    more = len(facts.teams) > TEAMS_SHOWN
    return [
        header(words("home.teams")),
        *([] if facts.crisis_reviewed else [section(words("home.crisis_not_reviewed"))]),
        actions(
            button(words("team.set_up"), ids.SET_UP_TEAM, style="primary"),
            stricter_button(words),
            support_button(words),
        ),
        *(_team_line(words, team) for team in facts.teams[:TEAMS_SHOWN]),
        *([context(words("home.more_teams", shown=TEAMS_SHOWN))] if more else []),
    ]


def _team_line(words: Words, team: TeamLine) -> Block:
    state = words(f"home.team_{team.state.value}")
    text = words("home.team_line", team=escape(team.name), members=team.members, state=state)
    tap = button(words("team.edit"), ids.EDITED_TEAM, value=team.team_id, says=words("team.edit_says"))
    return section(text, accessory=tap, block_id=f"team_{team.team_id}")


def _claim(words: Words) -> list[Block]:
    sure = confirmation(
        title=words("claim.title"),
        text=words("claim.sure"),
        confirm=words("claim.yes"),
        deny=words("common.cancel"),
    )
    return [
        section(words("claim.lead")),
        actions(button(words("claim.button"), ids.CLAIMED_ADMIN, confirm=sure)),
    ]
