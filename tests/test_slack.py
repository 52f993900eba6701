"""The messenger: one request each, and every answer one of four outcomes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks.elements import Message, note, section
from bot.content import load_content
from bot.sandbox import BOT_USER_ID, Channel, MovableClock, Person, Sandbox
from bot.slack import (
    SIDE_BY_SIDE,
    Absent,
    Found,
    Messenger,
    Opened,
    Outcome,
    Quiet,
    Refused,
    Sent,
    TryLater,
    Unknown,
    posted_at,
    roster_entry,
    web_client,
)

NOW = datetime(2026, 12, 2, 16, tzinfo=UTC)
ANA, BEN, GONE = "U0ANA0001", "U0BEN0001", "U0GONE001"
OWN, OTHER, HIDDEN = "C0OWN0001", "C0OTHER01", "C0HIDDEN1"
CROWD = tuple(f"U0CROWD{n:03}" for n in range(430))
WORDS = load_content().words("en")
HELLO: Message = note(WORDS, section("Hello"))
ID = "f" * 32


@pytest.fixture(scope="module")
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest.fixture(scope="module")
def running(clock: MovableClock) -> Iterator[Sandbox]:
    manifest = yaml.safe_load((Path(__file__).parents[1] / "app.yaml").read_text(encoding="utf-8"))
    people = [
        Person(id=ANA, name="Ana Ruiz", tz="America/Chicago", locale="es-MX", dnd=(time(22), time(7))),
        Person(id=BEN, name="Ben Okafor", is_owner=True),
        Person(id=GONE, name="Lee Park", deleted=True),
        Person(id="U0ROBOT01", name="Robot", is_bot=True),
        Person(id="U0OUTSIDE", name="Somebody Else", is_stranger=True),
        *(Person(id=user_id, name=user_id) for user_id in CROWD),
    ]
    channels = [
        Channel(id=OWN, name="own", members=(*CROWD, BOT_USER_ID)),
        Channel(id=OTHER, name="other", members=(ANA,)),
        Channel(id=HIDDEN, name="hidden", members=(ANA,), is_private=True),
    ]
    with Sandbox(manifest=manifest, clock=clock.now, people=people, channels=channels) as sandbox:
        yield sandbox


@pytest.fixture
def slack(running: Sandbox, clock: MovableClock) -> Sandbox:
    """A minute later than for the test before, so that nobody's allowance is used up."""
    clock.advance(timedelta(minutes=1))
    running.faults.clear()
    return running


@pytest.fixture
def messenger(slack: Sandbox) -> Messenger:
    return Messenger(web_client(slack.bot_token, slack.api_url))


def calls(slack: Sandbox, method: str) -> int:
    return sum(call.method == method for call in slack.calls)


# ---- the four outcomes


def test_what_slack_took_is_sent_and_named(slack: Sandbox, messenger: Messenger) -> None:
    outcome = messenger.post(ANA, HELLO, ID)
    assert isinstance(outcome, Sent)
    message = slack.message(outcome.channel, outcome.ts)
    assert outcome.channel == slack.dm_id(ANA)
    assert message.text == HELLO.text
    assert message.metadata == {"event_type": "delivery", "event_payload": {"id": ID}}


def test_a_ts_says_when_to_the_second() -> None:
    assert (
        posted_at("1795014000.000017")
        == posted_at("1795014000.999999")
        == datetime(2026, 11, 18, 15, tzinfo=UTC)
    )


