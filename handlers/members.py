"""Slack's roster as it changes: who came, who left, who moved to another zone."""

from __future__ import annotations

from slack_bolt import App

from bot.domain.members import Person, PersonRef
from bot.slack import RosterEntry, roster_entry
from handlers.events import EventVisit, ListenEvent, aside
from storage import matching, members, planning
from storage.database import Tx


def on_user_changed(visit: EventVisit) -> None:
    """Zone, language, account or status changed in Slack; only people with a part here are kept."""
    if visit.event.user is None:
        return
    entry = roster_entry(visit.event.user)
    with visit.begin() as tx:
        ref = tx.ref(entry.user_id)
        if members.get(tx, ref) is None:
            return
        note_person(tx, entry)
        if not entry.active:
            matching.let_go(tx, ref, visit.now)
        planning.look_again(tx, ref, visit.now)


def note_person(tx: Tx, entry: RosterEntry) -> PersonRef:
    """Keep what Slack's roster says of somebody who has a part here; returns their pseudonym."""
    ref = tx.ref(entry.user_id)
    person = Person(
        ref=ref,
        tz=entry.tz,
        locale=entry.locale,
        active=entry.active,
        on_vacation=entry.on_vacation,
        vacation_until=entry.vacation_until,
    )
    members.put(tx, entry.user_id, person)
    return ref


def register(app: App, listen: ListenEvent) -> None:
    app.event("user_change")(listen(aside(on_user_changed)))
    app.event("team_join")(listen(aside(on_user_changed)))
