"""Every screen once, with facts that put each of its texts to use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

from bot.blocks import (
    asks,
    checkins,
    circles,
    crisis,
    digests,
    first_contact,
    home,
    huddles,
    ids,
    leave,
    mydata,
    peers,
    practices,
    privacy,
    raises,
    replies,
    settings,
    stepouts,
    supervision,
    support,
    teams,
)
from bot.blocks.asks import AskLine
from bot.blocks.circles import Said as CircleSaid
from bot.blocks.digests import Picture, Seen, Strip, Update
from bot.blocks.digests import WhyNone as NothingSeen
from bot.blocks.elements import Message
from bot.blocks.first_contact import FirstContact
from bot.blocks.home import HomeFacts, PromiseLine, TeamLine, WhyNone
from bot.blocks.huddles import HuddleCard, Meeting, Place, Start
from bot.blocks.peers import Ways
from bot.blocks.raises import Choice, Lead, SaidAbove
from bot.blocks.replies import Trouble
from bot.blocks.supervision import TeamSection
from bot.blocks.teams import TeamCheck, TeamDraft
from bot.content import Content, Words
from bot.domain.asks import AskState
from bot.domain.checkins import Card, Reason, Standing, State
from bot.domain.circles import EVERY_WEEKS, Circle, CircleState
from bot.domain.digests import Band, Trend
from bot.domain.followups import ORDER, Options, Rule, choose
from bot.domain.huddles import TO_BE_TOLD, HuddleState, Purpose, WhyLater, WhyNot
from bot.domain.leave import MOST_SPANS, Span
from bot.domain.members import Length, Person, PersonRef, Preferences, TeamState
from bot.domain.mydata import (
    OwnAsk,
    OwnData,
    OwnHuddles,
    OwnLines,
    OwnMessages,
    OwnPeers,
    OwnPeriod,
    OwnRoles,
    OwnTeam,
    OwnWeek,
)
from bot.domain.notices import Kind
from bot.domain.peers import (
    Help,
    Load,
    Offering,
    OfferState,
    Request,
    RequestState,
    Wanted,
    Where,
    Wishes,
)
from bot.domain.privacy import STANDARD, Guarantee, Stricter, WhoSees
from bot.domain.raises import EVERY, FIRST_ABOVE, PHRASES, Sentence, WhyClosed
from bot.domain.rotation import CORE, ROWS, keys_for
from bot.domain.stepouts import StepOutState
from tests.blocks.reading import Screen

COUNTRIES = ("US", "MX", "elsewhere")
ANA, LUIS, EVA = "U0ANA", "U0LUIS", "U0EVA"
ON = date(2026, 12, 2)
AT = datetime(2026, 12, 3, 16, 30, tzinfo=UTC)
SEES = WhoSees(supervisor_id=LUIS, reader_ids=(LUIS, EVA), key_holder="Nube Segura")
SMALL = WhoSees(supervisor_id=None, key_holder=EVA, key_holder_conflict=True, words_possible=False)
STRICTER = Stricter(guarantee=Guarantee(strong=True, roster_min=50, contributors_min=30), from_on=ON)
CONTACT = FirstContact(
    team="Albergue <Norte> & Sur", sees=SEES, country="US", weekday=2, local_time=time(10), first_on=ON
)
AWAY = tuple(
    Span(first_on=ON + timedelta(days=30 * n), last_on=ON + timedelta(days=31 * n)) for n in range(MOST_SPANS)
)
ASKS = tuple(
    AskLine(ask_id=f"a{number}", with_id=LUIS, state=state, asked_on=ON, meet_at=AT)
    for number, state in enumerate(AskState)
)


def every_screen(content: Content, language: str) -> dict[str, Screen]:
    """All screens of one language by a name for the test's report."""
    words = content.words(language)
    return {
        **the_way(words),
        **_cards(words),
        **_first_contacts(words),
        **_settings(words),
        **_my_data(words),
        **_asks(words),
        **_peers(words),
        **_huddles(words),
        **_circles(words),
        **_step_outs(words),
        **_open_to_all(content, words),
        **_supervision(words),
        **_updates(words),
        **_raises(words),
        **_homes(words),
        **_teams(words),
    }


def the_way(words: Words) -> dict[str, Screen]:
    """DM, form and options view for each row, length and rule."""
    screens: dict[str, Screen] = {}
    for week in range(len(ROWS)):
        for length in Length:
            keys = keys_for(week, length, frozenset())
            screens[f"form {week} {length}"] = form(words, week, keys)
            for weight in (3, 4, 5):
                chosen = choose({CORE: weight}, keys, has_supervisor=True)
                screens[f"options {week} {length} {chosen.rule}"] = options(words, week, chosen)
    for questions in (1, 2, 3, 4):
        screens[f"arrival {questions}"] = arrival(words, questions)
    screens["arrival small"] = arrival(words, 1, only_for_you=True)
    return screens


