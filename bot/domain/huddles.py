"""Talking together: where people meet."""

from __future__ import annotations

from dataclasses import dataclass

ROOM = "{room}"
"""Where the name of a room goes in the address of video rooms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Where people meet if Slack's huddles are off or hold only two: an address, or None for Slack's own.

    An address without `{room}` is one room for everybody: two people who talk in confidence must not
    meet two others there, so they keep Slack's huddle, which holds two.
    """

    address: str | None = None

    def for_two(self, name: str) -> str | None:
        """A room of that name for two people; None: Slack's huddle."""
        return self.for_team(name) if self.address and ROOM in self.address else None

    def for_team(self, name: str) -> str | None:
        """A room of that name, or the one there is; None: Slack's huddle."""
        return self.address.replace(ROOM, name) if self.address else None
