"""Two requests for a colleague, played by hand at the end of the check: one finds somebody, one finds nobody.

What the people saw is told message by message, and window by window.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

from bot.demo import expecting
from bot.demo.cast import Player
from bot.demo.reading import plain
from bot.demo.stage import Stage
from bot.domain.localtime import FRIDAY, WEDNESDAY
from bot.domain.peers import RequestState
from bot.sandbox.messages import Message
from bot.sandbox.people import Json
from bot.sandbox.views import View
from storage import peers

ASKS, ASKS_IN_VAIN = "Ana Ruiz", "Ben Okafor"
OFFER = ("Carla Duarte", "Hugo Marte")
BEGINS = clock_time(15, 30)
"""UTC: the morning in New York, where all four work, whether or not its clocks are forward."""
OPENED, OFFERING, CAN, CANNOT = "peer_opened", "peer_offering_opened", "peer_can", "peer_cannot"
GROUP, CONNECTED = "peer_group_chosen", "peer_connected_opened"
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peering:
    """lines: what people saw, in order. problems: what was not as promised."""

    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def play(on: Stage) -> Peering:
    """On the next working morning in the middle of a week, and until both requests have ended."""
    on.watchers.clear()
    told = Peering()
    _go_to_a_morning(on)
    for name in OFFER:
        _offers_help(on, _player(on, name))
    _one_finds_somebody(on, told)
    _one_finds_nobody(on, told)
    on.go(2 * A_DAY)
    _ends(on, told)
    return told


def _go_to_a_morning(on: Stage) -> None:
    day = on.clock.now().date() + A_DAY
    while not WEDNESDAY <= day.weekday() < FRIDAY:
        day += A_DAY
    on.go_to(datetime.combine(day, BEGINS, UTC))


def _player(on: Stage, name: str) -> Player:
    return next(player for player in on.cast.players if player.person.name == name)


def _offers_help(on: Stage, player: Player) -> None:
    _press(on, player, _home(on, player), OPENED)
    _press(on, player, _top(on, player), OFFERING)
    on.sandbox.submit(player.id, _top(on, player).id, {})
    _close(on, player)


def _one_finds_somebody(on: Stage, told: Peering) -> None:
    """The first colleague cannot this time, the second can; both agree to a group message."""
    asks = _player(on, ASKS)
    told.lines.append(f"\n== {ASKS} finds a colleague")
    _ask(on, asks, told)
    first = _answer(on, told, CANNOT)
    second = _answer(on, told, CAN)
    if first is None or second is None or first == second:
        told.problems.append("two colleagues were not asked one after the other")
        return
    _press(on, asks, _with(on, asks, OPENED), OPENED)
    _tell(told, on, asks, _top(on, asks).blocks, "window")
    _press(on, asks, _top(on, asks), GROUP)
    on.settle()
    _tell(told, on, asks, _top(on, asks).blocks, "window")
    _close(on, asks)
    groups = [channel for channel in on.sandbox.channels(asks.id) if channel.is_mpim]
    for message in (said for group in groups for said in on.sandbox.channel_messages(group.id)):
        told.lines.extend([f"-- {ASKS} and {second.person.name}, group message", *plain(message.blocks)])
    if len(groups) != 1:
        told.problems.append("no group message was opened")
    early = [one for one in (first, second) if asks.id in _said_to(on, one)]
    told.problems.extend(f"{one.person.name} read a name in a message" for one in early)


def _one_finds_nobody(on: Stage, told: Peering) -> None:
    """Nobody answers: two at a time after 45 working minutes, other ways after two working hours."""
    asks = _player(on, ASKS_IN_VAIN)
    told.lines.append(f"\n== {ASKS_IN_VAIN} finds nobody")
    _ask(on, asks, told)
    before = len(on.sandbox.dm(asks.id))
    on.go(5 * AN_HOUR)
    notes = on.sandbox.dm(asks.id)[before:]
    for message in notes:
        _tell(told, on, asks, message.blocks, "message", message.at)
    if len(notes) != 2:
        told.problems.append(f"{ASKS_IN_VAIN} was told {len(notes)} times, promised 2")
    _press(on, asks, _with(on, asks, OPENED), OPENED)
    _tell(told, on, asks, _top(on, asks).blocks, "window")
    _close(on, asks)


def _ends(on: Stage, told: Peering) -> None:
    """The next working day only who asked is asked; later both have ended, and are forgotten."""
    asks = _player(on, ASKS)
    told.lines.append("\n== The next working day")
    _tell(told, on, asks, _with(on, asks, CONNECTED).blocks, "message", _with(on, asks, CONNECTED).at)
    _press(on, asks, _with(on, asks, CONNECTED), CONNECTED)
    _tell(told, on, asks, _top(on, asks).blocks, "window")
    on.sandbox.submit(asks.id, _top(on, asks).id, {"connected": "yes"})
    on.rest()
    _tell(told, on, asks, _top(on, asks).blocks, "window")
    _close(on, asks)
    on.go(3 * AN_HOUR)
    with on.read() as tx:
        months = list(peers.months(tx).values())
        left = [request for player in on.cast.players for request in peers.list_made(tx, on.ref(player.id))]
    ended = {state: sum(month.get(state, 0) for month in months) for state in RequestState}
    if ended[RequestState.MATCHED] != 1 or ended[RequestState.REDIRECTED] != 1:
        told.problems.append("two requests for a colleague did not end matched and redirected")
    if left:
        told.problems.append("a request that has ended is still kept")


# ---- what people do and see


def _ask(on: Stage, player: Player, told: Peering) -> None:
    _press(on, player, _home(on, player), OPENED)
    _tell(told, on, player, _top(on, player).blocks, "window")
    on.sandbox.submit(player.id, _top(on, player).id, {"where": "either"})
    on.rest()
    _tell(told, on, player, _top(on, player).blocks, "window")
    _close(on, player)
    on.settle()


def _answer(on: Stage, told: Peering, action_id: str) -> Player | None:
    """Whoever has a card to answer answers it."""
    asked = [player for player in on.cast.players if _card(on, player)]
    if len(asked) != 1:
        return None
    card = _card(on, asked[0])
    if card is None:
        return None
    _tell(told, on, asked[0], card.blocks, "message", card.at)
    on.sandbox.click(asked[0].id, container=card, action_id=action_id)
    on.settle()
    now = on.sandbox.message(on.sandbox.dm_id(asked[0].id), card.ts)
    _tell(told, on, asked[0], now.blocks, "the same message")
    return asked[0]


def _card(on: Stage, player: Player) -> Message | None:
    return next((said for said in on.sandbox.dm(player.id) if CAN in str(said.blocks)), None)


def _with(on: Stage, player: Player, action_id: str) -> Message:
    """The newest message with this button."""
    said = [one for one in on.sandbox.dm(player.id) if f"'{action_id}'" in str(one.blocks)]
    return said[-1]


def _said_to(on: Stage, player: Player) -> str:
    return str([message.blocks for message in on.sandbox.dm(player.id)])


def _home(on: Stage, player: Player) -> View:
    _close(on, player)
    on.sandbox.open_home(player.id)
    on.rest()
    home = on.sandbox.home(player.id)
    if home is None:
        raise AssertionError("no Home")
    return home


def _press(on: Stage, player: Player, place: Message | View, action_id: str) -> None:
    on.sandbox.click(player.id, container=place, action_id=action_id)
    on.rest()


def _top(on: Stage, player: Player) -> View:
    return on.sandbox.views(player.id)[-1]


def _close(on: Stage, player: Player) -> None:
    for view in on.sandbox.views(player.id)[:1]:
        on.sandbox.close_view(player.id, view.id, everything=True)


def _tell(
    told: Peering,
    on: Stage,
    player: Player,
    blocks: Iterable[Json],
    where: str,
    at: datetime | None = None,
) -> None:
    local = (at or on.clock.now()).astimezone(expecting.zone_in(player, expecting.WEEKS))
    told.lines.extend([f"-- {local:%A %H:%M} · {player.person.name} · {where}", *plain(blocks)])