def arrival(words: Words, questions: int, *, only_for_you: bool = False) -> Message:
    return checkins.arrival(words, week=3, questions=questions, only_for_you=only_for_you)


def form(words: Words, week: int, keys: tuple[str, ...]) -> Screen:
    return checkins.form(words, week=week, keys=keys, only_for_you=False, unread=None)


def options(words: Words, week: int, chosen: Options) -> Screen:
    return checkins.options(words, chosen, week=week, country="US")


def _cards(words: Words) -> dict[str, Screen]:
    given = {CORE: 5, "qI02": 4}
    two = (CORE, "qI02")
    again = choose(given, two, has_supervisor=True)
    nothing = Options(rule=Rule.T0, shown=(), more=ORDER)

    def ask(**facts: object) -> Screen:
        return checkins.form(words, **{"week": 3, "keys": two, "only_for_you": False, "unread": None} | facts)  # type: ignore[arg-type]

    return {
        **{f"card {card}": checkins.card_after(words, card, week=3) for card in list(Card)[1:]},
        "card moved": checkins.moved_card(words, week=3),
        "card later": checkins.later_card(words, week=3),
        "form unread": ask(unread=SEES),
        "form unread small": ask(unread=SMALL, only_for_you=True, keys=(CORE,)),
        "form changed": ask(current=given),
        "form cleared": ask(current=given, cleared=True),
        "form remote": ask(remote=True, keys=(CORE, "qS1")),
        "options reopened": checkins.options(words, again, week=3, country="MX", saved=False),
        "options reopened T0": checkins.options(words, nothing, week=3, country="MX", saved=False),
        "options more": checkins.more(words, week=3, offers=ORDER, country="US"),
        "options too late": checkins.no_longer(words, week=3, offers=ORDER, country="US", sent=True),
        "options closed": checkins.no_longer(words, week=3, offers=ORDER, country="US", sent=False),
        "on its way": checkins.on_its_way(words),
        "quiet question": checkins.quiet_question(words),
        "quiet question open": checkins.quiet_question_view(words),
        "quiet question one": checkins.quiet_question_done(words, one_question=True),
        "quiet question kept": checkins.quiet_question_done(words, one_question=False),
    }


def _first_contacts(words: Words) -> dict[str, Screen]:
    small = replace(CONTACT, sees=SMALL, questions=1)
    unnamed = replace(CONTACT, sees=WhoSees(supervisor_id=LUIS), country="MX", first_on=None)
    return {
        "first contact": first_contact.first_contact(words, CONTACT),
        "first contact accepted": first_contact.first_contact(words, CONTACT, accepted=True),
        "first contact small": first_contact.first_contact(words, small),
        "first contact unnamed": first_contact.first_contact(words, unnamed),
        "first contact one": first_contact.first_contact(words, replace(CONTACT, questions=1)),
        "first contact longer": first_contact.first_contact(words, replace(CONTACT, questions=4)),
        "who sees": privacy.who_sees(words, SEES),
        "who sees small": privacy.who_sees(words, SMALL),
        "who sees unnamed": privacy.who_sees(words, WhoSees(supervisor_id=None)),
        "who sees stricter": privacy.who_sees(words, replace(SEES, stricter=STRICTER, tightened_on=(ON,))),
        "stricter": privacy.stricter_form(words, STANDARD),
        "stricter than strong": privacy.stricter_form(words, Guarantee(strong=True, roster_min=25)),
        "made stricter": privacy.made_stricter(words, STRICTER.guarantee, STRICTER),
        "made stricter at once": privacy.made_stricter(words, STRICTER.guarantee, None),
        "told stricter": privacy.told_stricter(words, STRICTER),
    }


def _settings(words: Words) -> dict[str, Screen]:
    chosen = Preferences(items_off=frozenset({"qI02"}), remote=True, length=Length.LONGER, language="es")
    return {
        "settings": settings.settings(words, Preferences()),
        "settings chosen": settings.settings(words, chosen),
        "settings small": settings.settings(words, Preferences(), small=True),
        "settings saved": settings.settings_saved(words, weekday=4, local_time=time(11, 30)),
        "pause form": settings.pause_form(words),
        "paused": settings.paused(words, until=ON),
        "paused open": settings.paused_view(words, until=None),
        "stopped": settings.stopped(words),
        "stopped view": settings.stopped_view(words),
        "resumed": settings.resumed(words, next_on=ON),
        "resumed view": settings.resumed_view(words, next_on=None),
        "leave": leave.leave_form(words, ()),
        "leave many": leave.leave_form(words, AWAY, drawn=6),
        "back": leave.back(words, next_on=ON),
        "back undated": leave.back(words, next_on=None),
    }