def test_a_group_message_is_opened_once_for_the_same_people(slack: Sandbox, messenger: Messenger) -> None:
    opened = messenger.open_group([ANA, BEN])
    assert isinstance(opened, Opened)
    assert messenger.open_group([BEN, ANA]) == opened
    assert set(slack.channel(opened.channel).members) == {ANA, BEN, BOT_USER_ID}
    assert isinstance(messenger.post(opened.channel, HELLO, ID), Sent)


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ([ANA, GONE], "user_disabled"),
        ([ANA, "U0NOBODY1"], "user_not_found"),
        ([ANA, "U0ROBOT01"], "cannot_dm_bot"),
        ([ANA, "U0OUTSIDE"], "invalid_user_combination"),
        ([ANA, *CROWD[:8]], "too_many_users"),
    ],
)
def test_people_whom_slack_brings_not_together_are_refused_by_its_code(
    slack: Sandbox, messenger: Messenger, people: list[str], code: str
) -> None:
    groups = len(slack.channels(ANA))
    assert messenger.open_group(people) == Refused(error=code)
    assert len(slack.channels(ANA)) == groups


def test_a_group_message_that_slack_does_not_open_now_is_no_exception(
    slack: Sandbox, messenger: Messenger
) -> None:
    slack.faults.storm_429("conversations.open", retry_after=7)
    assert messenger.open_group([ANA, BEN]) == TryLater(after=timedelta(seconds=7))
    slack.faults.fail_500("conversations.open")
    assert messenger.open_group([ANA, BEN]) == Unknown()
    slack.faults.lose_reply("conversations.open")
    assert messenger.open_group([ANA, BEN]) == Unknown()


@pytest.mark.parametrize("read", ["conversations_history", "conversations_info", "conversations_members"])
def test_what_two_people_say_to_each_other_cannot_be_read(
    slack: Sandbox, messenger: Messenger, read: str
) -> None:
    opened = messenger.open_group([ANA, BEN])
    assert isinstance(opened, Opened)
    slack.say_in(ANA, opened.channel, "Between us")
    with pytest.raises(SlackApiError, match="missing_scope"):
        getattr(messenger.client, read)(channel=opened.channel)


def test_an_edit_is_sent_too_and_harmless_twice(slack: Sandbox, messenger: Messenger) -> None:
    sent = messenger.post(ANA, HELLO, ID)
    assert isinstance(sent, Sent)
    for _ in range(2):
        assert messenger.edit(sent.channel, sent.ts, note(WORDS, section("Bye"))) == sent
    assert slack.message(sent.channel, sent.ts).blocks[0]["text"]["text"] == "Bye"


@pytest.mark.parametrize(
    ("to", "code"),
    [
        (GONE, "user_disabled"),
        ("U0NOBODY1", "channel_not_found"),
        (OTHER, "not_in_channel"),
        ("", "invalid_arguments"),
    ],
)
def test_a_no_that_would_stay_a_no_is_refused_by_its_code(messenger: Messenger, to: str, code: str) -> None:
    assert messenger.post(to, HELLO, ID) == Refused(error=code)


def test_an_edit_of_what_is_not_there_is_refused(slack: Sandbox, messenger: Messenger) -> None:
    assert messenger.edit(slack.dm_id(ANA), "1.000000", HELLO) == Refused(error="message_not_found")


@pytest.mark.parametrize("to", [ANA, None])
def test_a_message_is_found_by_its_delivery_id(slack: Sandbox, messenger: Messenger, to: str | None) -> None:
    """By whom it was sent to, or in the conversation itself; on whatever page of the history it stands."""
    sent = messenger.post(ANA, HELLO, "wanted")
    assert isinstance(sent, Sent)
    began = slack.message(sent.channel, sent.ts).at - timedelta(seconds=1)
    for n in range(3):
        messenger.post(ANA, HELLO, f"other{n}")
    assert messenger.find(to or slack.dm_id(ANA), "wanted", began) == sent
    assert messenger.find(ANA, "never sent", began) == Absent()
    assert messenger.find(ANA, "wanted", began + timedelta(minutes=1)) == Absent()


def test_a_long_history_is_read_to_its_end(slack: Sandbox, clock: MovableClock, messenger: Messenger) -> None:
    began = clock.now() - timedelta(seconds=1)
    sent = messenger.post(ANA, HELLO, "first of many")
    for _ in range(205):
        clock.advance(timedelta(seconds=1))
        slack.say(ANA, "hm")
    assert messenger.find(ANA, "first of many", began) == sent
    assert calls(slack, "conversations.history") >= 2


