"""View as my supervisor: exactly what a person's supervisor can see of their group now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from slack_bolt import App

from bot.blocks import digests as screens
from bot.blocks import ids
from bot.blocks.digests import Seen, WhyNone
from bot.content import Words
from bot.domain.localtime import WEEKS_IN_PERIOD, local, week_of
from bot.domain.members import Member, Team
from bot.domain.notices import Kind, dedupe_key
from bot.domain.raises import Said
from bot.domain.supervision import next_update_on
from handlers.visit import Listen, Replies, Show, Visit, for_reader
from storage import digests, outbox, privacy, raises, workspaces
from storage.database import Tx
from storage.digests import Release, ReleaseState

WHY_NONE: dict[ReleaseState, WhyNone] = {
    ReleaseState.SUPPRESSED: "suppressed",
    ReleaseState.LOST: "lost",
}


def on_seen_as_supervisor(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The latest update that was sent, or why there is none; asks in one's own name; nothing else."""
    words, sees = visit.words(member), visit.who_sees(tx, member)
    latest = _latest_sent(tx, member.team)
    held = privacy.guarantee_of(tx, latest.period) if latest else sees.guarantee
    released = _latest_released(tx, latest)
    view = screens.as_my_supervisor(
        words,
        replace(sees, guarantee=held),
        seen=_seen(tx, words, member, released) if released else None,
        why_none=_why_none(member.team, latest, possible=sees.words_possible),
        next_update_on=_next_on(visit, tx, member) if sees.words_possible else None,
    )
    return (Show(view=view),)


def _latest_sent(tx: Tx, team: Team | None) -> Release | None:
    """The newest period of the team's group whose message has reached its supervisor."""
    if team is None or team.supervisor is None:
        return None
    period = outbox.last_told(tx, team.supervisor)
    return None if period is None else digests.group_of(tx, team.team_id, period)


def _latest_released(tx: Tx, latest: Release | None) -> Release | None:
    """The newest update with words among those sent."""
    if latest is None:
        return None
    older = (digests.get(tx, latest.group_id, period) for period in range(latest.period, -1, -1))
    return next((found for found in older if found and found.state is ReleaseState.RELEASED), None)


def _why_none(team: Team | None, latest: Release | None, *, possible: bool) -> WhyNone | None:
    if team is None:
        return "no_team"
    if latest is None:
        return "not_yet" if possible else "too_small"
    return WHY_NONE.get(latest.state)


def _seen(tx: Tx, words: Words, member: Member, found: Release) -> Seen:
    epoch_on = workspaces.get(tx).epoch_on
    if epoch_on is None:
        raise KeyError("epoch")
    shown = digests.shown(tx, found, epoch_on)
    return Seen(
        update=screens.update_from(words, shown, _said(tx, member.team, found)),
        first_on=shown.first_on,
        last_on=shown.first_on + timedelta(weeks=WEEKS_IN_PERIOD, days=-3),
        strip=screens.alt_text(words, shown.strip),
    )


def _said(tx: Tx, team: Team | None, found: Release) -> Said:
    """What the supervisor was told that the group said, and what the channel reads once its post is there."""
    if team is None or team.supervisor is None:
        return Said()
    about = f"p{found.period}|{team.team_id}"
    if outbox.sent_at(tx, dedupe_key(Kind.TEAM_POST, team.channel_id, about)):
        return raises.said_to_team(tx, found)
    return raises.said_to(tx, found, team.supervisor)


def _next_on(visit: Visit, tx: Tx, member: Member) -> date | None:
    epoch_on = workspaces.get(tx).epoch_on
    if epoch_on is None:
        return None
    week = max(0, week_of(epoch_on, local(visit.now, member.person.tz).date()))
    return next_update_on(epoch_on, week, visit.calendar(member))


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_AS_SUPERVISOR)(listen(for_reader(on_seen_as_supervisor)))