QUESTIONS = (CORE, "qI02", "qSUP", "q_gone")
"""The last one is asked no more."""


def own_weeks(many: int = 9) -> tuple[OwnWeek, ...]:
    """As many weeks as there are states, and more; each has answers but for the one that cannot be read."""
    states = (None, *State)
    reasons = tuple(Reason)
    return tuple(
        OwnWeek(
            week=number,
            monday=ON - timedelta(weeks=number),
            state=(state := states[number % len(states)]),
            reason=reasons[number % len(reasons)] if state is State.SKIPPED else None,
            given=(None, {}, dict.fromkeys(QUESTIONS, 4))[min(number, 2)],
            takes_answers=number == 2,
        )
        for number in range(many)
    )


OFFERING = Offering(
    kinds=frozenset(Help), languages=frozenset({"en", "es"}), work=frozenset({"attorney"}), weekly_max=3
)
WANTED = Wanted(help=Help.SIMILAR, where=Where.EITHER, language="es", until_at=AT)
WISHES = Wishes(language="any", work=frozenset({"paralegal"}), never=frozenset({PersonRef("ref")}))
OWN_PEERS = OwnPeers(
    offering=replace(OFFERING, paused=True),
    wishes=WISHES,
    never_ids=(EVA,),
    requests=tuple(
        (
            Request(request_id="r", asker=PersonRef("a"), asked_on=ON, wanted=WANTED, state=state),
            LUIS if state is RequestState.TOGETHER else None,
        )
        for state in RequestState
    ),
    asked=2,
    load=Load(offers=1, helped=1, offers_recently=3, helped_recently=2),
)


def own_data(**facts: object) -> OwnData:
    """Something of everything."""
    usual: dict[str, object] = {
        "person": Person(
            ref=PersonRef("a" * 64),
            tz="America/Chicago",
            locale="es-MX",
            quiet_from=AT,
            quiet_until=AT + timedelta(hours=9),
            on_vacation=True,
        ),
        "teams": (
            OwnTeam(name="Sur <&> Norte", from_on=ON, until_on=ON),
            OwnTeam(name="Albergue", from_on=ON, until_on=None),
        ),
        "roles": OwnRoles(
            supervises=("Norte",),
            stands_in_for=("Sur",),
            leads=("Norte", "Sur"),
            owns_line_of=("Este",),
            planned=("Oeste",),
            is_admin=True,
            holds_keys=True,
        ),
        "preferences": Preferences(
            language="es",
            items_off=frozenset({"qI02"}),
            remote=True,
            paused=True,
            stopped=True,
            accepted_version=1,
        ),
        "leave": AWAY,
        "weeks": own_weeks(),
        "standing": Standing(run=2, spells=1),
        "has_key": True,
        "erased_at": AT,
        "group": ("Norte", "Sur"),
        "periods": tuple(OwnPeriod(first_on=ON, last_on=ON, counted=counted) for counted in (True, False)),
        "said": (OwnLines(first_on=ON, last_on=ON, phrases=("hours", "gone_by_now")),),
        "asks": tuple(
            OwnAsk(with_id=LUIS, mine=mine, state=state, asked_on=ON, meet_at=AT)
            for mine in (True, False)
            for state in AskState
        ),
        "huddles": OwnHuddles(started=1, joined=1, circles=1),
        "peers": OWN_PEERS,
        "messages": tuple(OwnMessages(kind=kind, waiting=1, settled=2) for kind in Kind),
        "weekly_on": (ON, ON),
        "timers": 3,
    }
    return OwnData(**{**usual, **facts})  # type: ignore[arg-type]


NO_PEERS = OwnPeers(offering=None, wishes=Wishes(), never_ids=(), requests=(), asked=0, load=Load())
NOTHING = own_data(
    teams=(), roles=OwnRoles(), preferences=None, leave=(), weeks=(), standing=Standing(), has_key=False,
    erased_at=None, group=(), periods=(), said=(), asks=(), huddles=OwnHuddles(), peers=NO_PEERS,
    messages=(), weekly_on=(), timers=0,
)  # fmt: skip


