"""Who plays in the demo and in the stories: a made-up agency of forty in five teams.

Five time zones, English and Spanish, two small teams under one unit, and a team of those in charge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from bot.domain.members import Length
from bot.sandbox import Channel, Person

START = datetime(2027, 1, 6, 17, 0, tzinfo=UTC)
"""A Wednesday: the teams start, first contact goes out, and the epoch is the Monday after."""

NEW_YORK, CHICAGO, DENVER = "America/New_York", "America/Chicago", "America/Denver"
PHOENIX, LOS_ANGELES = "America/Phoenix", "America/Los_Angeles"
QUIET = time(20), time(8)
"""Everybody's do-not-disturb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One person: who Slack says they are, and how they are with check-ins.

    level: how heavy weeks weigh on them, 1 to 5. answers: how many of their weeks they answer, 0 to 1.
    """

    person: Person
    team: str
    level: float = 2.5
    answers: float = 0.75

    @property
    def id(self) -> str:
        return self.person.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A team with who is in charge; people by Slack id."""

    name: str
    tz: str
    supervisor: str
    deputy: str
    leader: str
    channel: str
    unit: str = ""
    pooled: bool = False
    country: str = "US"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What one player sets up for themselves before the first week."""

    weekday: int | None = None
    local_time: time | None = None
    length: Length | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody. players may be on no team; rooms: channels of no team."""

    players: tuple[Player, ...]
    crews: tuple[Crew, ...]
    admin: str
    pool_owner: str = ""
    choices: dict[str, Choice] = field(default_factory=dict)
    rooms: tuple[Channel, ...] = ()

    def members(self, crew: str) -> tuple[str, ...]:
        return tuple(player.id for player in self.players if player.team == crew)

    def player(self, user_id: str) -> Player:
        return next(player for player in self.players if player.id == user_id)

    def people(self) -> list[Person]:
        return [player.person for player in self.players]

    def channels(self, bot_user_id: str) -> list[Channel]:
        """One channel for each team, with its people, its supervisor and the bot in it; and the rooms."""
        teams = [
            Channel(
                id=crew.channel,
                name=crew.name.lower().replace(" ", "-"),
                members=tuple(dict.fromkeys((*self.members(crew.name), crew.supervisor, bot_user_id))),
                is_private=True,
            )
            for crew in self.crews
        ]
        return [*teams, *self.rooms]


LEGAL, CASES, NIGHTS, DAYS, COORDINATION = (
    "Legal aid",
    "Case management",
    "Shelter nights",
    "Shelter days",
    "Coordination",
)
SHELTER = "Shelter"

