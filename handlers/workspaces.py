"""The app taken out of the workspace, or its tokens revoked: nothing more is sent."""

from __future__ import annotations

from slack_bolt import App

from handlers.events import EventVisit, ListenEvent, aside
from storage import workspaces


def on_uninstalled(visit: EventVisit) -> None:
    """app_uninstalled and tokens_revoked arrive in either order; the first one counts."""
    with visit.begin() as tx:
        if not workspaces.is_uninstalled(tx):
            workspaces.set_uninstalled(tx, visit.now)


def register(app: App, listen: ListenEvent) -> None:
    app.event("app_uninstalled")(listen(aside(on_uninstalled)))
    app.event("tokens_revoked")(listen(aside(on_uninstalled)))