def _my_data(words: Words) -> dict[str, Screen]:
    paused = Preferences(paused=True, paused_until=AT)
    return {
        "my data": mydata.hub(words, has_checkins=True),
        "my data without a team": mydata.hub(words, has_checkins=False),
        "kept": mydata.everything(words, own_data()),
        "kept nothing": mydata.everything(words, NOTHING),
        "kept paused": mydata.everything(words, own_data(preferences=paused)),
        **{
            f"kept page {page}": mydata.everything(words, own_data(weeks=own_weeks(200)), page=page)
            for page in range(4)
        },
        "copying": mydata.copying(words),
        **{
            f"copy {said}": mydata.copy_view(words, said, time="11:45")
            for said in ("coming", "there", "failed")
        },
        **{
            f"copy note {said}": mydata.copy_note(words, said, time="11:45")
            for said in ("here", "gone", "none", "stuck")
        },
        "deleting": mydata.deleting(words, has_checkins=True, resting=False),
        "deleting resting": mydata.deleting(words, has_checkins=True, resting=True),
        "deleting without a team": mydata.deleting(words, has_checkins=False, resting=False),
        "deleted": mydata.deleted(words, stopped=False, next_on=ON, has_copy=True),
        "deleted stopped": mydata.deleted(words, stopped=True, next_on=None, has_copy=False),
        "deleted without a next": mydata.deleted(words, stopped=False, next_on=None, has_copy=False),
        "over": checkins.no_longer(words, week=3, offers=ORDER, country="US", sent=False, early=True),
        "over sent": checkins.no_longer(words, week=3, offers=ORDER, country="US", sent=True, early=True),
    }


def _asks(words: Words) -> dict[str, Screen]:
    people = [(LUIS, "supervisor"), (EVA, "deputy"), (ANA, "named")]
    ends = (AskState.AGREED, AskState.ANOTHER_TIME, AskState.CANNOT)
    facts = {"ask_id": "a1", "meet_at": AT, "next_id": EVA}
    return {
        "ask form": asks.ask_form(words, recipients=people, deputy=True),  # type: ignore[arg-type]
        "ask form again": asks.ask_form(words, recipients=[(EVA, "deputy")], deputy=False, instead_of="a1"),
        "asked": asks.asked(words, ask_id="a1", recipient_id=LUIS),
        "asked deputy": asks.asked(words, ask_id="a1", recipient_id=LUIS, deputy_id=EVA),
        **{
            f"ask card {state}": asks.ask_card(words, asker_id=ANA, state=state, **facts)  # type: ignore[arg-type]
            for state in AskState
        },
        "ask card deputy": asks.ask_card(
            words, ask_id="a1", asker_id=ANA, state=AskState.OPEN, for_deputy=True
        ),
        "ask card other": asks.ask_card(
            words, ask_id="a1", asker_id=ANA, state=AskState.AGREED, answered_by_id=EVA
        ),
        "another time": asks.another_time_form(words, ask_id="a1", asker_id=ANA, first_at=AT),
        "cannot": asks.cannot_form(words, ask_id="a1", asker_id=ANA),
        **{f"told {end}": asks.told(words, outcome=end, recipient_id=LUIS, **facts) for end in ends},  # type: ignore[arg-type]
        "unanswered": asks.unanswered(words, ask_id="a1", recipient_id=LUIS, others=[EVA]),
        "unanswered nobody": asks.unanswered(words, ask_id="a1", recipient_id=LUIS, others=[]),
        "left": asks.left(words),
        "did it happen": asks.did_it_happen(words, ask_id="a1"),
        "did it happen open": asks.did_it_happen_view(words, ask_id="a1", recipient_id=LUIS),
        **{
            f"did it happen {answer}": asks.did_it_happen_done(words, answer=answer)
            for answer in (ids.MET, ids.NOT_YET, ids.NO_LONGER)
        },
        "did it happen nobody": asks.did_it_happen_done(words, answer=ids.NOT_YET, ask_again=False),
        "ask withdrawn": asks.ask_withdrawn_view(words, recipient_id=LUIS),
        "ask list": asks.ask_list(words, ASKS),
        "ask list empty": asks.ask_list(words, ()),
    }


PAIR = Place(workspace="T0", channel="C0PAIR")
ROOM = replace(PAIR, room="https://meet.example.org/0123456789abcdef")
TOGETHER = Meeting(place=PAIR, times=(AT, AT + timedelta(hours=2), AT + timedelta(days=1)))
START = Start(teams=(("t1", "Norte & <Sur>"),), channel_id="C0NORTE")
CARD = HuddleCard(
    huddle_id="0123456789abcdef", purpose=Purpose.LIGHTEN, state=HuddleState.OPEN, many=1, open_until=AT
)
WAYS = Ways(
    request_id="r1",
    language="es",
    at_the_cap=True,
    contact_id=EVA,
    can_ask=True,
    can_huddle=True,
    help_list="Marta, <video> & calls",
)