# Name, zone, locale, level, share of weeks answered.
STAFF: dict[str, tuple[tuple[str, str, str, float, float], ...]] = {
    LEGAL: (
        ("Ana Ruiz", NEW_YORK, "es-MX", 3.4, 0.85),
        ("Ben Okafor", NEW_YORK, "en-US", 2.2, 0.8),
        ("Carla Duarte", NEW_YORK, "es-LA", 2.9, 0.75),
        ("Dev Patel", CHICAGO, "en-US", 3.1, 0.7),
        ("Elena Soto", CHICAGO, "es-MX", 2.5, 0.8),
        ("Farid Haddad", CHICAGO, "en-GB", 3.6, 0.7),
        ("Grace Kim", LOS_ANGELES, "en-US", 2.0, 0.85),
        ("Hugo Marte", NEW_YORK, "es-LA", 2.8, 0.65),
        ("Ines Prado", PHOENIX, "es-MX", 3.0, 0.75),
        ("Jonas Weber", NEW_YORK, "en-US", 2.4, 0.8),
        ("Keisha Brown", NEW_YORK, "en-US", 3.3, 0.7),
        ("Luz Navarro", DENVER, "es-MX", 2.7, 0.75),
        ("Mina Shah", LOS_ANGELES, "en-US", 2.3, 0.8),
        ("Noah Levi", NEW_YORK, "en-US", 2.6, 0.6),
    ),
    CASES: (
        ("Olga Reyes", DENVER, "es-MX", 3.7, 0.85),
        ("Peter Novak", DENVER, "en-US", 2.6, 0.8),
        ("Quynh Tran", PHOENIX, "en-US", 2.9, 0.8),
        ("Rosa Medina", DENVER, "es-MX", 3.2, 0.85),
        ("Sam Carter", PHOENIX, "en-US", 2.1, 0.75),
        ("Teresa Gil", DENVER, "es-LA", 3.0, 0.8),
        ("Umar Aziz", CHICAGO, "en-US", 2.8, 0.75),
        ("Vera Lang", DENVER, "en-US", 2.4, 0.8),
        ("Will Adams", PHOENIX, "en-US", 3.1, 0.75),
    ),
    NIGHTS: (
        ("Ximena Cruz", DENVER, "es-MX", 3.3, 0.8),
        ("Yara Nasser", DENVER, "en-US", 2.7, 0.8),
        ("Zoe Martin", PHOENIX, "en-US", 2.9, 0.75),
        ("Abel Ortiz", DENVER, "es-MX", 3.0, 0.8),
        ("Bea Fontaine", DENVER, "en-US", 2.5, 0.75),
    ),
    DAYS: (
        ("Ciro Blanco", DENVER, "es-LA", 2.8, 0.8),
        ("Dana Stein", DENVER, "en-US", 2.2, 0.8),
        ("Ema Castillo", PHOENIX, "es-MX", 3.1, 0.8),
        ("Frank Osei", DENVER, "en-US", 2.9, 0.75),
        ("Gina Rossi", DENVER, "en-US", 2.6, 0.8),
        ("Hector Lima", PHOENIX, "es-MX", 3.4, 0.75),
    ),
    COORDINATION: (
        ("Irene Walsh", NEW_YORK, "en-US", 2.7, 0.75),
        ("Jorge Salas", DENVER, "es-MX", 3.0, 0.8),
        ("Kate Moore", DENVER, "en-US", 2.4, 0.75),
        ("Leo Vidal", PHOENIX, "es-MX", 2.8, 0.75),
        ("Maria Quinn", NEW_YORK, "en-US", 3.1, 0.8),
        ("Nora Diaz", CHICAGO, "en-US", 2.3, 0.75),
    ),
}
SUPERVISOR_OF = {
    LEGAL: "Irene Walsh",
    CASES: "Jorge Salas",
    NIGHTS: "Kate Moore",
    DAYS: "Leo Vidal",
    COORDINATION: "Maria Quinn",
}
DEPUTY_OF = {
    LEGAL: "Jorge Salas",
    CASES: "Irene Walsh",
    NIGHTS: "Leo Vidal",
    DAYS: "Kate Moore",
    COORDINATION: "Nora Diaz",
}
LEADER, ADMIN = "Maria Quinn", "Nora Diaz"


def agency() -> Cast:
    """The forty, with the four supervisors, the leader and the admin in a team of their own."""
    players = tuple(
        Player(person=_person(number, name, tz, locale), team=team, level=level, answers=answers)
        for number, (team, (name, tz, locale, level, answers)) in enumerate(_everybody())
    )
    ids = {player.person.name: player.id for player in players}
    crews = tuple(_crew(number, team, ids) for number, team in enumerate(STAFF))
    return Cast(
        players=players,
        crews=crews,
        admin=ids[ADMIN],
        pool_owner=ids[LEADER],
        choices={
            ids["Farid Haddad"]: Choice(weekday=4, local_time=time(11, 30)),
            ids["Grace Kim"]: Choice(weekday=0, local_time=time(9)),
            ids["Keisha Brown"]: Choice(length=Length.LONGER),
            ids["Noah Levi"]: Choice(length=Length.ONE),
            ids["Vera Lang"]: Choice(weekday=1, local_time=time(15, 30)),
        },
    )


def _everybody() -> list[tuple[str, tuple[str, str, str, float, float]]]:
    return [(team, row) for team, rows in STAFF.items() for row in rows]


def _person(number: int, name: str, tz: str, locale: str) -> Person:
    in_charge = name == ADMIN
    return Person(
        id=f"U0PERSON{number:02}",
        name=name,
        tz=tz,
        locale=locale,
        is_admin=in_charge,
        is_owner=in_charge,
        dnd=QUIET,
    )


def _crew(number: int, team: str, ids: dict[str, str]) -> Crew:
    shelter = team in (NIGHTS, DAYS)
    return Crew(
        name=team,
        tz=NEW_YORK if team in (LEGAL, COORDINATION) else DENVER,
        supervisor=ids[SUPERVISOR_OF[team]],
        deputy=ids[DEPUTY_OF[team]],
        leader=ids[LEADER],
        channel=f"C0TEAM{number:03}",
        unit=SHELTER if shelter else "",
        pooled=shelter,
    )
