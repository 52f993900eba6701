"""Who plays in the stories: a team of eight who count, a few in charge, and a smaller team to add."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.demo.cast import CHICAGO, DENVER, LOS_ANGELES, NEW_YORK, Cast, Crew, Player
from bot.sandbox import Person

START = datetime(2027, 1, 6, 17, tzinfo=UTC)
"""Wednesday 6 January, 09:00 in Los Angeles and lunchtime in New York; week 0 begins on Monday the 11th."""

ANA = Person(id="U00000ANA", name="Ana Ruiz", tz=CHICAGO, locale="es-MX")
BEN = Person(id="U00000BEN", name="Ben Okafor", tz=NEW_YORK)
CLEO = Person(id="U0000CLEO", name="Cleo Park", tz=DENVER)
DANI = Person(id="U0000DANI", name="Dani Gil", tz=LOS_ANGELES, locale="es-LA")
EVE = Person(id="U00000EVE", name="Eve Long", tz=NEW_YORK)
FAY = Person(id="U00000FAY", name="Fay Ito", tz=NEW_YORK)
GUS = Person(id="U00000GUS", name="Gus Hart", tz=NEW_YORK)
HAL = Person(id="U00000HAL", name="Hal Reed", tz=NEW_YORK)
EIGHT = (ANA, BEN, CLEO, DANI, EVE, FAY, GUS, HAL)
RESTING = (EVE, FAY, GUS, HAL)
"""They make up the number, and have pressed Stop unless a story wakes them."""

IDA = Person(id="U00000IDA", name="Ida Cole", tz=DENVER)
JON = Person(id="U00000JON", name="Jon Vega", tz=DENVER, locale="es-MX")
KAI = Person(id="U00000KAI", name="Kai Moss", tz=DENVER)
THREE = (IDA, JON, KAI)

IRENE = Person(id="U000IRENE", name="Irene Walsh", tz=NEW_YORK)
JORGE = Person(id="U000JORGE", name="Jorge Salas", tz=DENVER, locale="es-MX")
MARIA = Person(id="U000MARIA", name="Maria Quinn", tz=NEW_YORK)
NORA = Person(id="U0000NORA", name="Nora Diaz", tz=CHICAGO, is_admin=True)
IN_CHARGE = (IRENE, JORGE, MARIA, NORA)

LEGAL, NIGHTS, ELSEWHERE = "Legal aid", "Shelter nights", "Elsewhere"
LEGAL_CHANNEL, NIGHTS_CHANNEL = "C0000LEGAL", "C000NIGHTS"


def cast(*, eight: tuple[Person, ...] = EIGHT, three: tuple[Person, ...] = ()) -> Cast:
    """Legal aid with those eight, and Shelter nights with those three if there are any.

    Irene supervises Legal aid and Jorge stands in; in Shelter nights it is the other way round.
    """
    teams = {
        **dict.fromkeys(eight, LEGAL),
        **dict.fromkeys(three, NIGHTS),
        **dict.fromkeys(IN_CHARGE, ELSEWHERE),
    }
    nights = (_crew(NIGHTS, DENVER, JORGE, IRENE, NIGHTS_CHANNEL),) if three else ()
    return Cast(
        players=tuple(Player(person=person, team=team) for person, team in teams.items()),
        crews=(_crew(LEGAL, NEW_YORK, IRENE, JORGE, LEGAL_CHANNEL), *nights),
        admin=NORA.id,
    )


def _crew(name: str, tz: str, supervisor: Person, deputy: Person, channel: str) -> Crew:
    return Crew(
        name=name, tz=tz, supervisor=supervisor.id, deputy=deputy.id, leader=MARIA.id, channel=channel
    )
