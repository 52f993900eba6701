"""The one caller of Slack's Web API outside the handlers; every answer is one of four outcomes.

A request is made once: Slack has no idempotency key, and a client that repeats by itself posts twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from errno import EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH
from http.client import HTTPException
from socket import gaierror
from ssl import SSLCertVerificationError
from typing import Any, Protocol
from urllib.error import URLError
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.localtime import zone

TIMEOUT_SECONDS = 10
SIDE_BY_SIDE = 8
UNKNOWN_ERRORS = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Slack's own words for "something broke": the message may be there or not."""
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
GONE = frozenset({"account_inactive", "token_revoked"})
"""The app was taken out of the workspace, which takes its token's bot away."""
TOKEN_TROUBLE = GONE | {"not_authed", "invalid_auth", "token_expired", "missing_scope", "org_login_required"}
"""No message is at fault: all of them wait until an operator puts it right (`choir doctor` says how)."""
USUAL_PAUSE = timedelta(seconds=30)
TROUBLE_PAUSE = timedelta(minutes=5)
CODE = re.compile(r"[a-z0-9_]{1,80}")
"""Slack's error codes; for an answer that is not Slack's, the SDK puts its text there."""
METADATA_EVENT = "delivery"
FILE_ALT_MAX = 1000
"""Slack's limit for the words of a file; those of the image block that shows it may be twice as long."""

METHODS: Mapping[str, frozenset[str]] = {
    "apps.connections.open": frozenset(),
    "auth.test": frozenset(),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.postEphemeral": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    "conversations.history": frozenset({"im:history"}),
    "conversations.info": frozenset({"channels:read", "groups:read"}),
    "conversations.members": frozenset({"channels:read", "groups:read"}),
    "conversations.open": frozenset({"im:write", "mpim:write"}),
    "dnd.teamInfo": frozenset({"dnd:read"}),
    "files.completeUploadExternal": frozenset({"files:write"}),
    "files.delete": frozenset({"files:write"}),
    "files.getUploadURLExternal": frozenset({"files:write"}),
    "users.info": frozenset({"users:read"}),
    "users.list": frozenset({"users:read"}),
    "views.open": frozenset(),
    "views.publish": frozenset(),
    "views.push": frozenset(),
    "views.update": frozenset(),
}
"""Every method this product calls with the scopes it needs; app.yaml asks for no others."""