def _peers(words: Words) -> dict[str, Screen]:
    one = {"request_id": "r1", "country": "US"}
    found_out = {
        "peer ways": WAYS,
        "peer ways nobody": replace(
            WAYS, at_the_cap=False, contact_id=None, help_list=None, can_ask=False, can_huddle=False
        ),
        "peer ways later": replace(WAYS, at_the_cap=None, language=None),
    }
    return {
        "peer form": peers.request_form(
            words, country="US", where=Where.OUTSIDE, language="es", is_peer=True
        ),
        "peer form new": peers.request_form(
            words, country="MX", where=Where.EITHER, language=None, is_peer=False
        ),
        "peer searching": peers.searching(words, by=AT, **one),
        "peer searching later": peers.searching(words, by=AT, begins_at=AT, **one),
        "peer searching gone": peers.searching(words, by=AT, gone=True, **one),
        **{name: peers.other_ways(words, ways, country="US") for name, ways in found_out.items()},
        **{f"peer ended {how}": peers.ended(words, how) for how in ("withdrawn", "list", "closed")},
        "peer found": peers.found(words, peer_id=LUIS, wanted=WANTED, **one),
        **{
            f"peer both {how}": peers.both_agreed(words, how, other_id=LUIS, **one)
            for how in ("opening", "open", "names")
        },
        "peer never again": peers.never_again_done(words),
        "peer not yet": peers.not_yet(words),
        "peer connected": peers.connected_form(words, request_id="r1", other_id=LUIS),
        **_peer_notes(words),
        "peer offering": peers.offering_form(words, OFFERING, languages=()),
        "peer offering paused": peers.offering_form(words, replace(OFFERING, paused=True), languages=()),
        "peer offering new": peers.offering_form(words, None, languages={"es"}),
        **{
            f"peer offering was {how}": peers.offering_changed(words, how)
            for how in ("paused", "resumed", "left")
        },
        "peer guide": peers.guide(words, country="US", contact_id=EVA),
        "peer guide saved": peers.guide(words, "saved", country="US", contact_id=None),
        "peer wishes": peers.wishes_form(words, WISHES, never_ids=(EVA,)),
        "peer wishes saved": peers.wishes_saved(words),
        "support form": support.support_form(words, contact_id=EVA, help_list="Marta"),
        "support saved": support.support_saved(words),
    }


def _peer_notes(words: Words) -> dict[str, Screen]:
    closed = (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.LAPSED, OfferState.NOT_NEEDED)
    return {
        "peer offer": peers.offer_card(words, request_id="r1", wanted=WANTED, by=AT),
        "peer offer any": peers.offer_card(
            words, request_id="r1", wanted=replace(WANTED, language=None), by=AT
        ),
        **{f"peer card {state}": peers.offer_closed(words, state, by=AT) for state in closed},
        "peer at the cap": peers.at_the_cap(words),
        "peer found note": peers.found_note(words, request_id="r1", by=AT),
        "peer looking": peers.looking_note(words, request_id="r1", by=AT, again=False),
        "peer looking again": peers.looking_note(words, request_id="r1", by=AT, again=True),
        "peer nobody": peers.nobody_note(words, request_id="r1"),
        "peer not needed": peers.not_needed_note(words),
        "peer names": peers.names_note(words, request_id="r1"),
        "peer follow-up": peers.follow_up_note(words, request_id="r1"),
        "peer check": peers.check_note(words),
    }


def _huddles(words: Words) -> dict[str, Screen]:
    reasons: tuple[WhyLater, ...] = get_args(WhyLater)
    strangers: tuple[WhyNot, ...] = get_args(WhyNot)
    later = {why: replace(START, starts_at=AT, why=why, supervisor_id=LUIS) for why in reasons}
    several = replace(START, teams=(("t1", "Norte & <Sur>"), ("t2", "Este")))
    return {
        "huddle form": huddles.start_form(words, START),
        "huddle form for several": huddles.start_form(words, several),
        **{f"huddle form {why}": huddles.start_form(words, start) for why, start in later.items()},
        "huddle started": huddles.started(words, START, huddle_id="h1"),
        **{
            f"huddle started {why}": huddles.started(words, start, huddle_id="h1")
            for why, start in later.items()
        },
        "huddle running": huddles.running_already(words, channel_id="C0NORTE"),
        "huddle taken back": huddles.taken_back(words),
        **{f"huddle card {state}": huddles.card(words, replace(CARD, state=state)) for state in HuddleState},
        **{f"huddle card {for_}": huddles.card(words, replace(CARD, purpose=for_)) for for_ in Purpose},
        "huddle card along": huddles.card(words, replace(CARD, supervisor_id=LUIS)),
        "huddle link": huddles.link(words, PAIR),
        "huddle link room": huddles.link(words, ROOM),
        "huddle begins": huddles.begins(words, PAIR),
        "huddle aftercare": huddles.aftercare(words),
        "huddle joined": huddles.joined(words, None),
        "huddle joined now": huddles.joined(words, ROOM),
        "huddle declined": huddles.declined(words),
        **{f"huddle not {why}": huddles.not_for_you(words, why) for why in strangers},
        "huddle left out": huddles.left_out(words),
        **{f"huddle told {end}": huddles.told(words, end, channel_id="C0NORTE") for end in TO_BE_TOLD},
        "together": huddles.together(words, TOGETHER),
        "together in a room": huddles.together(words, replace(TOGETHER, place=ROOM)),
        "together without times": huddles.together(words, replace(TOGETHER, times=())),
        "together settled": huddles.together(words, replace(TOGETHER, at=AT), chosen_by=ANA),
    }


