"""The Web API methods, one small function each, and the table that names their scopes and rates.

A function gets the desk (what there is to work with) and the arguments as parsed; it answers what joins
`{"ok": true}` or raises Refused with Slack's error code. A method not in the table is unknown_method.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from bot.sandbox.files import File, Files, file_object
from bot.sandbox.messages import Message, message_object
from bot.sandbox.modals import Modals
from bot.sandbox.people import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    SLACKBOT_ID,
    TEAM_ID,
    Channel,
    Json,
    Person,
    channel_object,
    im_object,
    next_dnd,
    user_object,
)
from bot.sandbox.posting import Posting
from bot.sandbox.rates import ALL_CHANNELS, ONE_CHANNEL, TIER_2, TIER_3, TIER_4, Allowance, Rates
from bot.sandbox.refusals import Refused, bad_arguments
from bot.sandbox.views import view_object
from bot.sandbox.workspace import Workspace

METADATA_BYTES = 16_000
GROUP_PEOPLE = 8
"""How many people conversations.open takes."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What methods work with. `socket_url` makes a new single-use url for Socket Mode."""

    workspace: Workspace
    posting: Posting
    files: Files
    modals: Modals
    rates: Rates
    site: Callable[[], str]
    socket_url: Callable[[], str]

    def need(self, scope: str) -> None:
        """Refuse what the manifest gives no scope for."""
        scopes = self.workspace.declared.scopes
        if scope not in scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(sorted(scopes)))


@dataclass(frozen=True, slots=True)
class Method:
    """A row of the table. `scope` is always needed, others depend on what is asked about.

    `holder` is whose token it takes.
    """

    run: Callable[[Desk, Json], Json]
    rate: Allowance | None = None
    scope: str = ""
    holder: Literal["bot", "app", "anybody"] = "bot"


# ---- the workspace and the app


def api_test(_desk: Desk, args: Json) -> Json:
    """Answer with what was asked; `error` makes it fail."""
    if args.get("error"):
        raise Refused(str(args["error"]), args=args)
    return {"args": args}


