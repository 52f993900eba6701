"""Numbers that an admin made stricter, noted in a file outside the database as well (privacy §3).

File and database tell each other what they know. Whatever both say, the stricter holds, so neither an older
database nor an edited row loosens anything, and telling each other twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from bot.domain.privacy import Guarantee, strictest
from storage import outside, privacy, workspaces
from storage.database import Store
from storage.ledger_mark import NoMark
from storage.privacy import Chosen

Choices = Mapping[str, Mapping[int, Chosen]]
"""By workspace and the period from which it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeMark:
    """The file, which every process on the same database shares. It holds nothing of people."""

    file: Path

    @classmethod
    def beside(cls, ledger_mark: Path) -> GuaranteeMark:
        return cls(file=ledger_mark.with_name(f"{ledger_mark.name}.stricter"))

    def read(self) -> Choices:
        """Nothing where there is no file. Raises NoMark for one that cannot be read."""
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            return {
                workspace: {int(period): _chosen(facts) for period, facts in choices.items()}
                for workspace, choices in kept.items()
            }
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise NoMark(f"{self.file} cannot be read: {error.strerror}.") from None
        except (ValueError, AttributeError, TypeError, KeyError):
            raise NoMark(
                f"{self.file}, which remembers stricter numbers that staff were told, is damaged. Put its "
                "newest copy back; if there is none, delete it, and choose them again."
            ) from None

    def write(self, choices: Choices) -> None:
        kept = {
            workspace: {period: _as_facts(chosen) for period, chosen in sorted(mine.items())}
            for workspace, mine in sorted(choices.items())
        }
        outside.write(self.file, json.dumps(kept))


def _chosen(facts: Mapping[str, object]) -> Chosen:
    return Chosen(
        guarantee=Guarantee(
            strong=bool(facts["strong"]),
            roster_min=int(str(facts["roster_min"])),
            contributors_min=int(str(facts["contributors_min"])),
        ),
        on=date.fromisoformat(str(facts["chosen_on"])),
    )


def _as_facts(chosen: Chosen) -> Mapping[str, object]:
    return {**asdict(chosen.guarantee), "chosen_on": chosen.on.isoformat()}


def agree(mark: GuaranteeMark, store: Store) -> None:
    """Let file and database know all that either knows. Raises NoMark; then the database stays as it is."""
    if not (mark.file.exists() or any(_list(store, each) for each in workspaces.list_ids(store))):
        return
    try:
        with outside.alone(mark.file):
            noted = mark.read()
            known = {each: _list(store, each) for each in workspaces.list_ids(store)}
            agreed = {each: _both(noted.get(each, {}), known.get(each, {})) for each in {**noted, **known}}
            if agreed != noted:
                mark.write(agreed)
    except OSError as error:
        raise NoMark(f"{mark.file} cannot be written: {error.strerror}.") from None
    for each, mine in known.items():
        if agreed[each] != mine:
            _tell(store, each, agreed[each])


def _tell(store: Store, workspace: str, agreed: Mapping[int, Chosen]) -> None:
    """An admin may be choosing at this moment, so what is there is looked at once more."""
    with store.begin(workspace) as tx:
        workspaces.hold(tx)
        privacy.choose_again(tx, _both(agreed, privacy.list_chosen(tx)))


def _list(store: Store, workspace: str) -> Mapping[int, Chosen]:
    with store.read(workspace) as tx:
        return privacy.list_chosen(tx)


def _both(one: Mapping[int, Chosen], other: Mapping[int, Chosen]) -> Mapping[int, Chosen]:
    return {period: _stricter(one.get(period), other.get(period)) for period in {**one, **other}}


def _stricter(one: Chosen | None, other: Chosen | None) -> Chosen:
    first, second = one or other, other or one
    if first is None or second is None:
        raise ValueError("nothing was chosen")
    return replace(first, guarantee=strictest((first.guarantee, second.guarantee)))
