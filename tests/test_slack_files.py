"""A picture is handed over once and shared with nobody; when that fails there is no picture, and no harm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from slack_sdk.errors import SlackClientError

from bot.blocks.elements import Block, Message
from bot.blocks.picture import strip
from bot.domain.digests import Band
from bot.sandbox import BOT_USER_ID, Channel, MovableClock, Person, Sandbox
from bot.slack import Absent, Deleted, Messenger, Refused, Sent, TryLater, Unknown, web_client

NOW = datetime(2026, 12, 28, 16, tzinfo=UTC)
ANA, TEAM = "U0ANA0001", "C0TEAM001"
ALT = "From Nov 30: lower."
STEPS = ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"]
PNG = strip([Band.LOWER], rows=("lower", "middle", "higher"), periods=["Nov 30"])


@pytest.fixture(scope="module")
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest.fixture(scope="module")
def running(clock: MovableClock) -> Iterator[Sandbox]:
    manifest = yaml.safe_load((Path(__file__).parents[1] / "app.yaml").read_text(encoding="utf-8"))
    people = [Person(id=ANA, name="Ana Ruiz")]
    channels = [Channel(id=TEAM, name="team", members=(ANA, BOT_USER_ID))]
    with Sandbox(manifest=manifest, clock=clock.now, people=people, channels=channels) as sandbox:
        yield sandbox


@pytest.fixture
def slack(running: Sandbox, clock: MovableClock) -> Sandbox:
    clock.advance(timedelta(minutes=1))
    running.faults.clear()
    return running


@pytest.fixture
def messenger(slack: Sandbox) -> Messenger:
    return Messenger(web_client(slack.bot_token, slack.api_url))


def steps(slack: Sandbox, since: int) -> list[str]:
    """What was asked for since then."""
    return [call.method for call in slack.calls[since:]]


def update(file_id: str) -> Message:
    """Words with a picture, as an update has them."""
    picture: Block = {"type": "image", "slack_file": {"id": file_id}, "alt_text": ALT}
    words: Block = {"type": "section", "text": {"type": "mrkdwn", "text": "In the lower range."}}
    return Message(text="An update", blocks=[words, picture])


def test_a_picture_is_handed_over_in_three_requests_and_shared_with_nobody(
    slack: Sandbox, messenger: Messenger
) -> None:
    before = len(slack.calls)
    file_id = messenger.upload(PNG, "weeks.png", ALT)
    assert file_id is not None
    assert steps(slack, before) == STEPS
    file = slack.file(file_id)
    assert (file.content, file.name, file.alt_text, file.kind) == (PNG, "weeks.png", ALT, "png")
    assert "channel_id" not in slack.calls[-1].args
    assert slack.channel_messages(TEAM) == []
    assert slack.dm(ANA) == []


WORDS = b"yours"


def shared(messenger: Messenger, slack: Sandbox) -> str:
    """A file that stands in Ana's DM."""
    upload = messenger.announce("yours.txt", len(WORDS))
    messenger.share({upload: WORDS}, slack.dm_id(ANA))
    return upload.file_id


def test_files_for_one_person_are_announced_filled_and_shared_in_one_message(
    slack: Sandbox, messenger: Messenger
) -> None:
    uploads = {messenger.announce(name, len(WORDS)): WORDS for name in ("yours.txt", "yours.json")}
    before = len(slack.calls)
    messenger.share(uploads, slack.dm_id(ANA))
    assert steps(slack, before) == ["upload", "upload", "files.completeUploadExternal"]
    message = slack.dm(ANA)[-1]
    assert message.files == tuple(upload.file_id for upload in uploads)
    assert [(slack.file(one).name, slack.file(one).content) for one in message.files] == [
        ("yours.txt", WORDS),
        ("yours.json", WORDS),
    ]


def test_an_address_shows_in_no_repr(messenger: Messenger) -> None:
    """Whoever has it can put bytes there."""
    upload = messenger.announce("yours.txt", 5)
    assert upload.address not in repr(upload)