def auth_test(desk: Desk, _args: Json) -> Json:
    """Who the token belongs to."""
    return {
        "url": desk.site(),
        "team": "Sandbox",
        "user": desk.workspace.person(BOT_USER_ID).handle,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def apps_connections_open(desk: Desk, _args: Json) -> Json:
    """An address for one Socket Mode connection."""
    return {"url": desk.socket_url()}


def bots_info(desk: Desk, args: Json) -> Json:
    """The app's own bot."""
    if args.get("bot", BOT_ID) != BOT_ID:
        raise Refused("bot_not_found")
    name = desk.workspace.declared.bot_name
    bot = {"id": BOT_ID, "deleted": False, "name": name, "app_id": APP_ID, "user_id": BOT_USER_ID}
    return {"bot": bot}


def team_info(_desk: Desk, _args: Json) -> Json:
    """The workspace."""
    return {"team": {"id": TEAM_ID, "name": "Sandbox", "domain": "sandbox", "email_domain": "", "icon": {}}}


def blocks_validate(desk: Desk, args: Json) -> Json:
    """Check blocks as a message's."""
    desk.posting.check(args.get("blocks") or [])
    return {}


# ---- messages


def chat_post_message(desk: Desk, args: Json) -> Json:
    """Post in a channel or a direct message."""
    channel_id = _writable(desk, _required(args, "channel"))
    text, blocks = desk.posting.content(args)
    metadata = _metadata(args)
    desk.rates.take(
        ("chat.postMessage", ALL_CHANNELS),
        (f"chat.postMessage {channel_id}", ONE_CHANNEL),
    )
    message = desk.posting.put(
        channel_id,
        text=text,
        blocks=blocks,
        metadata=metadata,
        client_msg_id=args.get("client_msg_id"),
        thread_ts=_thread(desk, channel_id, args),
    )
    return {
        "channel": channel_id,
        "ts": message.ts,
        "message": message_object(message, include_metadata=True),
    }


def chat_update(desk: Desk, args: Json) -> Json:
    """Edit one of the app's messages; text without blocks takes the blocks away, as in Slack."""
    channel_id, ts = _required(args, "channel"), _required(args, "ts")
    before = _own(desk, _writable(desk, channel_id, by_user=False), ts, "cant_update_message")
    text, blocks = desk.posting.content(args)
    metadata = _metadata(args) or before.metadata
    after = desk.posting.change(before, text=text, blocks=blocks, metadata=metadata)
    return {"channel": channel_id, "ts": ts, "text": text, "message": message_object(after)}


def chat_delete(desk: Desk, args: Json) -> Json:
    """Delete one of the app's messages."""
    channel_id, ts = _required(args, "channel"), _required(args, "ts")
    desk.posting.remove(_own(desk, _writable(desk, channel_id, by_user=False), ts, "cant_delete_message"))
    return {"channel": channel_id, "ts": ts}


def chat_post_ephemeral(desk: Desk, args: Json) -> Json:
    """Show something to one person in a conversation."""
    channel_id = _writable(desk, _required(args, "channel"), by_user=False)
    user_id = _required(args, "user")
    partner = desk.workspace.dm_user(channel_id)
    members = (partner,) if partner else desk.workspace.channel(channel_id).members
    if user_id not in members:
        raise Refused("user_not_in_channel")
    text, blocks = desk.posting.content(args)
    message = desk.workspace.post_ephemeral(channel_id, to=user_id, text=text, blocks=blocks)
    return {"message_ts": message.ts}


def _own(desk: Desk, channel_id: str, ts: str, otherwise: str) -> Message:
    message = desk.workspace.message(channel_id, ts)
    if not message.from_bot:
        raise Refused(otherwise)
    return message


def _thread(desk: Desk, channel_id: str, args: Json) -> str | None:
    ts = args.get("thread_ts")
    if ts and all(message.ts != ts for message in desk.workspace.messages(channel_id)):
        raise Refused("thread_not_found")
    return ts


def _metadata(args: Json) -> Json | None:
    metadata = args.get("metadata")
    if not metadata:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise Refused("invalid_metadata_format")
    if set(metadata) != {"event_type", "event_payload"} or not isinstance(metadata["event_payload"], dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_BYTES:
        raise Refused("metadata_too_large")
    return metadata


def _writable(desk: Desk, channel_id: str, *, by_user: bool = True) -> str:
    """The conversation the bot may write to; a user id means their direct message (only when posting)."""
    workspace = desk.workspace
    partner = workspace.dm_user(channel_id)
    if partner is None and by_user and workspace.knows(channel_id):
        partner = channel_id
    if partner is None:
        return _writable_channel(desk, channel_id)
    person = workspace.person(partner)
    if person.is_bot or person.id == SLACKBOT_ID:
        raise Refused("cannot_dm_bot")
    if person.deleted:
        # Slack lets such a message through in places; a bot must not count on it, so it is refused here.
        raise Refused("user_disabled")
    if not workspace.declared.messages_tab:
        raise Refused("messages_tab_disabled")
    return workspace.dm_id(partner)


def _writable_channel(desk: Desk, channel_id: str) -> str:
    channel = _seen(desk, channel_id)
    if channel.is_archived:
        raise Refused("is_archived")
    if BOT_USER_ID not in channel.members and "chat:write.public" not in desk.workspace.declared.scopes:
        raise Refused("not_in_channel")
    return channel_id


def _seen(desk: Desk, channel_id: str) -> Channel:
    """A channel as the bot may know of it: a private one only as a member."""
    channel = desk.workspace.channel(channel_id)
    if channel.is_private and BOT_USER_ID not in channel.members:
        raise Refused("channel_not_found")
    return channel


# ---- conversations


def conversations_open(desk: Desk, args: Json) -> Json:
    """Open the direct message with one person, or the group message with several."""
    users = _listed(_required(args, "users"))
    if len(users) > 1:
        return _open_group(desk, users, args)
    desk.need("im:write")
    person = _reachable(desk, users[0])
    known = person.id in desk.workspace.dms()
    channel_id = desk.workspace.dm_id(person.id)
    channel = im_object(channel_id, person) if _flag(args, "return_im") else {"id": channel_id}
    return {"no_op": True, "already_open": True, "channel": channel} if known else {"channel": channel}


def _open_group(desk: Desk, users: Sequence[str], args: Json) -> Json:
    """Slack makes a group message of these people and the app's bot, or finds the one there is."""
    desk.need("mpim:write")
    if len(users) > GROUP_PEOPLE:
        raise Refused("too_many_users")
    people = [_reachable(desk, user) for user in users]
    together = any({*users} <= {*channel.members} for channel in desk.workspace.channels())
    if any(person.is_stranger for person in people) and not together:
        raise Refused("invalid_user_combination")
    channel_id = desk.workspace.group_id(users)
    shape = channel_object(desk.workspace.channel(channel_id))
    return {"channel": shape if _flag(args, "return_im") else {"id": channel_id}}


def _reachable(desk: Desk, user_id: str) -> Person:
    """Somebody who can be written to."""
    person = desk.workspace.person(user_id)
    if person.is_bot or person.id == SLACKBOT_ID:
        raise Refused("cannot_dm_bot")
    if person.deleted:
        raise Refused("user_disabled")
    return person


def conversations_info(desk: Desk, args: Json) -> Json:
    """What a conversation is."""
    channel_id = _required(args, "channel")
    partner = desk.workspace.dm_user(channel_id)
    if partner:
        desk.need("im:read")
        return {"channel": im_object(channel_id, desk.workspace.person(partner))}
    channel = _seen(desk, channel_id)
    desk.need(_reading(channel))
    shape = channel_object(channel)
    if not _flag(args, "include_num_members"):
        shape.pop("num_members")
    return {"channel": shape}


def conversations_list(desk: Desk, args: Json) -> Json:
    """The conversations of some kinds, `public_channel` unless asked for others."""
    found: list[Json] = []
    for kind in _listed(args.get("types") or "public_channel"):
        found += _of_kind(desk, kind, archived=not _flag(args, "exclude_archived"))
    page, cursor = _page(found, args, "channel", default=100)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def _of_kind(desk: Desk, kind: str, *, archived: bool) -> list[Json]:
    if kind == "im":
        desk.need("im:read")
        return [im_object(dm, desk.workspace.person(user)) for user, dm in desk.workspace.dms().items()]
    if kind not in READING:
        raise Refused("invalid_types")
    desk.need(READING[kind])
    return [
        channel_object(channel)
        for channel in desk.workspace.channels()
        if _kind(channel) == kind
        and (not channel.is_private or BOT_USER_ID in channel.members)
        and (archived or not channel.is_archived)
    ]


def conversations_members(desk: Desk, args: Json) -> Json:
    """Who is in a conversation."""
    channel_id = _required(args, "channel")
    partner = desk.workspace.dm_user(channel_id)
    if partner:
        desk.need("im:read")
        members: Sequence[str] = (BOT_USER_ID, partner)
    else:
        channel = _seen(desk, channel_id)
        desk.need(_reading(channel))
        members = channel.members
    page, cursor = _page(members, args, "member", default=100)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def conversations_history(desk: Desk, args: Json) -> Json:
    """What was said, newest first."""
    channel_id = _required(args, "channel")
    if desk.workspace.dm_user(channel_id):
        desk.need("im:history")
    else:
        channel = _seen(desk, channel_id)
        desk.need(_reading(channel).replace(":read", ":history"))
        if BOT_USER_ID not in channel.members:
            raise Refused("not_in_channel")
    said = [one for one in reversed(desk.workspace.messages(channel_id)) if _between(one.ts, args)]
    page, cursor = _page(said, args, "ts", default=100, most=999)
    shown = [message_object(one, include_metadata=_flag(args, "include_all_metadata")) for one in page]
    answer: Json = {"messages": shown, "has_more": bool(cursor), "pin_count": 0}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


READING = {"public_channel": "channels:read", "private_channel": "groups:read", "mpim": "mpim:read"}
"""The scope to read of each kind of conversation; what is said there has `history` in its place."""


def _kind(channel: Channel) -> str:
    if channel.is_mpim:
        return "mpim"
    return "private_channel" if channel.is_private else "public_channel"


def _reading(channel: Channel) -> str:
    return READING[_kind(channel)]


def _between(ts: str, args: Json) -> bool:
    try:
        oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    except ValueError as error:
        raise Refused("invalid_ts_latest") from error
    moment = float(ts)
    inclusive = _flag(args, "inclusive") and moment in (oldest, latest)
    return oldest < moment < latest or inclusive


# ---- people


def users_info(desk: Desk, args: Json) -> Json:
    """One person."""
    person = desk.workspace.person(_required(args, "user"))
    return {"user": _user(desk, person, args)}


def users_list(desk: Desk, args: Json) -> Json:
    """Everybody, deactivated people and bots too."""
    people = desk.workspace.people()
    page, cursor = _page(people, args, "user", default=len(people), most=1000)
    members = [_user(desk, person, args) for person in page]
    now = int(desk.workspace.clock().timestamp())
    return {"members": members, "cache_ts": now, "response_metadata": {"next_cursor": cursor}}


def _user(desk: Desk, person: Person, args: Json) -> Json:
    return user_object(person, desk.workspace.clock(), include_locale=_flag(args, "include_locale"))


def dnd_info(desk: Desk, args: Json) -> Json:
    """The do-not-disturb window of one person; another's snooze is invisible to a bot."""
    return _dnd(desk, desk.workspace.person(_required(args, "user")))


def dnd_team_info(desk: Desk, args: Json) -> Json:
    """The windows of up to fifty people."""
    users = _listed(_required(args, "users"))
    if len(users) > 50:
        raise Refused("too_many_users")
    return {"users": {user: _dnd(desk, desk.workspace.person(user)) for user in users}}


def _dnd(desk: Desk, person: Person) -> Json:
    start, end = next_dnd(person, desk.workspace.clock())
    return {"dnd_enabled": person.dnd is not None, "next_dnd_start_ts": start, "next_dnd_end_ts": end}


# ---- views


def views_open(desk: Desk, args: Json) -> Json:
    """Open a modal."""
    return {"view": view_object(desk.modals.open(_required(args, "trigger_id"), _view(args)))}


def views_push(desk: Desk, args: Json) -> Json:
    """Lay a modal on another."""
    return {"view": view_object(desk.modals.push(_required(args, "trigger_id"), _view(args)))}


def views_update(desk: Desk, args: Json) -> Json:
    """Show something else in an open view."""
    if args.get("view_id"):
        view = desk.workspace.view(str(args["view_id"]))
    else:
        view = desk.workspace.view_by_external_id(_required(args, "external_id"))
    return {"view": view_object(desk.modals.update(view, _view(args), args.get("hash")))}


def views_publish(desk: Desk, args: Json) -> Json:
    """Set somebody's Home tab."""
    if not desk.workspace.declared.home_tab:
        raise Refused("not_enabled")
    person = desk.workspace.person(_required(args, "user_id"))
    return {"view": view_object(desk.modals.publish(person.id, _view(args), args.get("hash")))}


def _view(args: Json) -> Json:
    view = args.get("view")
    if not isinstance(view, dict):
        raise bad_arguments("[ERROR] missing required field: view [json-pointer:/view]")
    return view


# ---- files


def files_get_upload_url_external(desk: Desk, args: Json) -> Json:
    """Announce a file; its id, and where its bytes go."""
    name, length = _required(args, "filename"), str(args.get("length") or "")
    if not length.isdecimal() or int(length) == 0:
        raise Refused("missing_argument")
    alt_text = str(args.get("alt_txt") or "")
    file, code = desk.files.ask(name=name, length=int(length), alt_text=alt_text)
    return {"upload_url": f"{desk.site()}upload/v1/{code}", "file_id": file.id}


def files_complete_upload_external(desk: Desk, args: Json) -> Json:
    """End uploads. Without a channel the files stay private; with one a message there shares them.

    As in Slack, the answer comes before the message and does not say where it stands.
    """
    wanted = args.get("files")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) for one in wanted):
        raise bad_arguments("[ERROR] missing required field: files [json-pointer:/files]")
    if args.get("channels"):
        raise bad_arguments("[ERROR] several channels are not built here [json-pointer:/channels]")
    shared_in = args.get("channel_id") and _writable(desk, str(args["channel_id"]), by_user=False)
    completed = [desk.files.complete(str(one.get("id")), one.get("title")) for one in wanted]
    answer = {"files": [_file(desk, file) for file in completed]}
    if shared_in:
        ids = tuple(file.id for file in completed)
        desk.posting.put(shared_in, text=str(args.get("initial_comment") or ""), blocks=(), files=ids)
    return answer