CIRCLE = Circle(
    circle_id="0123456789abcdef",
    team_id="t1",
    channel_id="C0NORTE",
    purpose=Purpose.LIGHTEN,
    weekday=1,
    local_time=time(15, 30),
    every_weeks=2,
)


def _circles(words: Words) -> dict[str, Screen]:
    told: tuple[CircleSaid, ...] = get_args(CircleSaid)
    running = replace(CIRCLE, state=CircleState.RUNNING)
    offers = {
        "none": circles.offer(words, team_id="t1", circle=None, may_end=False),
        "proposed": circles.offer(words, team_id="t1", circle=CIRCLE, may_end=False),
        "running": circles.offer(words, team_id="t1", circle=running, may_end=True),
    }
    met = replace(CARD, begins_at=AT)
    return {
        **{f"huddle form {name}": huddles.start_form(words, START, one) for name, one in offers.items()},
        "circle form": circles.propose_form(words, team_id="t1", supervisor_id=LUIS),
        "circle form alone": circles.propose_form(words, team_id="t1", supervisor_id=None),
        "circle proposed": circles.proposed(words, channel_id="C0NORTE"),
        "circle there": circles.has_one(words, CIRCLE),
        "circle ended": circles.ended(words),
        **{
            f"circle card {every}": circles.card(
                words, replace(CIRCLE, every_weeks=every), supervisor_id=None
            )
            for every in EVERY_WEEKS
        },
        "circle card along": circles.card(words, CIRCLE, supervisor_id=LUIS),
        **{f"circle told {one}": circles.told(words, one) for one in told},
        "circle declined": circles.declined(words),
        "circle host": circles.ask_host(words, CIRCLE, begins_at=AT),
        "circle host yes": circles.host_answered(words, yes=True),
        "circle host no": circles.host_answered(words, yes=False),
        "huddle card of a circle": huddles.card(words, met),
        "huddle card hosted": huddles.card(words, replace(met, host_id=ANA)),
    }


def _step_outs(words: Words) -> dict[str, Screen]:
    facts = {"until_at": AT, "peer_id": EVA}
    return {
        "step out form": stepouts.form(words, supervisor_id=LUIS),
        "step out form alone": stepouts.form(words, supervisor_id=None),
        "step out alone": stepouts.alone(words),
        "step out nobody": stepouts.nobody(words, can_ask=True),
        **{f"step out {state}": stepouts.out(words, state=state, **facts) for state in StepOutState},  # type: ignore[arg-type]
        "step out back": stepouts.back(words),
        "cover offer": stepouts.offer(words, step_out_id="0123456789abcdef", until_at=AT),
        "cover given": stepouts.covering(words, asker_id=ANA, until_at=AT),
        "cover declined": stepouts.answered(words, needed=True),
        "cover not needed": stepouts.answered(words, needed=False),
        "cover found": stepouts.found(words, peer_id=EVA, until_at=AT),
        "cover none": stepouts.none(words, can_ask=True),
        "cover asked": stepouts.cover_asked(words, asker_id=ANA, until_at=AT),
    }


def _open_to_all(content: Content, words: Words) -> dict[str, Screen]:
    kinds: tuple[Trouble, ...] = get_args(Trouble)
    return {
        **{f"crisis {country}": crisis.card(words, country=country) for country in COUNTRIES},
        **{f"crisis view {country}": crisis.view(words, country=country) for country in COUNTRIES},
        **{f"pin {country}": crisis.pin_text(words, country=country) for country in COUNTRIES},
        "crisis both": crisis.both_languages(content, country="US"),
        "menu": crisis.menu(words, country="US"),
        "as view": replies.as_view(words, crisis.menu(words, country="US")),
        "practice": practices.practice(words, "PR01"),
        "reply": replies.dm_reply(words, country="US"),
        **{f"sorry {kind}": replies.sorry(words, kind, country="US") for kind in kinds},
        **{f"sorry view {kind}": replies.sorry_view(words, kind) for kind in kinds},
    }


