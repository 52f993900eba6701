"""Who is in the workspace and where they talk, with the shapes Slack gives them in the Web API."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

from bot.sandbox.refusals import Refused

Json = dict[str, Any]

TEAM_ID = "T0SANDBOX"
APP_ID = "A0SANDBOX"
BOT_ID = "B0SANDBOX"
BOT_USER_ID = "U0SANDBOT"
SLACKBOT_ID = "USLACKBOT"
STATUS_MAX = 100
EMOJI = re.compile(r":[a-z0-9_'+-]+:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of the workspace. `dnd` is a daily wall-clock window in the person's own zone."""

    id: str
    name: str
    tz: str = "America/New_York"
    locale: str = "en-US"
    title: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0
    dnd: tuple[time, time] | None = None

    @property
    def handle(self) -> str:
        """The short name of payloads, `ana.ruiz`."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode()
        return ".".join(plain.lower().split()) or self.id.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A public or private channel; the bot is a member when its user id is among `members`.

    A group message is one that nobody joins or leaves; `is_mpim` is Slack's word for it.
    """

    id: str
    name: str
    members: tuple[str, ...] = ()
    is_private: bool = False
    is_archived: bool = False
    is_mpim: bool = False


def with_member(channel: Channel, user_id: str) -> Channel:
    """The channel after `user_id` joined."""
    return replace(channel, members=(*channel.members, user_id))


def without_member(channel: Channel, user_id: str) -> Channel:
    """The channel after `user_id` left."""
    return replace(channel, members=tuple(member for member in channel.members if member != user_id))


def user_object(person: Person, now: datetime, *, include_locale: bool = False) -> Json:
    """What users.info says of a person; deleted people keep only the outline, as in Slack."""
    user: Json = {
        "id": person.id,
        "team_id": TEAM_ID,
        "name": person.handle,
        "deleted": person.deleted,
        "profile": _profile(person, now),
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": int(now.timestamp()),
    }
    if not person.deleted:
        user |= {"real_name": person.name, **_zone(person, now), **_standing(person)}
    if include_locale and not person.deleted:
        user["locale"] = person.locale
    return user


def _profile(person: Person, now: datetime) -> Json:
    first, _, last = person.name.partition(" ")
    return {
        "title": person.title,
        "real_name": person.name,
        "real_name_normalized": person.name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": first,
        "last_name": last,
        **_status(person, now),
        "team": TEAM_ID,
    }


def _status(person: Person, now: datetime) -> Json:
    """A status is reset when its time has come; one with the expiration 0 stays."""
    is_over = 0 < person.status_expiration <= now.timestamp()
    text, emoji, expiration = person.status_text, person.status_emoji, person.status_expiration
    return {
        "status_text": "" if is_over else text,
        "status_text_canonical": "",
        "status_emoji": "" if is_over else emoji,
        "status_emoji_display_info": [],
        "status_expiration": 0 if is_over else expiration,
    }


def with_status(person: Person, text: str, emoji: str, until: datetime | None) -> Person:
    """The person with another status; Refused as users.profile.set refuses it. until: None for no end."""
    if len(text) > STATUS_MAX:
        raise Refused("too_long")
    if emoji and not EMOJI.fullmatch(emoji):
        raise Refused("profile_status_set_failed_not_emoji_syntax")
    expiration = int(until.timestamp()) if until else 0
    shown = emoji or (":speech_balloon:" if text else "")
    return replace(person, status_text=text, status_emoji=shown, status_expiration=expiration)


def _zone(person: Person, now: datetime) -> Json:
    local = now.astimezone(ZoneInfo(person.tz))
    offset = local.utcoffset() or timedelta()
    label = get_timezone_name(local, locale="en_US")
    return {"tz": person.tz, "tz_label": label, "tz_offset": int(offset.total_seconds())}


def _standing(person: Person) -> Json:
    return {
        "is_admin": person.is_admin or person.is_owner,
        "is_owner": person.is_owner,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_stranger": person.is_stranger,
        "who_can_share_contact_card": "EVERYONE",
    }


def channel_object(channel: Channel) -> Json:
    """What conversations.info says of a channel, as seen by the bot."""
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_member": BOT_USER_ID in channel.members,
        "creator": channel.members[0] if channel.members else SLACKBOT_ID,
        "context_team_id": TEAM_ID,
        "num_members": len(channel.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def im_object(channel_id: str, person: Person) -> Json:
    """What conversations.info says of the bot's direct message with a person."""
    return {
        "id": channel_id,
        "is_im": True,
        "is_archived": False,
        "is_org_shared": False,
        "is_user_deleted": person.deleted,
        "context_team_id": TEAM_ID,
        "user": person.id,
        "priority": 0,
    }


def next_dnd(person: Person, now: datetime) -> tuple[int, int]:
    """Start and end (epoch seconds) of the window that is running or comes next; (1, 1) for none."""
    if person.dnd is None:
        return 1, 1
    zone = ZoneInfo(person.tz)
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
        begins, ends = person.dnd
        start = datetime.combine(day, begins, zone)
        end = datetime.combine(day if ends > begins else day + timedelta(days=1), ends, zone)
        if end > now:
            return int(start.timestamp()), int(end.timestamp())
    raise AssertionError("a daily window always has a next one")