@pytest.mark.parametrize(
    ("to", "found"),
    [
        (GONE, Refused(error="user_disabled")),
        ("U0NOBODY1", Refused(error="user_not_found")),
        (HIDDEN, Refused(error="channel_not_found")),
        (OWN, Refused(error="missing_scope")),
    ],
)
def test_a_conversation_that_cannot_be_read_is_told_from_one_without_the_message(
    messenger: Messenger, clock: MovableClock, to: str, found: Found
) -> None:
    assert messenger.find(to, ID, clock.now()) == found


@pytest.mark.parametrize("method", ["conversations.open", "conversations.history"])
def test_a_history_without_an_answer_says_nothing(
    slack: Sandbox, clock: MovableClock, messenger: Messenger, method: str
) -> None:
    slack.faults.lose_reply(method)
    assert messenger.find(ANA, ID, clock.now()) == Unknown()
    slack.faults.storm_429(method, retry_after=7)
    assert messenger.find(ANA, ID, clock.now()) == TryLater(after=timedelta(seconds=7))


def test_too_fast_is_try_later_with_slacks_own_pause(slack: Sandbox, messenger: Messenger) -> None:
    slack.faults.storm_429("chat.postMessage", retry_after=77)
    assert messenger.post(ANA, HELLO, ID) == TryLater(after=timedelta(seconds=77))


@pytest.mark.parametrize("code", ["account_inactive", "token_revoked", "invalid_auth", "missing_scope"])
def test_a_token_that_is_refused_is_no_messages_fault(
    slack: Sandbox, messenger: Messenger, code: str
) -> None:
    slack.faults.refuse("chat.postMessage", code)
    assert isinstance(messenger.post(ANA, HELLO, ID), TryLater)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/api/", "http://nobody.invalid/api/"])
def test_a_request_that_reached_nobody_is_made_again_later(address: str) -> None:
    nowhere = Messenger(web_client("xoxb-nobody", address))
    assert nowhere.post(ANA, HELLO, ID) == TryLater(after=timedelta(seconds=30))


def test_a_server_error_is_unknown(slack: Sandbox, messenger: Messenger) -> None:
    slack.faults.fail_500("chat.postMessage")
    assert messenger.post(ANA, HELLO, ID) == Unknown()


def test_a_lost_reply_is_unknown_and_nothing_is_sent_again(slack: Sandbox, messenger: Messenger) -> None:
    before = len(slack.dm(BEN))
    slack.faults.lose_reply("chat.postMessage")
    assert messenger.post(BEN, HELLO, ID) == Unknown()
    assert len(slack.dm(BEN)) == before + 1


@pytest.mark.parametrize("fault", ["storm_429", "fail_500", "lose_reply"])
def test_whatever_goes_wrong_each_call_is_one_request(
    slack: Sandbox, messenger: Messenger, fault: str
) -> None:
    before = calls(slack, "chat.postMessage"), calls(slack, "chat.update")
    getattr(slack.faults, fault)("chat.postMessage", 3)
    getattr(slack.faults, fault)("chat.update", 3)
    messenger.post(ANA, HELLO, ID)
    messenger.edit(slack.dm_id(ANA), slack.dm(ANA)[-1].ts, HELLO)
    assert (calls(slack, "chat.postMessage"), calls(slack, "chat.update")) == (before[0] + 1, before[1] + 1)


