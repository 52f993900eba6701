"""What the Web API says of people: zones, do-not-disturb, roles, absence."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox import BOT_USER_ID, Person, Sandbox
from bot.sandbox.people import next_dnd, user_object, with_status
from bot.sandbox.refusals import Refused
from tests.sandbox.littlebot import LittleBot
from tests.sandbox.world import ANA, BEN, EVA, GONE, PEOPLE, START

SUMMER, WINTER = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_the_offset_follows_daylight_saving_by_the_clock() -> None:
    summer, winter = user_object(ANA, SUMMER), user_object(ANA, WINTER)
    assert (summer["tz"], summer["tz_offset"], summer["tz_label"]) == (
        "America/Chicago",
        -5 * 3600,
        "Central Daylight Time",
    )
    assert (winter["tz_offset"], winter["tz_label"]) == (-6 * 3600, "Central Standard Time")


def test_the_locale_is_said_only_when_asked_for(client: WebClient) -> None:
    assert "locale" not in client.users_info(user=ANA.id)["user"]
    assert client.users_info(user=ANA.id, include_locale=True)["user"]["locale"] == "es-MX"


def test_roles_and_status_are_told(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.change_person(BEN.id, status_text="Vacationing", status_emoji=":palm_tree:", is_restricted=True)
    user = client.users_info(user=BEN.id)["user"]
    assert user["profile"]["status_text"] == "Vacationing"
    assert (user["is_restricted"], user["is_admin"]) == (True, False)
    assert client.users_info(user=EVA.id)["user"]["is_admin"]


def test_a_status_is_reset_when_its_time_has_come() -> None:
    until = WINTER + timedelta(hours=1)
    away = with_status(ANA, "Vacationing", ":palm_tree:", until)
    before, after = (user_object(away, at)["profile"] for at in (WINTER, until))
    assert (before["status_emoji"], before["status_expiration"]) == (":palm_tree:", int(until.timestamp()))
    assert (after["status_emoji"], after["status_text"], after["status_expiration"]) == ("", "", 0)
    stays = user_object(with_status(ANA, "", ":palm_tree:", None), SUMMER)["profile"]
    assert (stays["status_emoji"], stays["status_expiration"]) == (":palm_tree:", 0)


def test_a_status_without_an_emoji_gets_slack_s_own() -> None:
    assert with_status(ANA, "At lunch", "", None).status_emoji == ":speech_balloon:"
    assert with_status(ANA, "", "", None).status_emoji == ""


@pytest.mark.parametrize(
    ("text", "emoji", "error"),
    [
        ("x" * 101, ":palm_tree:", "too_long"),
        ("Vacationing", "palm_tree", "profile_status_set_failed_not_emoji_syntax"),
    ],
)
def test_what_slack_takes_for_no_status_is_refused(text: str, emoji: str, error: str) -> None:
    with pytest.raises(Refused) as refused:
        with_status(ANA, text, emoji, None)
    assert refused.value.code == error


def test_a_status_is_told_as_a_change_of_the_person(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.set_status(BEN.id, "Vacationing", ":palm_tree:")
    assert client.users_info(user=BEN.id)["user"]["profile"]["status_emoji"] == ":palm_tree:"
    with pytest.raises(Refused, match="account_inactive"):
        sandbox.set_status(GONE.id, "", "")


def test_everybody_is_listed_page_by_page_the_deactivated_and_bots_too(client: WebClient) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        answer = client.users_list(limit=2, cursor=cursor, include_locale=True)
        assert len(answer["members"]) <= 2
        seen += [member["id"] for member in answer["members"]]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert sorted(seen) == sorted([*(person.id for person in PEOPLE), BOT_USER_ID, "USLACKBOT"])


def test_a_deactivated_person_keeps_no_zone_and_no_locale(client: WebClient) -> None:
    user = client.users_info(user=GONE.id, include_locale=True)["user"]
    assert user["deleted"]
    assert not {"tz", "locale", "is_admin"} & set(user)


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        ("2026-12-01T12:00", "2026-12-01T22:00", "2026-12-02T08:00"),
        ("2026-12-01T23:00", "2026-12-01T22:00", "2026-12-02T08:00"),
        ("2026-12-02T07:59", "2026-12-01T22:00", "2026-12-02T08:00"),
        ("2026-12-02T08:00", "2026-12-02T22:00", "2026-12-03T08:00"),
    ],
)
def test_do_not_disturb_tells_the_window_that_runs_or_comes_next(now: str, start: str, end: str) -> None:
    person = Person(id="U1", name="A", tz="UTC", dnd=(time(22), time(8)))
    window = tuple(int(datetime.fromisoformat(f"{at}+00:00").timestamp()) for at in (start, end))
    assert next_dnd(person, datetime.fromisoformat(f"{now}+00:00")) == window


def test_do_not_disturb_is_told_per_person_and_per_list(client: WebClient) -> None:
    assert client.dnd_info(user=BEN.id)["dnd_enabled"]
    users = client.dnd_teamInfo(users=[ANA.id, BEN.id])["users"]
    assert (users[ANA.id]["dnd_enabled"], users[BEN.id]["dnd_enabled"]) == (False, True)
    with pytest.raises(SlackApiError, match="too_many_users"):
        client.dnd_teamInfo(users=[ANA.id] * 51)


def test_the_app_hears_who_comes_who_changes_and_who_goes(sandbox: Sandbox, bot: LittleBot) -> None:
    sandbox.join_team(Person(id="U00000NEW", name="New One", locale="es-US"))
    assert bot.wait_for("team_join")
    assert bot.last("team_join")["event"]["user"]["locale"] == "es-US"
    sandbox.change_person("U00000NEW", tz="America/Denver")
    assert bot.wait_for("user_change")
    assert bot.last("user_change")["event"]["user"]["tz"] == "America/Denver"
    sandbox.remove_person("U00000NEW")
    assert bot.wait_for("user_change", count=2)
    assert bot.last("user_change")["event"]["user"]["deleted"]
    assert bot.last("user_change")["event_time"] > START.timestamp()
