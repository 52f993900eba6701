"""Carries out what a listener replied, and speaks kindly when something went wrong.

Every listener runs inside `listen`: the payload is read, the act done and committed, then Slack gets its
acknowledgement and the person their reply. Logs name the action and the kind of error, nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from bot.blocks import replies
from bot.blocks.elements import Message
from handlers import home
from handlers.payloads import Act, Malformed, act_from
from handlers.visit import (
    ANSWER_SECONDS,
    KEEPING_SECONDS,
    Afterwards,
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

Asked = Literal["form", "command", "tap"]
"""What Slack waits for: a form and a command are answered in the acknowledgement itself."""
NO_WINDOW = frozenset(
    {"push_limit_reached", "expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"}
)
"""Slack opens no further window: three are open, or three seconds have passed."""
KEPT_OPEN = frozenset({"down", "fault", "malformed", "too_long"})
"""Troubles after which a form stays as it was filled in, so that nothing chosen is lost."""


def listen(house: House, listener: Listener) -> Callable[..., None]:
    """A Bolt listener for interactions, commands and shortcuts."""

    def on_act(body: Mapping[str, Any], ack: Ack, client: WebClient) -> None:
        try:
            act = act_from(body)
        except Malformed:
            log.warning("malformed payload")
            nobody = Visit(house=house, act=Act(workspace="", user_id=""), now=house.now())
            _Room(nobody, client, ack, _asked(body)).carry_out((Sorry(trouble="malformed"),))
            return
        visit = Visit(house=house, act=act, now=house.now())
        _Room(visit, client, ack, _asked(body)).carry_out(_act(visit, listener))

    return on_act


def _asked(body: Mapping[str, Any]) -> Asked:
    if "command" in body:
        return "command"
    return "form" if body.get("type") == "view_submission" else "tap"


def _act(visit: Visit, listener: Listener) -> Replies:
    try:
        return _in_time(visit, listener)
    except Malformed:
        log.warning("malformed act action=%s", visit.act.action)
        return (Sorry(trouble="malformed"),)
    except (SQLAlchemyError, SlackClientError, OSError) as error:
        log.error("away action=%s error=%s", visit.act.action, type(error).__name__)
        return (Sorry(trouble="down"),)
    except Exception as error:  # a fault of ours: nothing was committed, and the person hears so
        log.error("fault action=%s", visit.act.action, exc_info=error)
        return (Sorry(trouble="fault"),)


def _in_time(visit: Visit, listener: Listener) -> Replies:
    """What the listener replies; TimeoutError when it takes longer than Slack waits, and is undone."""
    replied = visit.house.aside.submit(listener, visit)
    try:
        return replied.result(ANSWER_SECONDS)
    except TimeoutError:
        if visit.verdict.is_given_up():
            replied.cancel()
            raise
        return replied.result(KEEPING_SECONDS)


class _Room:
    """Where one act's replies are carried out: acknowledgement first."""

    def __init__(self, visit: Visit, client: WebClient, ack: Ack, asked: Asked) -> None:
        self.visit, self.client, self.ack, self.asked = visit, client, ack, asked

    def carry_out(self, replies_: Replies) -> None:
        rest = [reply for reply in replies_ if not self._acknowledged_with(reply)]
        if len(rest) == len(replies_):
            self.ack()
        for reply in rest:
            self._try(reply)

    def _acknowledged_with(self, reply: Reply) -> bool:
        match self.asked:
            case "form":
                return self._form_answered_with(reply)
            case "command":
                return self._command_answered_with(reply)
        return False

    def _form_answered_with(self, reply: Reply) -> bool:
        match reply:
            case Show(view=view) | Turn(view=view):
                self.ack(response_action="update", view=view)
            case Wrong(errors=errors):
                self.ack(response_action="errors", errors=dict(errors))
            case Sorry(trouble=trouble):
                self._form_refused(trouble)
            case _:
                return False
        return True

    def _form_refused(self, trouble: replies.Trouble) -> None:
        (words, country), blocks = self.visit.speak(), self.visit.act.blocks
        if trouble in KEPT_OPEN and blocks:
            line = replies.sorry_line(words, trouble, country=country)
            self.ack(response_action="errors", errors={blocks[0]: line})
        else:
            view = replies.sorry_view(words, trouble, country=country)
            self.ack(response_action="update", view=view)

    def _command_answered_with(self, reply: Reply) -> bool:
        """Commands are typed in any channel, also where the bot may not post."""
        match reply:
            case Whisper(message=message):
                self.ack(**_payload(message))
            case Sorry(trouble=trouble):
                self.ack(**_payload(self._sorry(trouble)))
            case _:
                return False
        return True

    def _try(self, reply: Reply) -> None:
        """A reply that cannot be carried out stops none of the others."""
        try:
            self._carry_out(reply)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            log.warning("reply refused reply=%s error=%s", type(reply).__name__, code)
        except Exception as error:  # what was decided is committed; only its telling failed
            log.warning("reply lost reply=%s", type(reply).__name__, exc_info=error)

    def _carry_out(self, reply: Reply) -> None:
        act = self.visit.act
        match reply:
            case Show():
                self._open(reply)
            case Turn(view=view) if act.in_modal:
                self.client.views_update(view_id=act.view_id, view=view)
            case Turn(view=view):
                self._open(Show(view=view))
            case Edit():
                self._edit(reply)
            case Whisper(message=message):
                self._whisper(message)
            case Sorry(trouble=trouble):
                self._whisper(self._sorry(trouble))
            case Afterwards(do=do):
                for later in do():
                    self._try(later)
            case FreshHome(showing_work=work):
                self._draw_home(work)
            case Wrong():
                log.warning("field errors outside a form action=%s", act.action)

    def _open(self, reply: Show) -> None:
        """A window; where Slack opens none (any more), a message that only the person sees."""
        try:
            self._show(reply.view)
        except (SlackClientError, OSError):
            if not self.visit.act.channel:
                raise
            self._whisper(reply.instead or self._sorry("slow"))

    def _show(self, view: dict[str, Any]) -> None:
        act = self.visit.act
        if not act.in_modal:
            self.client.views_open(trigger_id=act.trigger_id, view=view)
            return
        try:
            self.client.views_push(trigger_id=act.trigger_id, view=view)
        except SlackApiError as error:
            if error.response.get("error") not in NO_WINDOW:
                raise
            self.client.views_update(view_id=act.view_id, view=view)

    def _edit(self, reply: Edit) -> None:
        channel, ts = reply.channel or self.visit.act.channel, reply.ts or self.visit.act.ts
        if not channel or not ts:
            return
        self.client.chat_update(channel=channel, ts=ts, **_payload(reply.message))
        if reply.edited:
            self.visit.house.soon(reply.edited, ANSWER_SECONDS)

    def _whisper(self, message: Message) -> None:
        """Where the person is; in a window where the bot may not post there."""
        act = self.visit.act
        try:
            if act.channel:
                self.client.chat_postEphemeral(channel=act.channel, user=act.user_id, **_payload(message))
                return
        except SlackApiError:
            if not act.trigger_id:
                raise
        if act.trigger_id:
            self._show(replies.as_view(self.visit.speak()[0], message))

    def _sorry(self, trouble: replies.Trouble) -> Message:
        words, country = self.visit.speak()
        return replies.sorry(words, trouble, country=country)

    def _draw_home(self, work: bool) -> None:
        view = self.visit.house.soon(partial(home.draw, self.visit, showing_work=work), ANSWER_SECONDS)
        self.client.views_publish(user_id=self.visit.act.user_id, view=view)


def _payload(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": list(message.blocks)}
