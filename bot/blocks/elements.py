"""The parts every screen is made of: small makers of Block Kit.

What people wrote goes through `escape`; Slack ids become mentions, so no name is ever stored.
Sentences of the catalogs are mrkdwn already and hold none of & < >.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.content import Words

Block = dict[str, Any]
View = dict[str, Any]
Element = dict[str, Any]

PEOPLE_IN_A_LINE = 50
"""Mentions named in one sentence; more would be longer than a section may be (3,000 characters)."""
TEXT_MAX = 3000
MESSAGE_BLOCKS, MESSAGE_CHARACTERS = 50, 12_000
"""Slack's limits for one message; all texts of its blocks count together."""
OPTION_MAX = 75
_ID = re.compile(r"[UW][A-Z0-9]{4,}")
_DOMAIN = re.compile(r"\b[a-z0-9-]+\.(?:org|com)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to post or to edit in: `text` is the neutral notification, blocks are what is read."""

    text: str
    blocks: list[Block]


def fits(blocks: Sequence[Block]) -> bool:
    """Whether Slack takes them as one message, by their number and length."""
    long = any(len(block["text"]["text"]) > TEXT_MAX for block in blocks if block["type"] == "section")
    return not long and len(blocks) <= MESSAGE_BLOCKS and _characters(list(blocks)) <= MESSAGE_CHARACTERS


def _characters(part: Any) -> int:
    if isinstance(part, list):
        return sum(map(_characters, part))
    if not isinstance(part, dict):
        return 0
    own = part.get("text")
    return sum(map(_characters, part.values())) + (len(own) if isinstance(own, str) else 0)


def escape(text: str) -> str:
    """What people wrote, made safe for mrkdwn; Slack asks for these three only."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mention(user_id: str) -> str:
    return f"<@{user_id}>"


def mentions(user_ids: Iterable[str]) -> str:
    return ", ".join(mention(user_id) for user_id in list(user_ids)[:PEOPLE_IN_A_LINE])


def channel_link(channel_id: str) -> str:
    return f"<#{channel_id}>"


def person_or_words(text: str) -> str:
    """A Slack id as a mention, anything else as escaped text."""
    return mention(text) if _ID.fullmatch(text) else escape(text)


def with_links(text: str) -> str:
    """Domains of packaged lines as links; the rest escaped."""
    return _DOMAIN.sub(lambda found: f"<https://{found[0]}|{found[0]}>", escape(text))


def local_moment(at: datetime) -> str:
    """An instant that Slack writes in the reader's own zone and language."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def plain(text: str) -> Element:
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn(text: str) -> Element:
    return {"type": "mrkdwn", "text": text}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def section(text: str, *, accessory: Element | None = None, block_id: str | None = None) -> Block:
    return _filled(type="section", text=mrkdwn(text), accessory=accessory, block_id=block_id)


def context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}


def image(file_id: str, *, alt: str) -> Block:
    """A picture that was uploaded to Slack without sharing it anywhere else."""
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": alt}


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Element, block_id: str | None = None) -> Block:
    return _filled(type="actions", elements=list(elements), block_id=block_id)


def sections(lines: Sequence[str]) -> list[Block]:
    """Lines as a list, in as many sections as Slack's limit asks for."""
    chunks: list[str] = []
    for line in lines:
        if chunks and len(chunks[-1]) + len(line) + 1 <= TEXT_MAX:
            chunks[-1] += f"\n{line}"
        else:
            chunks.append(line)
    return [section(chunk) for chunk in chunks]


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"• {line}" for line in lines)


def button(
    text: str,
    action_id: str,
    *,
    value: str = "",
    style: Literal["primary", "danger"] | None = None,
    says: str | None = None,
    confirm: Element | None = None,
    url: str | None = None,
) -> Element:
    """says: what a screen reader says where the label alone would not be clear. url: what it opens; Slack
    tells of the press all the same, and waits for an acknowledgement.
    """
    return _filled(
        type="button",
        text=plain(text),
        action_id=action_id,
        value=value or None,
        style=style,
        accessibility_label=says,
        confirm=confirm,
        url=url,
    )


def confirmation(*, title: str, text: str, confirm: str, deny: str) -> Element:
    return {"title": plain(title), "text": plain(text), "confirm": plain(confirm), "deny": plain(deny)}


def option(text: str, value: str) -> Element:
    return {"text": plain(shortened(text, OPTION_MAX)), "value": value}


