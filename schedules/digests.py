"""A group's update as time moves it: rosters frozen, contributors debited, one draw, words (privacy §3).

Rosters and contributors are settled before any answer is read. Answers are opened in `_release` and
nowhere else but for a person's own views; what is computed from them is forgotten when it returns.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy.exc import SQLAlchemyError

from bot.blocks import digests as screens
from bot.blocks import picture
from bot.blocks.digests import Picture
from bot.blocks.elements import Message
from bot.content import Content, Words
from bot.domain.digests import NEUTRAL, Published, publish, read, score, window
from bot.domain.groups import Roster, counted_in, partition, readers_of, regroup
from bot.domain.localtime import WEEKS_IN_PERIOD, block_of, freeze_at, period_starts_at, weeks_of
from bot.domain.members import PersonRef, TeamState
from bot.domain.notices import Kind
from bot.domain.privacy import UPDATES_PER_BLOCK, Guarantee, may_publish
from bot.domain.sampler import noise
from bot.domain.supervision import Shown, next_update_on
from schedules.raises import count_raises, plan_told_above
from schedules.setting import Drawing, Pictured, Recipe, Scene, Setting
from storage import answers, digests, guarantee_mark, privacy, raises, teams, workspaces
from storage.database import Tx
from storage.digests import Release, ReleaseState
from storage.ledger_mark import NoMark

log = logging.getLogger(__name__)

WORDING = 1
"""Raised when the words of an update change; what was published keeps its own."""


def open_periods(setting: Setting, workspace: str) -> bool:
    """Freeze the rosters of every period that has begun, as of its first instant; True when there was one.

    Before, the database is told of stricter numbers that it has forgotten.
    """
    now = setting.now()
    with setting.store.read(workspace) as tx:
        if _begun(tx, now) is None:
            return False
    try:
        guarantee_mark.agree(setting.guarantees, setting.store)
    except NoMark:
        log.error("no period is opened: the file of stricter numbers cannot be used")
        return False
    with setting.store.begin(workspace) as tx:
        period = _begun(tx, now)
        if period is None:
            return False
        guarantee = privacy.guarantee_of(tx, period)
        return digests.open_period(tx, period, _groups(tx, period, guarantee), guarantee)


def _begun(tx: Tx, now: datetime) -> int | None:
    """The oldest period that has begun and was not opened yet."""
    epoch_on, period = workspaces.get(tx).epoch_on, _next_period(tx)
    return period if epoch_on and now >= period_starts_at(epoch_on, period) else None


def _groups(tx: Tx, period: int, guarantee: Guarantee) -> dict[tuple[str, ...], frozenset[PersonRef]]:
    """The groups of a period and whose answers count in each, by rosters alone."""
    epoch_on = workspaces.get(tx).epoch_on
    if epoch_on is None:
        return {}
    rosters = teams.rosters(tx, period_starts_at(epoch_on, period))
    if period == 0 or block_of(period) != block_of(period - 1):
        groups = partition(rosters, guarantee)
    else:
        before = (found.teams for found in digests.list_period(tx, period - 1))
        groups = regroup(rosters, before, _started_in(tx, epoch_on, period - 1), guarantee)
    spent = digests.spent(tx, period)
    return {
        group: frozenset(ref for ref in counted_in(group, rosters) if spent.get(ref, 0) < UPDATES_PER_BLOCK)
        for group in groups
    }


def _started_in(tx: Tx, epoch_on: date, period: int) -> frozenset[str]:
    """Teams that started during a period: from the next one on they stand alone or wait for their block."""
    begins_at, ends_at = period_starts_at(epoch_on, period), freeze_at(epoch_on, period)
    return frozenset(
        team.team_id
        for team in teams.list_teams(tx)
        if team.state is TeamState.STARTED
        and team.started_at is not None
        and begins_at < team.started_at <= ends_at
    )


def is_ending(tx: Tx, now: datetime) -> bool:
    """A period is over and not every update of it is settled: whoever tells of it waits a moment."""
    epoch_on = workspaces.get(tx).epoch_on
    if epoch_on is None:
        return False
    return _begun(tx, now) is not None or _due(tx, epoch_on, now) is not None or digests.has_debited(tx)


def _next_period(tx: Tx) -> int:
    last = digests.last_period(tx)
    return 0 if last is None else last + 1


def _due(tx: Tx, epoch_on: date, now: datetime) -> int | None:
    """The oldest open period whose freeze has come."""
    return next((period for period in digests.list_open(tx) if freeze_at(epoch_on, period) <= now), None)


def freeze(setting: Setting, workspace: str) -> bool:
    """End the oldest open period whose freeze has come, then draw for its groups; True when there was one.

    Windows and words follow from the periods before: as long as one is in hand, nothing is debited.
    """
    holder = secrets.token_hex(16)
    try:
        debited = _end(setting, workspace, holder)
    except NoMark:
        log.error("no update is drawn: LEDGER_MARK cannot be used")
        return False
    for group, size in debited or ():
        _release_apart(setting, workspace, group, size, holder)
    return debited is not None


def _end(setting: Setting, workspace: str, holder: str) -> tuple[tuple[Release, int], ...] | None:
    """End a period and debit its groups in one transaction; each with its size, None if none was to end.

    The mark is raised last, so that little can fail between it and the commit: what fails there costs the
    period, because whoever comes next finds it below the mark. Raises NoMark; then nothing has changed.
    """
    now = setting.now()
    with setting.store.begin(workspace) as tx:
        epoch_on = workspaces.get(tx).epoch_on
        due = _due(tx, epoch_on, now) if epoch_on else None
        if epoch_on is None or due is None or digests.has_debited(tx):
            return None
        if not workspaces.has_these_keys(tx):
            log.error("no update is drawn: CHOIR_MASTER_KEY is not the database's any more")
            return None
        drawn = digests.drawn_until(tx)
        guarantee = privacy.guarantee_of(tx, due)
        if not digests.freeze_period(tx, due, guarantee):
            return None
        rosters = teams.rosters(tx, now)
        sizes = [
            (group, _debit(tx, setting.content, group, rosters, holder, guarantee))
            for group in digests.list_period(tx, due)
        ]
        plan_told_above(tx, due, now)
        raises.forget_through(tx, due)
        debited = tuple((group, size) for group, size in sizes if size)
        span = (period_starts_at(epoch_on, due), freeze_at(epoch_on, due))
        if debited and not setting.ledger_mark.raise_to(workspace, *span, drawn):
            log.error("no update is drawn again period=%s", due)
            digests.lose_period(tx, due)
            return ()
        return debited


def _debit(
    tx: Tx,
    content: Content,
    found: Release,
    rosters: Iterable[Roster],
    holder: str,
    guarantee: Guarantee,
) -> int:
    """Decide by participation alone; how many are on the roster if its contributors were debited, else 0.

    Whoever became a reader of the group's line during the period is dropped from its frozen roster. What
    was said with others is counted where there are words, and only there.
    """
    frozen = digests.roster(tx, found.period, found.group_id)
    roster = frozen - readers_of(found.teams, rosters)
    people = digests.list_weighed(tx, roster, weeks_of(found.period))
    if not may_publish(len(roster), len(people), guarantee):
        digests.suppress(tx, found.group_id, found.period)
        return 0
    history = digests.history(tx, found.group_id, found.period - 1)
    if not digests.debit(tx, found.group_id, found.period, people, window(history), holder, guarantee):
        return 0
    count_raises(tx, content, found, roster, len(frozen))
    return len(roster)


def _score(tx: Tx, ref: PersonRef, period: int, c: Fraction) -> int:
    """One person's bounded score; the neutral one when their answers are gone or unreadable by now."""
    weights = answers.weights(tx, ref, weeks_of(period))
    return score(weights, c) if weights else NEUTRAL


