"""Carries out what a listener replied, and speaks kindly when something went wrong.

Every listener runs inside `listen`: the payload is read, the act done and committed, then Slack gets its
acknowledgement and the person their reply. Logs name the action and the kind of error, nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from bot.blocks import replies
from bot.blocks.elements import Message
from bot.content import Words
from handlers import home
from handlers.payloads import Malformed, act_from
from handlers.visit import (
    Edit,
    FreshHome,
    House,
    Listener,
    Replies,
    Reply,
    Show,
    Sorry,
    Turn,
    Visit,
    Whisper,
    Wrong,
)

log = logging.getLogger(__name__)

NOT_OPENED = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
"""Slack opens nothing once three seconds have passed."""


def listen(house: House, listener: Listener) -> Callable[..., None]:
    """A Bolt listener for interactions, commands and shortcuts."""

    def on_act(body: Mapping[str, Any], ack: Ack, client: WebClient) -> None:
        try:
            act = act_from(body)
        except Malformed:
            log.warning("malformed payload")
            ack()
            return
        visit = Visit(house=house, act=act, now=house.now())
        _Room(visit, client, ack, is_form=body.get("type") == "view_submission").carry_out(
            _act(visit, listener)
        )

    return on_act


def _act(visit: Visit, listener: Listener) -> Replies:
    try:
        return listener(visit)
    except Malformed:
        log.warning("malformed act action=%s", visit.act.action)
        return (Sorry(trouble="malformed"),)
    except (SQLAlchemyError, SlackClientError, OSError) as error:
        log.error("away action=%s error=%s", visit.act.action, type(error).__name__)
        return (Sorry(trouble="down"),)


class _Room:
    """Where one act's replies are carried out: acknowledgement first."""

    def __init__(self, visit: Visit, client: WebClient, ack: Ack, *, is_form: bool) -> None:
        self.visit, self.client, self.ack, self.is_form = visit, client, ack, is_form

    def carry_out(self, replies_: Replies) -> None:
        rest = [reply for reply in replies_ if not self._acknowledged_with(reply)]
        if len(rest) == len(replies_):
            self.ack()
        for reply in rest:
            self._try(reply)

    def _acknowledged_with(self, reply: Reply) -> bool:
        """A submitted form is answered in the acknowledgement itself."""
        if not self.is_form:
            return False
        match reply:
            case Show(view=view) | Turn(view=view):
                self.ack(response_action="update", view=view)
            case Wrong(errors=errors):
                self.ack(response_action="errors", errors=dict(errors))
            case Sorry(trouble=trouble):
                words, country = self._speak()
                self.ack(response_action="update", view=replies.sorry_view(words, trouble, country=country))
            case _:
                return False
        return True

    def _try(self, reply: Reply) -> None:
        try:
            self._carry_out(reply)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            log.warning("reply refused reply=%s error=%s", type(reply).__name__, code)
            if code in NOT_OPENED and self.visit.act.channel:
                self._whisper(self._sorry("out_of_date"))
        except (SlackClientError, OSError) as error:
            log.warning("reply lost reply=%s error=%s", type(reply).__name__, type(error).__name__)

    def _carry_out(self, reply: Reply) -> None:
        act = self.visit.act
        match reply:
            case Show(view=view):
                self._show(view)
            case Turn(view=view) if act.in_modal:
                self.client.views_update(view_id=act.view_id, view=view)
            case Turn(view=view):
                self._show(view)
            case Edit():
                self._edit(reply)
            case Whisper(message=message):
                self._whisper(message)
            case Sorry(trouble=trouble):
                self._whisper(self._sorry(trouble))
            case FreshHome(showing_work=work):
                self._draw_home(work)
            case Wrong():
                log.warning("field errors outside a form action=%s", act.action)

    def _show(self, view: dict[str, Any]) -> None:
        act = self.visit.act
        if not act.in_modal:
            self.client.views_open(trigger_id=act.trigger_id, view=view)
            return
        try:
            self.client.views_push(trigger_id=act.trigger_id, view=view)
        except SlackApiError as error:
            if error.response.get("error") != "push_limit_reached":
                raise
            self.client.views_update(view_id=act.view_id, view=view)

    def _edit(self, reply: Edit) -> None:
        channel, ts = reply.channel or self.visit.act.channel, reply.ts or self.visit.act.ts
        if not channel or not ts:
            return
        self.client.chat_update(channel=channel, ts=ts, **_payload(reply.message))
        if reply.edited:
            reply.edited()

    def _whisper(self, message: Message) -> None:
        act = self.visit.act
        if act.channel:
            self.client.chat_postEphemeral(channel=act.channel, user=act.user_id, **_payload(message))
        elif act.trigger_id:
            self._show(replies.as_view(self._speak()[0], message))

    def _sorry(self, trouble: replies.Trouble) -> Message:
        words, country = self._speak()
        return replies.sorry(words, trouble, country=country)

    def _speak(self) -> tuple[Words, str]:
        """How to speak to the person without the database, which may be what is away."""
        house = self.visit.house
        return self.visit.from_memory() or (house.content.words(None), house.country)

    def _draw_home(self, work: bool) -> None:
        view = home.draw(self.visit, showing_work=work)
        self.client.views_publish(user_id=self.visit.act.user_id, view=view)


def _payload(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": list(message.blocks)}
