"""Saying something with others as people do it: by the very listeners that Slack's clicks reach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.audit.agency import Agency
from bot.blocks import ids
from bot.domain.raises import PHRASES, Lane, lane
from handlers.payloads import Act
from handlers.raises import on_raise_opened, on_raised, on_withdrawn
from handlers.visit import House, MemberListener, Show, Turn, Visit, for_member
from schedules.setting import Setting
from storage import digests, raises
from storage.digests import ReleaseState


def opens(agency: Agency, user_id: str) -> dict[str, Any]:
    """The window that somebody gets."""
    return _window(_acted(agency.setting, agency, on_raise_opened, Act(workspace="", user_id=user_id)))


def says(
    agency: Agency, who: str | Iterable[str], *phrases: str, period: int | None = None, **when: Any
) -> list[str]:
    """Each ticks these lines and sends them; what each is told. period: of a window opened earlier."""
    user_ids = [who] if isinstance(who, str) else list(who)
    ticked = {
        ids.said(pillar): tuple(phrase for phrase in listed if phrase in phrases)
        for pillar, listed in PHRASES.items()
    }
    acts = [
        Act(
            workspace="",
            user_id=user_id,
            values=ticked,
            facts={"period": running(agency) if period is None else period},
        )
        for user_id in user_ids
    ]
    return [_told(_acted(agency.setting, agency, on_raised, act, **when)) for act in acts]


def takes_back(
    agency: Agency,
    user_id: str,
    phrase: str,
    *,
    period: int | None = None,
    on: Setting | None = None,
    **when: Any,
) -> str:
    """Somebody presses "Take back" beside a line; what they are told."""
    facts = {"period": running(agency) if period is None else period}
    act = Act(workspace="", user_id=user_id, value=phrase, facts=facts)
    return _told(_acted(on or agency.setting, agency, on_withdrawn, act, **when))


def running(agency: Agency) -> int:
    with agency.read() as tx:
        return digests.last_period(tx) or 0


def may_choose(agency: Agency, user_id: str) -> Lane | None:
    with agency.read() as tx:
        found = lane(raises.place(tx, tx.ref(user_id), agency.clock.now), agency.clock.now)
    return found if isinstance(found, Lane) else None


def carried(agency: Agency, period: int, *group: str) -> set[str] | None:
    """The lines that a group's update carries, by phrase; None where it has no update."""
    found = agency.groups(period).get(group)
    if found is None or found.state is not ReleaseState.RELEASED:
        return None
    with agency.read() as tx:
        return set(digests.raised(tx, found))


def _acted(
    setting: Setting, agency: Agency, listener: MemberListener, act: Act, at: datetime | None = None
) -> Any:
    house = House(
        store=setting.store,
        content=setting.content,
        messenger=setting.messenger,
        erasures=setting.erasures,
        now=lambda: agency.clock.now,
    )
    here = Act(
        workspace=agency.workspace, user_id=act.user_id, value=act.value, values=act.values, facts=act.facts
    )
    (reply,) = for_member(listener)(Visit(house=house, act=here, now=at or agency.clock.now))
    return reply


def _window(reply: Any) -> dict[str, Any]:
    if not isinstance(reply, Show | Turn):
        raise TypeError("no window was opened")
    return reply.view


def _told(reply: Any) -> str:
    """The first sentence of the window somebody gets."""
    first: str = _window(reply)["blocks"][0]["text"]["text"]
    return first