def _supervision(words: Words) -> dict[str, Screen]:
    groups = [
        TeamSection(name="Norte & <Sur>", words_possible=True, next_update_on=ON),
        TeamSection(name="Sin fecha", words_possible=True),
        TeamSection(name="Chico", words_possible=False),
        TeamSection(name="Chico ya dicho", words_possible=False, why_said_before=True),
        TeamSection(name="Pocas", words_possible=True, next_update_on=ON, suppressed=True),
        TeamSection(name="Perdida", words_possible=True, next_update_on=ON, lost=True),
    ]
    update = update_of(words, Band.HIGHER, Trend.MAYBE_HEAVIER)
    updated = [
        updated_section(update),
        updated_section(replace(update, groups=("Norte & <Sur>", "Este", "Oeste"), picture=None)),
    ]
    return {
        "weekly update": supervision.weekly(words, prompt=1, teams=[*updated, *groups], open_asks=True),
        **{
            f"weekly {number}": supervision.weekly(words, prompt=number, teams=groups, open_asks=True)
            for number in range(1, 13)
        },
    }


def update_of(words: Words, band: Band, trend: Trend) -> Update:
    """An update with everything that can stand in it."""
    return Update(
        groups=("Norte & <Sur>",),
        lines=digests.update_lines(words, band=band, trend=trend, small_group=True),
        parent=digests.parent_line(words, band=band, trend=trend, unit="Programa <Este> & Co"),
        said=raises.in_language(words, [{"en": "Too <many> hours & too few hands."}]),
        said_above=raises.in_language(words, said_above(words)[:2]),
        picture=Picture(file_id="F0STRIP001", alt=digests.alt_text(words, STRIP)),
    )


def updated_section(update: Update) -> TeamSection:
    name, *others = update.groups
    return TeamSection(
        name=name,
        together_with=tuple(others),
        words_possible=True,
        next_update_on=ON,
        update=update,
    )


def said_above(words: Words) -> tuple[Sentence, ...]:
    phrases = (phrase for pillar in FIRST_ABOVE for phrase in PHRASES[pillar])
    return tuple({words.language: words.phrase(phrase), "en": "In English."} for phrase in phrases)


STRIP: Strip = [
    (date(2026, 9, 7) + timedelta(weeks=4 * number), band) for number, band in enumerate([*Band, None])
]


def _updates(words: Words) -> dict[str, Screen]:
    every = {f"{band} {trend}": update_of(words, band, trend) for band in Band for trend in Trend}
    pooled = replace(every["higher heavier"], groups=("Norte", "Sur & <Co>"), parent="", picture=None)
    reasons: tuple[NothingSeen, ...] = get_args(NothingSeen)
    seen = Seen(
        update=every["middle no_change"],
        first_on=ON - timedelta(days=30),
        last_on=ON - timedelta(days=3),
        strip=digests.alt_text(words, STRIP),
    )
    return {
        **{f"post {name}": digests.team_post(words, update) for name, update in every.items()},
        "post pooled": digests.team_post(words, pooled, next_update_on=ON),
        "as supervisor": digests.as_my_supervisor(words, SEES, seen=seen, next_update_on=ON),
        "as supervisor later": digests.as_my_supervisor(
            words, SEES, seen=seen, why_none="suppressed", next_update_on=ON
        ),
        **{
            f"as supervisor {reason}": digests.as_my_supervisor(words, SMALL, why_none=reason)
            for reason in reasons
        },
    }


CHOICE = Choice(period=3, needed=4, until=AT, weekly_ids=(LUIS, ANA), above_ids=(EVA,))


def _raises(words: Words) -> dict[str, Screen]:
    leads: tuple[Lead, ...] = get_args(Lead)
    reasons: tuple[WhyClosed, ...] = get_args(WhyClosed)
    facts = {"period": 3, "until": AT}
    group = SaidAbove(groups=("Norte", "Sur & <Co>"), said=said_above(words))
    return {
        "raise form": raises.raise_form(words, CHOICE),
        "raise form alone": raises.raise_form(words, replace(CHOICE, above_ids=())),
        **{f"raised {lead}": raises.mine(words, phrases=EVERY, lead=lead, **facts) for lead in leads},  # type: ignore[arg-type]
        **{f"raised nothing {lead}": raises.mine(words, phrases=(), lead=lead, **facts) for lead in leads},  # type: ignore[arg-type]
        "raise too late": raises.ended(words, withdrawn=False),
        "raise too late to withdraw": raises.ended(words, withdrawn=True),
        **{f"raise closed {why}": raises.closed(words, why, opens_on=ON, can_ask=True) for why in reasons},
        "raised above": raises.told_above(words, [group, group]),
    }