def rich_option(text: str, value: str) -> Element:
    """An option in mrkdwn, for radio buttons and checkboxes only: it can hold a mention."""
    return {"text": mrkdwn(text), "value": value}


def chosen(options: Sequence[Element], *values: str) -> list[Element]:
    """The options with those values, in the options' own order."""
    return [option for option in options if option["value"] in values]


def overflow(action_id: str, options: Sequence[Element]) -> Element:
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def radio(action_id: str, options: Sequence[Element], *, current: str | None = None) -> Element:
    return _one_of("radio_buttons", action_id, options, current)


def select(action_id: str, options: Sequence[Element], *, current: str | None = None) -> Element:
    return _one_of("static_select", action_id, options, current)


def checkboxes(action_id: str, options: Sequence[Element], *current: str) -> Element:
    return _filled(
        type="checkboxes",
        action_id=action_id,
        options=list(options),
        initial_options=chosen(options, *current) or None,
    )


def multi_select(action_id: str, options: Sequence[Element], *current: str) -> Element:
    return _filled(
        type="multi_static_select",
        action_id=action_id,
        options=list(options),
        initial_options=chosen(options, *current) or None,
    )


def external_select(action_id: str, *, current: Element | None, min_query_length: int = 2) -> Element:
    return _filled(
        type="external_select",
        action_id=action_id,
        initial_option=current,
        min_query_length=min_query_length,
    )


def person_select(action_id: str, *, current: str = "") -> Element:
    return _filled(type="users_select", action_id=action_id, initial_user=current or None)


def people_select(action_id: str, *, current: Sequence[str] = ()) -> Element:
    return _filled(type="multi_users_select", action_id=action_id, initial_users=list(current) or None)


def channel_select(action_id: str, *, current: str = "") -> Element:
    """Public and private channels; no direct messages."""
    return _filled(
        type="conversations_select",
        action_id=action_id,
        initial_conversation=current or None,
        filter={"include": ["public", "private"], "exclude_bot_users": True},
    )


def text_input(action_id: str, *, current: str = "", most: int) -> Element:
    return _filled(
        type="plain_text_input", action_id=action_id, initial_value=current or None, max_length=most
    )


def text_area(action_id: str, *, current: str = "", most: int) -> Element:
    """The same with room for several lines."""
    return {**text_input(action_id, current=current, most=most), "multiline": True}


def day_picker(action_id: str, *, current: str | None = None) -> Element:
    return {"type": "datepicker", "action_id": action_id, **({"initial_date": current} if current else {})}


def hour_picker(action_id: str, *, current: str) -> Element:
    return {"type": "timepicker", "action_id": action_id, "initial_time": current}


def field(
    label: str,
    element: Element,
    *,
    optional: bool = False,
    hint: str | None = None,
    block_id: str | None = None,
) -> Block:
    """An input; its block_id is its element's action_id unless said otherwise."""
    return _filled(
        type="input",
        block_id=block_id or element["action_id"],
        label=plain(label),
        element=element,
        optional=optional,
        hint=plain(hint) if hint else None,
    )


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str,
    close: str,
    submit: str | None = None,
    metadata: dict[str, str | int] | None = None,
) -> View:
    """A view; without submit it can only be read and closed. metadata is JSON of small opaque facts."""
    return _filled(
        type="modal",
        callback_id=callback_id,
        title=plain(title),
        submit=plain(submit) if submit else None,
        close=plain(close),
        blocks=list(blocks),
        private_metadata=json.dumps(metadata) if metadata else None,
    )


def notice_view(words: Words, title: str, blocks: Sequence[Block], *, callback_id: str) -> View:
    """A view that only tells something."""
    return modal(title, blocks, callback_id=callback_id, close=words("common.close"))


def note(words: Words, *blocks: Block) -> Message:
    """A message whose preview on a phone says nothing but "A note for you"."""
    return Message(text=words("common.note"), blocks=list(blocks))


def _one_of(kind: str, action_id: str, options: Sequence[Element], current: str | None) -> Element:
    preset = chosen(options, current) if current is not None else []
    return _filled(
        type=kind, action_id=action_id, options=list(options), initial_option=preset[0] if preset else None
    )


def _filled(**parts: Any) -> dict[str, Any]:
    """Without what is not there: Slack refuses null."""
    return {name: part for name, part in parts.items() if part is not None}
