"""Messages and views as plain text, for the transcript, and as comparable text, for the check."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from bot.blocks.digests import parent_line, update_lines
from bot.content import Content
from bot.domain.digests import Band, Trend

RANDOM = re.compile(r"\b[0-9a-f]{16,64}\b")
"""Ids of deliveries and asks: random by design."""
PICTURED = re.compile(r'"alt_text": "(?:[^"\\\\]|\\\\.)*"')
COUNTED = re.compile(r'"block_id": "b\d+"')
FILE = re.compile(r'"slack_file": \{"id": "F\d+"\}')
"""Block ids that Slack numbers itself."""


def plain(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """What a person reads, a line each; buttons in brackets."""
    return [line for block in blocks for line in _lines(block) if line]


def _lines(block: Mapping[str, Any]) -> list[str]:
    match block["type"]:
        case "header" | "section":
            accessory = block.get("accessory")
            return [
                *block.get("text", {}).get("text", "").split("\n"),
                *([_element(accessory)] if accessory else []),
            ]
        case "context":
            return [element.get("text", "") for element in block["elements"]]
        case "actions":
            return ["  ".join(_element(element) for element in block["elements"])]
        case "input":
            return [f"{block['label']['text']}  {_element(block['element'])}"]
        case _:
            return []


def _element(element: Mapping[str, Any]) -> str:
    options = [option["text"]["text"] for option in element.get("options", ())]
    if element["type"] == "overflow":
        return "[…]"
    if options:
        return " / ".join(options)
    return f"[{element.get('text', {}).get('text', element['type'])}]"


def published(content: Content) -> tuple[str, ...]:
    """Every sentence that a release can publish, longest first; the only words that answers may change."""
    said: set[str] = set()
    for words in (content.words(code) for code in content.languages):
        for band, trend, before in product(Band, Trend, (*Band, None)):
            said.update(update_lines(words, band=band, trend=trend, small_group=False, before=before)[:2])
            said.add(parent_line(words, band=band, trend=trend, unit=None))
    return tuple(sorted(said, key=len, reverse=True))


def without(sentences: Iterable[str], text: str) -> str:
    """A text with published sentences and the picture's words masked."""
    for sentence in sentences:
        text = text.replace(json.dumps(sentence, ensure_ascii=False)[1:-1], "~")
    return PICTURED.sub('"alt_text": "~"', text)


def comparable(text: str, blocks: Iterable[Mapping[str, Any]]) -> str:
    """The exact bytes of a message, with random ids and Slack's own numbering masked."""
    whole = json.dumps([text, *blocks], ensure_ascii=False, sort_keys=True)
    whole = FILE.sub('"slack_file": "f"', whole)  # pictures are uploaded side by side
    return masked(COUNTED.sub('"block_id": "b"', whole))


def masked(text: str) -> str:
    return RANDOM.sub("*", text)