@contextmanager
def saying(raw: bytes) -> Iterator[str]:
    """The address of a server that answers one request with exactly these bytes."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(5)
                said = b""
                while b"\r\n\r\n" not in said or not said.endswith(b"}"):
                    said += connection.recv(65_536)
                connection.sendall(raw)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/api/"
        thread.join(5)


def http(status: str, body: str, *headers: str, length: int | None = None) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return ("\r\n".join([*head, "Connection: close", "", ""]) + body).encode()


JSON = "Content-Type: application/json"
OUTCOMES: dict[str, tuple[bytes, Outcome]] = {
    "a page of a proxy": (http("502 Bad Gateway", "<html>Bad Gateway</html>"), Unknown()),
    "a page to log in at": (http("200 OK", "<html>Please log in</html>"), Unknown()),
    "cut short": (http("200 OK", '{"ok": true, "ts"', JSON, length=400), Unknown()),
    "no answer": (b"", Unknown()),
    "no HTTP": (b"SSH-2.0-nope\r\n\r\n", Unknown()),
    "no words": (http("200 OK", ""), Unknown()),
    "no ts": (http("200 OK", '{"ok": true}', JSON), Unknown()),
    "no code": (http("200 OK", '{"ok": false}', JSON), Unknown()),
    "broke inside": (http("200 OK", '{"ok": false, "error": "fatal_error"}', JSON), Unknown()),
    "another no": (
        http("200 OK", '{"ok": false, "error": "is_archived"}', JSON),
        Refused(error="is_archived"),
    ),
    "too fast": (
        http("429 Too Many Requests", '{"ok": false, "error": "ratelimited"}', JSON, "retry-after: 5"),
        TryLater(after=timedelta(seconds=5)),
    ),
    "too fast, until a date": (
        http("429 Too Many Requests", "slow down", "Retry-After: Wed, 02 Dec 2026 16:00:00 GMT"),
        TryLater(after=timedelta(seconds=30)),
    ),
    "too fast, no word when": (
        http("200 OK", '{"ok": false, "error": "ratelimited"}', JSON),
        TryLater(after=timedelta(seconds=30)),
    ),
}


@pytest.mark.parametrize("case", OUTCOMES)
def test_an_answer_that_is_not_slacks_is_still_an_outcome(case: str) -> None:
    raw, outcome = OUTCOMES[case]
    with saying(raw) as address:
        assert Messenger(web_client("xoxb-x", address)).post(ANA, HELLO, ID) == outcome


# ---- answers to what was typed


def test_an_answer_comes_even_while_slack_takes_no_more_messages(
    slack: Sandbox, messenger: Messenger
) -> None:
    before = len(slack.dm(ANA))
    slack.faults.storm_429("chat.postMessage")
    messenger.answer(slack.dm_id(ANA), ANA, HELLO)
    assert len(slack.dm(ANA)) == before
    assert slack.ephemerals(ANA)[-1].text == HELLO.text


def test_an_answer_that_slack_refuses_otherwise_is_raised(slack: Sandbox, messenger: Messenger) -> None:
    before = slack.ephemerals(ANA)
    with pytest.raises(SlackApiError):
        messenger.answer(OTHER, ANA, HELLO)
    assert slack.ephemerals(ANA) == before


# ---- people


def test_the_roster_is_read_page_by_page(slack: Sandbox, messenger: Messenger) -> None:
    before = calls(slack, "users.list")
    found = {entry.user_id: entry for entry in messenger.roster()}
    assert found.keys() >= {ANA, BEN, GONE, *CROWD}
    assert calls(slack, "users.list") == before + 3
    assert (found[ANA].tz, found[ANA].locale, found[ANA].active) == ("America/Chicago", "es-MX", True)
    assert not found[GONE].active
    assert [found[user].is_staff for user in (ANA, "U0ROBOT01", "U0OUTSIDE", "USLACKBOT")] == [True] + [
        False
    ] * 3
    assert [found[user].may_administer for user in (ANA, BEN)] == [False, True]


def test_a_channel_is_read_page_by_page(slack: Sandbox, messenger: Messenger) -> None:
    before = calls(slack, "conversations.members")
    assert set(messenger.channel_people(OWN)) == {*CROWD, BOT_USER_ID}
    assert calls(slack, "conversations.members") == before + 3


def test_a_channel_the_bot_may_not_see_cannot_be_read(messenger: Messenger) -> None:
    with pytest.raises(SlackApiError, match="channel_not_found"):
        messenger.channel_people(HIDDEN)


def test_where_the_bot_is_can_be_asked(messenger: Messenger) -> None:
    assert [messenger.is_in_channel(one) for one in (OWN, OTHER, HIDDEN, "C0NOWHERE")] == [True] + [False] * 3


def test_people_are_asked_for_once_each_and_side_by_side(slack: Sandbox, messenger: Messenger) -> None:
    """A form is answered in three seconds, also for a team of forty."""
    before = calls(slack, "users.info")
    found = messenger.people([ANA, *CROWD[:40], ANA, "U0NOBODY1"])
    assert list(found) == [ANA, *CROWD[:40], "U0NOBODY1"]
    assert found["U0NOBODY1"] is None
    assert all(entry and entry.user_id == user_id for user_id, entry in list(found.items())[:-1])
    assert calls(slack, "users.info") == before + 42


def test_so_many_are_asked_for_at_the_same_time() -> None:
    waiting, most = threading.Barrier(SIDE_BY_SIDE), 10.0

    class Slow(Messenger):
        def person(self, user_id: str) -> None:
            assert user_id in CROWD
            waiting.wait(most)

    assert Slow(WebClient(token="x")).people(CROWD[:SIDE_BY_SIDE]) == dict.fromkeys(CROWD[:SIDE_BY_SIDE])


def test_somebody_slack_does_not_answer_for_is_not_nobody(slack: Sandbox, messenger: Messenger) -> None:
    slack.faults.storm_429("users.info")
    with pytest.raises(SlackApiError):
        messenger.people([ANA, BEN])


@pytest.mark.parametrize("tz", [None, "", "Mars/Olympus", "../../etc/passwd", "America", 7])
def test_a_zone_that_nobody_knows_is_utc(tz: object) -> None:
    """One strange zone must not make every screen of that person fail."""
    assert roster_entry({"id": ANA, "tz": tz}).tz == "UTC"


@pytest.mark.parametrize("profile", [None, [], "x", {}, {"status_emoji": 7}, {"status_emoji": ":calendar:"}])
def test_no_other_status_is_vacation(profile: object) -> None:
    entry = roster_entry({"id": ANA, "tz": "UTC", "profile": profile})
    assert (entry.on_vacation, entry.vacation_until) == (False, None)


@pytest.mark.parametrize(
    ("ends", "until"),
    [
        (1796223600, datetime.fromtimestamp(1796223600, UTC)),
        *((odd, None) for odd in (0, None, -1, 10**18, "soon", 1.5)),
    ],
)
def test_the_status_for_vacation_is_read_with_its_end(ends: object, until: datetime | None) -> None:
    profile = {"status_emoji": ":palm_tree:", "status_text": "Gone fishing", "status_expiration": ends}
    entry = roster_entry({"id": ANA, "tz": "UTC", "profile": profile})
    assert (entry.on_vacation, entry.vacation_until) == (True, until)
    assert "fishing" not in str(entry)


def test_the_next_do_not_disturb_is_read(messenger: Messenger) -> None:
    found = messenger.quiet_spans((ANA, BEN))
    assert found[BEN] is None
    assert found[ANA] == Quiet(
        begins=datetime(2026, 12, 3, 4, tzinfo=UTC), ends=datetime(2026, 12, 3, 13, tzinfo=UTC)
    )


def test_whose_token_it_is_comes_with_its_scopes_and_slacks_time(
    clock: MovableClock, slack: Sandbox, messenger: Messenger
) -> None:
    found = messenger.identity()
    assert (found.workspace, found.bot_user_id) == (slack.team_id, BOT_USER_ID)
    assert "chat:write" in found.scopes
    assert found.answered_at == clock.now().replace(microsecond=0)


@pytest.mark.parametrize(
    "ask", [Messenger.identity, Messenger.ask_for_socket, lambda one: list(one.roster())]
)
def test_a_token_that_is_not_good_is_said(slack: Sandbox, ask: Callable[[Messenger], object]) -> None:
    with pytest.raises(SlackApiError, match="invalid_auth"):
        ask(Messenger(web_client("xoxb-of-another", slack.api_url)))
