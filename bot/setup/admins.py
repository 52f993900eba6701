"""`choir admin`: lets somebody set up teams in Slack who is no owner or admin of the workspace there."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.config import Settings
from bot.domain.members import Person
from bot.setup.database import opened
from bot.slack import Messenger, RosterEntry, web_client
from storage import members, workspaces
from storage.database import Tx


class Nobody(Exception):
    """Slack knows no active person of this workspace with that id."""


def add(settings: Settings, user_id: str) -> str:
    """Returns what to tell the operator. Raises Nobody."""
    messenger = _messenger(settings)
    entry = messenger.person(user_id)
    if entry is None or not entry.is_staff or not entry.active:
        raise Nobody(user_id)
    with _inside(settings, messenger) as tx:
        members.put(tx, user_id, _person(tx, entry))
        members.add_admin(tx, tx.ref(user_id))
    return f"{user_id} may set up teams now: in Slack, on Choir's Home."


def remove(settings: Settings, user_id: str) -> str:
    """Returns what to tell the operator, the same whether or not they were one."""
    with _inside(settings, _messenger(settings)) as tx:
        members.remove_admin(tx, tx.ref(user_id))
    return f"{user_id} may not set up teams."


def listed(settings: Settings) -> str:
    """The Slack ids of those who may, one a line."""
    with _inside(settings, _messenger(settings)) as tx:
        ids = sorted(members.user_id(tx, ref) for ref in members.list_admins(tx))
    return (
        "\n".join(ids) or "Nobody yet: owners and admins of the Slack workspace can claim it on Choir's Home."
    )


def _messenger(settings: Settings) -> Messenger:
    return Messenger(web_client(settings.slack_bot_token, settings.slack_api_url, settings.https_proxy))


@contextmanager
def _inside(settings: Settings, messenger: Messenger) -> Iterator[Tx]:
    """A transaction in the workspace that the bot token belongs to, its tables made if need be."""
    workspace = messenger.identity().workspace
    with opened(settings) as store:
        workspaces.check_keys(store)
        store.migrate()
        with store.begin(workspace) as tx:
            workspaces.enter(tx, settings.crisis_country)
            yield tx


def _person(tx: Tx, entry: RosterEntry) -> Person:
    return Person(ref=tx.ref(entry.user_id), tz=entry.tz, locale=entry.locale, active=entry.active)