class Said(Protocol):
    """A message as blocks make it: the neutral notification, and what is read."""

    @property
    def text(self) -> str: ...
    @property
    def blocks(self) -> Sequence[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Slack said no, and would again. error is Slack's code."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TryLater:
    """Nothing happened; Slack asks to wait."""

    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may have happened or not: a time-out, a dropped connection, a server error."""


Outcome = Sent | Refused | TryLater | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """No message with that delivery id stands in the conversation; or there is no such file."""


Found = Sent | Absent | Refused | TryLater | Unknown
"""Refused: the conversation cannot be read. Unknown: Slack gave no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that Slack knows of and has no bytes of yet; they go to address."""

    file_id: str
    name: str
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The file is gone, by this request or before it."""


WHY_NOT_DELETED: Mapping[str, Deleted | Absent] = {"file_deleted": Deleted(), "file_not_found": Absent()}
"""Slack's words for a file that is not there to be deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A conversation that is there now: a channel id."""

    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """Somebody as Slack's roster shows them."""

    user_id: str
    tz: str
    locale: str | None
    active: bool
    is_staff: bool
    """A full member of the workspace or a guest: no bot, nobody of another organisation."""
    may_administer: bool
    on_vacation: bool = False
    vacation_until: datetime | None = None
    """The end of the status for vacation, if it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Somebody's next scheduled do-not-disturb span."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose token this is, and which scopes Slack gave it."""

    workspace: str
    bot_user_id: str
    scopes: frozenset[str] = field(default_factory=frozenset)
    answered_at: datetime | None = None
    """When Slack answered, by its own clock, to the second."""


def web_client(token: str, api_url: str, proxy: str | None = None) -> WebClient:
    """A client that never repeats a request on its own. api_url as in SLACK_API_URL."""
    return WebClient(token=token, base_url=api_url, timeout=TIMEOUT_SECONDS, proxy=proxy, retry_handlers=[])


class Messenger:
    """Posts, edits and reads, each with one request."""

    def __init__(self, client: WebClient) -> None:
        self.client = client

    def post(self, to: str, message: Said, delivery_id: str, thread: str | None = None) -> Outcome:
        """Post to a channel, or to a user id (which opens the DM), marked with an opaque delivery id.

        thread: the ts of the message below which it is to stand.
        """
        metadata = {"event_type": METADATA_EVENT, "event_payload": {"id": delivery_id}}
        return self._try(
            "chat.postMessage",
            channel=to,
            text=message.text,
            blocks=list(message.blocks),
            metadata=metadata,
            unfurl_links=False,
            **({"thread_ts": thread} if thread else {}),
        )

    def edit(self, channel: str, ts: str, message: Said) -> Outcome:
        """Replace what a message of ours shows. Repeating it does no harm."""
        return self._try(
            "chat.update", channel=channel, ts=ts, text=message.text, blocks=list(message.blocks)
        )

    def find(self, to: str, delivery_id: str, since: datetime) -> Found:
        """Look for a message of ours posted since then, in a channel or in the DM with a user id."""
        try:
            channel = self.conversation(to)
            oldest = f"{since.timestamp():.6f}"
            for message in self._history(channel, oldest):
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("id") == delivery_id:
                    return Sent(channel=channel, ts=message["ts"])
        except SlackApiError as error:
            # We ask for no right to read channels: waiting would not change it, as it does where we post.
            lacks_right = error.response.get("error") == "missing_scope"
            return Refused(error="missing_scope") if lacks_right else _why(error)
        except (SlackClientError, OSError, HTTPException, ValueError):
            return Unknown()
        return Absent()

    def conversation(self, to: str) -> str:
        """The DM with a user id; a channel is its own conversation. Raises SlackClientError."""
        if not to.startswith(("U", "W")):
            return to
        return str(self.client.conversations_open(users=to)["channel"]["id"])

    def open_group(self, user_ids: Sequence[str]) -> Opened | Refused | TryLater | Unknown:
        """Open the group message of two to eight people and the bot; asked again, the same one.

        Refused: invalid_user_combination (somebody of another organization who shares no channel with the
        others), user_disabled, user_not_found, cannot_dm_bot, too_many_users.
        """
        try:
            answer = self.client.conversations_open(users=list(user_ids))
            return Opened(channel=str(answer["channel"]["id"]))
        except SlackApiError as error:
            return _why(error)
        except (SlackClientError, OSError, HTTPException, ValueError):
            return Unknown()

    def _history(self, channel: str, oldest: str) -> Iterator[Mapping[str, Any]]:
        cursor = ""
        while True:
            page = self.client.conversations_history(
                channel=channel, oldest=oldest, include_all_metadata=True, limit=200, cursor=cursor
            )
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def upload(self, png: bytes, name: str, alt: str) -> str | None:
        """Hand a picture to the workspace, shared with nobody, for a `slack_file` block; its file id.

        Three requests, each made once. None when it is refused or its outcome is unknown: words go alone.
        Slack works on a file for a moment after that: a message that names it at once may be refused with
        invalid_blocks, so upload well before. highlight_type lets clients show it sooner.
        """
        try:
            answer = self.client.files_upload_v2(
                filename=name, title=name, content=png, alt_txt=alt[:FILE_ALT_MAX], highlight_type="png"
            )
        except (SlackClientError, HTTPException, OSError, ValueError):
            return None
        return (answer.get("file") or {}).get("id") or None

    def say(self, to: str, message: Said) -> Sent:
        """Post what somebody has just asked for to the DM with their user id; raises SlackClientError."""
        answer = self.client.chat_postMessage(
            channel=to, text=message.text, blocks=list(message.blocks), unfurl_links=False
        )
        return Sent(channel=answer["channel"], ts=answer["ts"])

    def announce(self, name: str, size: int) -> Upload:
        """Get an id and an address for a file of so many bytes; raises SlackClientError."""
        answer = self.client.files_getUploadURLExternal(filename=name, length=size)
        return Upload(file_id=answer["file_id"], name=name, address=answer["upload_url"])

    def share(self, uploads: Mapping[Upload, bytes], channel: str) -> None:
        """Hand over the bytes of announced files and share them in one message; each request is made once.

        Raises SlackClientError, OSError, HTTPException; some or all may have arrived nevertheless.
        """
        for upload, content in uploads.items():
            request = Request(upload.address, data=content)  # noqa: S310  # the address is Slack's
            self._opener.open(request, timeout=TIMEOUT_SECONDS).close()
        files: list[dict[str, str | None]] = [
            {"id": upload.file_id, "title": upload.name} for upload in uploads
        ]
        self.client.files_completeUploadExternal(files=files, channel_id=channel)

    @property
    def _opener(self) -> OpenerDirector:
        """Through the operator's proxy, or else as the environment says, like every other request."""
        proxy = self.client.proxy
        return build_opener(ProxyHandler({"http": proxy, "https": proxy} if proxy else None))

    def delete_file(self, file_id: str) -> Deleted | Absent | Refused | TryLater | Unknown:
        """Delete a file of ours, wherever it was shared. Absent: it never got there."""
        try:
            self.client.files_delete(file=file_id)
        except SlackApiError as error:
            return WHY_NOT_DELETED.get(str(error.response.get("error"))) or _why(error)
        except (SlackClientError, OSError, HTTPException, ValueError):
            return Unknown()
        return Deleted()

    def identity(self) -> Identity:
        """Raises SlackClientError (SlackApiError with Slack's code) when the token is not good."""
        answer = self.client.auth_test()
        headers = {name.lower(): str(value) for name, value in answer.headers.items()}
        return Identity(
            workspace=answer["team_id"],
            bot_user_id=answer["user_id"],
            scopes=frozenset(filter(None, headers.get("x-oauth-scopes", "").replace(" ", "").split(","))),
            answered_at=_dated(headers.get("date")),
        )

    def ask_for_socket(self) -> None:
        """Ask for a socket's address with the app token, without connecting; raises SlackClientError."""
        self.client.apps_connections_open(app_token=str(self.client.token))

    def roster(self) -> Iterator[RosterEntry]:
        """Everybody in the workspace; raises SlackClientError."""
        cursor: str | None = ""
        while cursor is not None:
            page, cursor = self.roster_page(cursor)
            yield from page

    def roster_page(self, cursor: str) -> tuple[tuple[RosterEntry, ...], str | None]:
        """Some of them, and where the next ones begin; None after the last. Raises SlackClientError."""
        page = self.client.users_list(include_locale=True, limit=200, cursor=cursor)
        entries = tuple(roster_entry(user) for user in page["members"])
        return entries, (page.get("response_metadata") or {}).get("next_cursor") or None

    def person(self, user_id: str) -> RosterEntry | None:
        """One entry of the roster; None for an id Slack does not know; raises other SlackClientErrors."""
        try:
            return roster_entry(self.client.users_info(user=user_id, include_locale=True)["user"])
        except SlackApiError as error:
            if error.response.get("error") in ("user_not_found", "user_not_visible"):
                return None
            raise

    def people(self, user_ids: Iterable[str]) -> dict[str, RosterEntry | None]:
        """Several entries of the roster, asked for side by side so that a form is answered in time."""
        wanted = tuple(dict.fromkeys(user_ids))
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            return dict(zip(wanted, pool.map(self.person, wanted), strict=True))

    def channel_people(self, channel: str) -> tuple[str, ...]:
        """User ids in a channel; SlackApiError (not_in_channel, channel_not_found) when it cannot be read."""
        found: list[str] = []
        cursor = ""
        while True:
            page = self.client.conversations_members(channel=channel, limit=200, cursor=cursor)
            found.extend(page["members"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return tuple(found)

    def answer(self, channel: str, user_id: str, message: Said) -> None:
        """Reply to what somebody just typed; raises SlackClientError.

        While Slack takes no more messages, as one that only they see: that has an allowance of its own,
        and whoever types may need help now.
        """
        blocks = list(message.blocks)
        try:
            self.client.chat_postMessage(channel=channel, text=message.text, blocks=blocks)
        except SlackApiError as error:
            if not isinstance(_why(error), TryLater):
                raise
            self.client.chat_postEphemeral(channel=channel, user=user_id, text=message.text, blocks=blocks)

    def publish_home(self, user_id: str, view: dict[str, Any]) -> None:
        """Draw somebody's Home; raises SlackClientError."""
        self.client.views_publish(user_id=user_id, view=view)

    def is_in_channel(self, channel: str) -> bool:
        """Whether the bot can post there; a private channel it is not in looks as if it did not exist."""
        try:
            return bool(self.client.conversations_info(channel=channel)["channel"].get("is_member"))
        except SlackApiError:
            return False

    def quiet_spans(self, user_ids: tuple[str, ...]) -> dict[str, Quiet | None]:
        """The next do-not-disturb span of at most 50 people (T2); None for none; raises SlackClientError."""
        answer = self.client.dnd_teamInfo(users=",".join(user_ids))
        return {user_id: _quiet(facts) for user_id, facts in answer["users"].items()}

    def _try(self, method: str, **arguments: Any) -> Outcome:
        try:
            answer = self.client.api_call(method, json=arguments)
            channel, ts = answer["channel"], answer["ts"]
        except SlackApiError as error:
            return _why(error)
        except (SlackClientError, OSError, HTTPException, ValueError) as error:
            # OSError: time-outs and dropped connections; the others: an answer cut short or of no kind
            return TryLater(after=USUAL_PAUSE) if _reached_nobody(error) else Unknown()
        return Sent(channel=channel, ts=ts) if channel and ts else Unknown()


def is_gone(error: Exception) -> bool:
    """Whether Slack says that the app is no longer in the workspace."""
    return isinstance(error, SlackApiError) and error.response.get("error") in GONE


def is_passing(error: Exception) -> bool:
    """Whether Slack is only away, busy or broken; False where somebody has to put something right."""
    if not isinstance(error, SlackApiError):
        return True
    return not isinstance(_why(error), Refused) and str(error.response.get("error")) not in TOKEN_TROUBLE


def pause_after(error: SlackApiError) -> timedelta:
    """How long Slack asks to wait before the next request; none where it does not say."""
    outcome = _why(error)
    return outcome.after if is_passing(error) and isinstance(outcome, TryLater) else timedelta()


def _reached_nobody(error: Exception) -> bool:
    """Whether the request cannot have been made: no address, no way there, nobody who listens."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError | gaierror | SSLCertVerificationError):
        return True
    return isinstance(reason, OSError) and reason.errno in (ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH)


def _why(error: SlackApiError) -> Refused | TryLater | Unknown:
    response = error.response
    code = str(response.get("error"))
    if response.status_code == 429 or code in RATE_LIMITED:
        return TryLater(after=_pause(str(response.headers.get("Retry-After", ""))))
    if code in TOKEN_TROUBLE:
        return TryLater(after=TROUBLE_PAUSE)
    if response.status_code >= 500 or code in UNKNOWN_ERRORS or not CODE.fullmatch(code):
        return Unknown()
    return Refused(error=code)


def posted_at(ts: str) -> datetime:
    """When a message was posted, to the second; the rest of its ts tells messages of one second apart."""
    return datetime.fromtimestamp(int(ts.partition(".")[0]), UTC)


def _pause(header: str) -> timedelta:
    """Slack says seconds; a proxy in between may say a date, or nothing."""
    return timedelta(seconds=int(header)) if re.fullmatch(r"[0-9]{1,5}", header) else USUAL_PAUSE


def _dated(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None


def roster_entry(user: Mapping[str, Any]) -> RosterEntry:
    """A user as users.info, users.list and the team_join and user_change events show it."""
    other = user.get("is_bot") or user.get("is_stranger") or user["id"] == "USLACKBOT"
    locale = user.get("locale")
    return RosterEntry(
        user_id=user["id"],
        tz=_known_zone(user.get("tz")),
        locale=locale if isinstance(locale, str) else None,
        active=not user.get("deleted", False),
        is_staff=not other,
        may_administer=bool(user.get("is_admin") or user.get("is_owner")),
        **_vacation(user.get("profile")),
    )


VACATION_EMOJI = ":palm_tree:"
"""The emoji of "Vacationing", one of the statuses Slack offers. Its text may be anything and is not read."""
FAR_AHEAD = 10**10
"""Epoch seconds after which an end is none: the year 2286."""


def _vacation(profile: object) -> dict[str, Any]:
    """Slack has no absence, only a status with an end in epoch seconds, or 0 for none."""
    if not isinstance(profile, Mapping) or profile.get("status_emoji") != VACATION_EMOJI:
        return {}
    ends = profile.get("status_expiration")
    if not isinstance(ends, int) or not 0 < ends < FAR_AHEAD:
        return {"on_vacation": True}
    return {"on_vacation": True, "vacation_until": datetime.fromtimestamp(ends, UTC)}


def _known_zone(name: object) -> str:
    """The zone as Slack names it; UTC for none and for one that this machine does not know."""
    try:
        return str(zone(name)) if isinstance(name, str) else "UTC"
    except (KeyError, ValueError, OSError):
        return "UTC"


def _quiet(facts: Mapping[str, Any]) -> Quiet | None:
    if not facts.get("dnd_enabled") or not facts.get("next_dnd_end_ts"):
        return None
    begins, ends = (datetime.fromtimestamp(facts[f"next_dnd_{edge}_ts"], UTC) for edge in ("start", "end"))
    return Quiet(begins=begins, ends=ends)
