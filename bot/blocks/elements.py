"""The building blocks of every screen: small makers of Block Kit parts, with Slack's limits kept.

Text that came from people goes through `escape`; Slack ids become mentions, so no name is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
View = dict[str, Any]
Element = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to post or to edit in: `text` is the neutral notification, blocks are what is read."""

    text: str
    blocks: Sequence[Block]