def _release_apart(setting: Setting, workspace: str, found: Release, size: int, holder: str) -> None:
    """One group's trouble stops no other's release; its own period will be lost, and not drawn again."""
    try:
        _release(setting, workspace, found, size, holder)
    except (SQLAlchemyError, KeyError, ValueError, TypeError) as error:
        log.error("update not settled group=%s error=%s", found.group_id, type(error).__name__)


def _release(setting: Setting, workspace: str, found: Release, size: int, holder: str) -> None:
    """One draw for one group, of `size` people. What is read here lives no longer than this call."""
    with setting.store.begin(workspace) as tx:
        people = digests.list_contributors(tx, found.group_id, found.period)
        history = digests.history(tx, found.group_id, found.period - 1)
        debit = digests.debited(tx, found.group_id, found.period)
        total = sum(_score(tx, ref, found.period, debit.c) for ref in people)
        y = publish(total, debit.m, noise(debit.eps, secrets.randbits))
        row = Published(period=found.period, m=debit.m, c=debit.c, y=y, eps=debit.eps)
        reading = read((*history, row), roster=size)
        before = digests.last_band(tx, found.group_id, found.period)
        lines = {
            code: screens.update_lines(
                setting.content.words(code),
                band=reading.band,
                trend=reading.trend,
                small_group=reading.small_group,
                before=before,
            )
            for code in setting.content.languages
        }
        digests.release(tx, found.group_id, found.period, holder, y, reading, lines, WORDING)
    log.info("update settled group=%s period=%s", found.group_id, found.period)


