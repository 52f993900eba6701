"""Who sees what, open to everybody at any time; and numbers stricter than usual, which admins may choose."""

from __future__ import annotations

from dataclasses import asdict

from slack_bolt import App

from bot.blocks import ids
from bot.blocks import privacy as screens
from bot.domain.localtime import local
from bot.domain.members import Member
from bot.domain.notices import Kind, notice
from bot.domain.privacy import CONTRIBUTORS, ROSTERS, Guarantee, is_looser
from handlers.payloads import Malformed
from handlers.teams import for_admin
from handlers.visit import Listen, Replies, Show, Turn, Visit, Wrong, for_member, for_reader
from storage import outbox, privacy, teams, workspaces
from storage.database import Tx


def on_who_sees_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The whole promise with its limits."""
    sees = visit.who_sees(tx, member)
    return (Show(view=screens.who_sees(visit.words(member), sees)),)


def on_stricter_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    return (Show(view=screens.stricter_form(visit.words(member), privacy.next_guarantee(tx))),)


def on_made_stricter(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Stricter numbers hold from the next period on, and everybody on a team is told; none get looser."""
    workspaces.hold(tx)  # another admin may be choosing at this moment
    words, present, wanted = visit.words(member), privacy.next_guarantee(tx), _wanted(visit)
    if is_looser(wanted, present):
        return (Wrong(errors=screens.not_stricter(words, "looser")),)
    if wanted == present:
        return (Wrong(errors=screens.not_stricter(words, "same")),)
    period = privacy.tighten(tx, wanted, visit.now, local(visit.now, member.person.tz).date())
    _tell(visit, tx, wanted, period)
    return (Turn(view=screens.made_stricter(words, wanted, privacy.stricter(tx))),)


def _wanted(visit: Visit) -> Guarantee:
    """What was chosen; Malformed for what the form does not offer, or without the tick that goes with it."""
    act = visit.act
    strength, sure = act.needed(ids.STRENGTH), act.several(ids.SURE)
    if strength not in (ids.USUAL, ids.STRONG) or sure != (ids.SURE,):
        raise Malformed("stricter")
    return Guarantee(
        strong=strength == ids.STRONG,
        roster_min=_offered(act.needed(ids.ROSTER_MIN), ROSTERS),
        contributors_min=_offered(act.needed(ids.CONTRIBUTORS_MIN), CONTRIBUTORS),
    )


def _offered(given: str, offered: tuple[int, ...]) -> int:
    number = next((number for number in offered if str(number) == given), None)
    if number is None:
        raise Malformed("number")
    return number


def _tell(visit: Visit, tx: Tx, guarantee: Guarantee, period: int) -> None:
    numbers = {name: int(number) for name, number in asdict(guarantee).items()}
    about = "|".join((f"p{period}", *map(str, numbers.values())))
    facts = {"period": period, **numbers}
    outbox.add_all(
        tx,
        [
            notice(Kind.STRICTER, ref, about, visit.now, facts=facts)
            for ref in teams.list_staff(tx, visit.now)
        ],
    )


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_WHO_SEES)(listen(for_reader(on_who_sees_opened)))
    app.action(ids.OPENED_STRICTER)(listen(for_reader(for_admin(on_stricter_opened))))
    app.view(ids.VIEW_STRICTER)(listen(for_member(for_admin(on_made_stricter))))