def files_delete(desk: Desk, args: Json) -> Json:
    """Take a file of the app's own away, wherever it was shared."""
    with desk.workspace.changing():
        desk.files.delete(_required(args, "file"))
    return {}


def files_info(desk: Desk, args: Json) -> Json:
    """One file of the app's own."""
    return {"file": _file(desk, desk.files.file(_required(args, "file"))), "comments": []}


def _file(desk: Desk, file: File) -> Json:
    return file_object(file, desk.site(), processed=desk.files.processed(file))


# ---- arguments


def _required(args: Json, name: str) -> str:
    value = args.get(name)
    if not value:
        raise bad_arguments(f"[ERROR] missing required field: {name}")
    return str(value)


def _listed(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else str(value).split(",")
    return [part.strip() for part in parts if part.strip()]


def _flag(args: Json, name: str) -> bool:
    return str(args.get(name, "")).lower() in ("1", "true")


def _page(
    everything: Sequence[T], args: Json, kind: str, *, default: int, most: int = 1000
) -> tuple[list[T], str]:
    """One page and the cursor of the next, empty at the end."""
    try:
        limit = int(args.get("limit") or default)
    except ValueError as error:
        raise Refused("invalid_limit") from error
    if not 0 <= limit <= most:
        raise Refused("invalid_limit")
    start = _start(str(args.get("cursor") or ""), kind)
    end = start + limit
    cursor = base64.b64encode(f"{kind}:{end}".encode()).decode() if end < len(everything) else ""
    return list(everything[start:end]), cursor


def _start(cursor: str, kind: str) -> int:
    if not cursor:
        return 0
    try:
        name, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        start = int(number)
    except (binascii.Error, ValueError) as error:
        raise Refused("invalid_cursor") from error
    if name != kind or start < 0:
        raise Refused("invalid_cursor")
    return start


# ---- the table

METHODS: dict[str, Method] = {
    "api.test": Method(api_test, holder="anybody"),
    "auth.test": Method(auth_test),
    # Slack counts connections per minute of real time; here sockets are not on the movable clock.
    "apps.connections.open": Method(apps_connections_open, holder="app"),
    "blocks.validate": Method(blocks_validate, TIER_4),
    "bots.info": Method(bots_info, TIER_3, "users:read"),
    "chat.delete": Method(chat_delete, TIER_3, "chat:write"),
    "chat.postEphemeral": Method(chat_post_ephemeral, TIER_4, "chat:write"),
    "chat.postMessage": Method(chat_post_message, None, "chat:write"),
    "chat.update": Method(chat_update, TIER_3, "chat:write"),
    "conversations.history": Method(conversations_history, TIER_3),
    "conversations.info": Method(conversations_info, TIER_3),
    "conversations.list": Method(conversations_list, TIER_2),
    "conversations.members": Method(conversations_members, TIER_4),
    "conversations.open": Method(conversations_open, TIER_3),
    "dnd.info": Method(dnd_info, TIER_3, "dnd:read"),
    "dnd.teamInfo": Method(dnd_team_info, TIER_2, "dnd:read"),
    "files.completeUploadExternal": Method(files_complete_upload_external, TIER_4, "files:write"),
    "files.delete": Method(files_delete, TIER_3, "files:write"),
    "files.getUploadURLExternal": Method(files_get_upload_url_external, TIER_4, "files:write"),
    "files.info": Method(files_info, TIER_4, "files:read"),
    "team.info": Method(team_info, TIER_3, "team:read"),
    "users.info": Method(users_info, TIER_4, "users:read"),
    "users.list": Method(users_list, TIER_2, "users:read"),
    "views.open": Method(views_open, TIER_4),
    "views.publish": Method(views_publish, TIER_4),
    "views.push": Method(views_push, TIER_4),
    "views.update": Method(views_update, TIER_4),
}