def lose_lapsed(setting: Setting, workspace: str) -> bool:
    """Periods whose worker died between debit and release are lost, and never drawn again."""
    with setting.store.begin(workspace) as tx:
        return digests.lose_lapsed(tx) > 0


def next_freeze_at(tx: Tx) -> datetime | None:
    """When the next period begins or ends."""
    epoch_on = workspaces.get(tx).epoch_on
    return period_starts_at(epoch_on, _next_period(tx)) if epoch_on else None


def shown(scene: Scene, found: Release) -> Shown:
    """A released update as its readers are shown it; KeyError before the epoch."""
    epoch_on = scene.epoch_on
    if epoch_on is None:
        raise KeyError("epoch")
    return digests.shown(scene.tx, found, epoch_on)


def drawing(words: Words, update: Shown) -> Drawing:
    """The strip of published words, and what it shows in words."""
    png = picture.strip(
        [band for _, band in update.strip],
        rows=screens.row_labels(words),
        periods=screens.period_labels(words, update.strip),
    )
    return Drawing(png=png, alt=screens.alt_text(words, update.strip))


def _release_of(scene: Scene) -> Release | None:
    return digests.group_of(scene.tx, str(scene.claim.facts["team"]), int(scene.claim.facts["period"]))


def _post_wanted(scene: Scene) -> bool:
    found = _release_of(scene)
    return found is not None and found.state is ReleaseState.RELEASED


def _post(scene: Scene) -> Pictured:
    """The team's post, in the team's language."""
    found, words = _release_of(scene), scene.content.words(scene.team().language)
    if found is None:
        raise KeyError("release")
    update, epoch_on = shown(scene, found), scene.epoch_on
    raised = raises.said_to_team(scene.tx, found)
    week = (found.period + 1) * WEEKS_IN_PERIOD
    goes_on = epoch_on is not None and privacy.words_possible(scene.tx, scene.team(), scene.now)
    following = next_update_on(epoch_on, week, scene.calendar()) if epoch_on and goes_on else None

    def with_pictures(pictures: Sequence[Picture | None]) -> Message:
        said = screens.update_from(words, update, raised, pictures[0])
        return screens.team_post(words, said, next_update_on=following)

    return Pictured(
        message=with_pictures([None]), drawings=(drawing(words, update),), with_pictures=with_pictures
    )


RECIPES = {Kind.TEAM_POST: Recipe(wanted=_post_wanted, render=_post)}