FULL_HOME = HomeFacts(
    country="US",
    team="Norte",
    can_ask=True,
    can_huddle=True,
    next_on=ON,
    next_time=time(14, 30),
    my_asks=ASKS * 2,
    promises=tuple(
        PromiseLine(team=f"Equipo {n}", leader_id=EVA, promised_on=ON, staff_told_on=ON) for n in range(12)
    ),
    asks_to_me=2,
    prompt=3,
    is_admin=True,
    is_known=True,
)
AWAY_HOME = replace(FULL_HOME, this_week=Reason.LEAVE, may_come_now=True, away_until=ON)
HELD_BACK = (Reason.DAYS_OFF, Reason.LEAVE, Reason.DO_NOT_DISTURB, Reason.VACATION)


def _homes(words: Words) -> dict[str, Screen]:
    lines = tuple(
        TeamLine(team_id=f"t{n}", name=f"T{n}", state=TeamState.STARTED, members=9) for n in range(70)
    )
    states = tuple(TeamLine(team_id=s, name=f"<{s}>", state=s, members=0) for s in TeamState)
    reasons: tuple[WhyNone, ...] = get_args(WhyNone)
    work = replace(FULL_HOME, showing="work", peers={"en": 6, "es": None})
    return {
        "home": home.home(words, FULL_HOME),
        "home bare": home.home(words, HomeFacts(country="", why_none="no_team", may_claim_admin=True)),
        **{
            f"home {reason}": home.home(
                words,
                replace(FULL_HOME, why_none=reason, paused=reason == "paused", stopped=reason == "stopped"),
            )
            for reason in reasons
        },
        "home paused until": home.home(
            words, replace(FULL_HOME, why_none="paused", paused=True, paused_until=ON)
        ),
        **{f"home skipped {why}": home.home(words, replace(FULL_HOME, this_week=why)) for why in Reason},
        **{f"home waits {why}": home.home(words, replace(FULL_HOME, waits_for=why)) for why in HELD_BACK},
        "home away": home.home(words, AWAY_HOME),
        "home work": home.home(words, replace(work, teams=states, crisis_reviewed=False)),
        "home many teams": home.home(words, replace(work, teams=lines)),
        "home without a database": home.without_database(words, country="US"),
        "where home is": home.where_home_is(words),
        "home claim": home.home(words, replace(work, is_admin=False, may_claim_admin=True)),
    }


def _teams(words: Words) -> dict[str, Screen]:
    draft = TeamDraft(
        name="Norte",
        unit_id="u1",
        channel_id="C0NORTE",
        supervisor_id=LUIS,
        deputy_id=EVA,
        leader_id=EVA,
        member_ids=(ANA,),
        everyone_in_channel=True,
        zone="America/Mexico_City",
        language="es",
        place="MX",
    )
    check = TeamCheck(
        team_id="t1",
        name="Norte & <Sur>",
        counted=5,
        siblings=("Este", "Oeste"),
        together=9,
        elsewhere=((ANA, "Sur & Co"),),
        channel_id="C0NORTE",
        bot_in_channel=False,
        ask_key_holder=True,
    )
    kinds = {"name": "Norte & <Sur>", "channel_id": "C0NORTE"}
    return {
        "team form": teams.team_form(words, units=[("u1", "Programa")], draft=draft, team_id="t1"),
        "team form new": teams.team_form(words, units=[], draft=TeamDraft()),
        "team check": teams.team_check(words, check),
        "team check enough": teams.team_check(words, TeamCheck(team_id="t1", name="Norte", counted=9)),
        "team check alone": teams.team_check(words, TeamCheck(team_id="t1", name="Norte", counted=3)),
        "team waiting": teams.team_waiting(words, name="Norte", leader_id=EVA),
        "team waiting again": teams.team_waiting(words, name="Norte", leader_id=EVA, started=True),
        "team saved": teams.team_saved(words, name="Norte"),
        "promise request": teams.promise_request(words, team_id="t1", name="Norte", admin_id=ANA),
        "promise form": teams.promise_form(words, team_id="t1", name="Norte"),
        "promise given": teams.promise_given(words, name="Norte", promised_on=ON, staff_told_on=ON),
        "promise thanks": teams.promise_thanks(words, name="Norte"),
        "team started": teams.team_started(words, team_id="t1", first_week_on=ON, small=False, **kinds),
        "team started small": teams.team_started(
            words, team_id="t1", first_week_on=None, small=True, **kinds
        ),
        "pin posted": teams.pin_posted(words, **kinds),
        "pin refused": teams.pin_refused(words, team_id="t1", **kinds),
        "admin claimed": teams.admin_claimed(words),
    }