@pytest.mark.parametrize("step", STEPS[1:])
def test_files_that_slack_does_not_take_are_an_error(slack: Sandbox, messenger: Messenger, step: str) -> None:
    slack.faults.refuse(step, "file_uploads_disabled")
    with pytest.raises((SlackClientError, OSError)):
        shared(messenger, slack)


def test_a_deleted_file_is_gone_however_often_it_is_asked(slack: Sandbox, messenger: Messenger) -> None:
    file_id = shared(messenger, slack)
    assert [messenger.delete_file(file_id) for _ in range(2)] == [Deleted(), Deleted()]
    assert messenger.delete_file("F00000000") == Absent()


@pytest.mark.parametrize(
    ("fail", "outcome"), [("fail_500", Unknown()), ("lose_reply", Unknown()), ("storm_429", TryLater)]
)
def test_a_file_that_may_still_be_there_is_told_from_one_that_is_gone(
    slack: Sandbox, messenger: Messenger, fail: str, outcome: object
) -> None:
    file_id = shared(messenger, slack)
    getattr(slack.faults, fail)("files.delete")
    found = messenger.delete_file(file_id)
    assert found == outcome or type(found) is outcome


def test_a_workspace_in_which_nothing_is_deleted_says_so(slack: Sandbox, messenger: Messenger) -> None:
    file_id = shared(messenger, slack)
    slack.faults.refuse("files.delete", "file_deleting_disabled")
    assert messenger.delete_file(file_id) == Refused(error="file_deleting_disabled")


def test_one_picture_serves_several_messages(slack: Sandbox, messenger: Messenger) -> None:
    file_id = messenger.upload(PNG, "weeks.png", ALT)
    assert file_id is not None
    for to in (ANA, TEAM):
        sent = messenger.post(to, update(file_id), "f" * 32)
        assert isinstance(sent, Sent)
        assert slack.message(sent.channel, sent.ts).blocks[1]["slack_file"] == {"id": file_id}


def test_words_longer_than_a_file_takes_are_cut_there_only(slack: Sandbox, messenger: Messenger) -> None:
    file_id = messenger.upload(PNG, "weeks.png", "lower. " * 250)
    assert file_id is not None
    assert slack.file(file_id).alt_text == ("lower. " * 250)[:1000]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("error", ["file_type_not_allowed", "file_uploads_disabled", "missing_scope"])
def test_a_workspace_that_takes_no_pictures_gets_none(
    slack: Sandbox, messenger: Messenger, step: str, error: str
) -> None:
    slack.faults.refuse(step, error)
    before = len(slack.calls)
    assert messenger.upload(PNG, "weeks.png", ALT) is None
    assert steps(slack, before) == STEPS[: STEPS.index(step) + 1], "and nothing is tried again"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fail", ["fail_500", "storm_429", "lose_reply"])
def test_what_may_or_may_not_have_arrived_counts_as_no_picture(
    slack: Sandbox, messenger: Messenger, step: str, fail: str
) -> None:
    getattr(slack.faults, fail)(step)
    before = len(slack.calls)
    assert messenger.upload(PNG, "weeks.png", ALT) is None
    assert steps(slack, before) == STEPS[: STEPS.index(step) + 1], "and nothing is tried again"


def test_nobody_answering_is_no_picture() -> None:
    assert Messenger(web_client("xoxb-any", "http://127.0.0.1:9/api/")).upload(PNG, "a.png", ALT) is None


def test_an_empty_picture_is_none(messenger: Messenger) -> None:
    assert messenger.upload(b"", "weeks.png", ALT) is None


def test_a_picture_named_too_early_is_refused_and_nothing_is_posted(
    slack: Sandbox, messenger: Messenger, clock: MovableClock
) -> None:
    slack.faults.process_files_slowly(2)
    file_id = messenger.upload(PNG, "weeks.png", ALT)
    assert file_id is not None
    before = slack.dm(ANA)
    assert messenger.post(ANA, update(file_id), "f" * 32) == Refused(error="invalid_blocks")
    assert slack.dm(ANA) == before
    clock.advance(timedelta(seconds=2))
    assert isinstance(messenger.post(ANA, update(file_id), "f" * 32), Sent)
