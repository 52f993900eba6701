"""What came of something a person did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.people import Json
from bot.sandbox.views import View

Kind = Literal[
    "acked",  # the app took it
    "kept",  # nothing was sent: the choice stays in the open form
    "closed",  # a submit closed the view
    "cleared",  # a submit closed all views
    "updated",  # a submit replaced the view
    "pushed",  # a submit laid another view on top
    "errors",  # the app showed errors under inputs
    "invalid",  # Slack itself did not send it: see `errors`
    "refused",  # the app's acknowledgement is one Slack would not accept: see `error`
    "no ack",  # nothing came back in 3 s: the person sees Slack's warning
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a person sees after an act. `errors` is keyed by block_id; `warning` is Slack's own line."""

    kind: Kind
    view: View | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Json, ...] = ()
    option_groups: tuple[Json, ...] = ()
    payload: Json | None = None
    error: str = ""
    details: tuple[str, ...] = ()
    warning: str = ""

    @property
    def acked(self) -> bool:
        """Whether the app acknowledged, whatever it said."""
        return self.kind not in ("no ack", "invalid", "kept")
