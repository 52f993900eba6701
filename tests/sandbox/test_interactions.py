"""What people do and what the app answers, through a real Bolt app over real sockets."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.sandbox import BOT_USER_ID, Message, MovableClock, Refused, Sandbox, View
from tests.sandbox.littlebot import Answer, LittleBot
from tests.sandbox.world import (
    ANA,
    BEN,
    CLOSED,
    EVA,
    GONE,
    OPEN,
    WITHOUT_BOT,
    Json,
    actions,
    button,
    home,
    modal,
    options,
    plain,
    question,
    radio,
    section,
    written,
)

OVERFLOW = {"type": "overflow", "action_id": "menu", "options": options("1", "2")}
ZONES = {"type": "external_select", "action_id": "zone", "min_query_length": 2}
FORM = modal(
    question(radio("a"), "q", optional=True),
    question(written("t", max_length=10, min_length=2), "w", optional=True),
    private_metadata="week 3",
)


def post(client: WebClient, user_id: str, *blocks: Json) -> None:
    client.chat_postMessage(channel=user_id, text="Card", blocks=list(blocks))


def card(sandbox: Sandbox, user_id: str = ANA.id) -> Message:
    return sandbox.dm(user_id)[-1]


def top(sandbox: Sandbox, user_id: str = ANA.id) -> View:
    return sandbox.views(user_id)[-1]


def opens(view: Json) -> Answer:
    """Opens a view before acknowledging, so that it stands once the click returns."""

    def answer(ack: Ack, body: Json, client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()

    return answer


def pushes(view: Json) -> Answer:
    def answer(ack: Ack, body: Json, client: WebClient) -> None:
        client.views_push(trigger_id=body["trigger_id"], view=view)
        ack()

    return answer


def acks(**answer: Any) -> Answer:
    return lambda ack, _body, _client: ack(**answer)


def catches(attempt: Callable[[Json, WebClient], object], codes: list[str]) -> Answer:
    """Notes the error code of an attempt."""

    def answer(ack: Ack, body: Json, client: WebClient) -> None:
        try:
            attempt(body, client)
            codes.append("ok")
        except SlackApiError as error:
            codes.append(error.response["error"])
        ack()

    return answer


@pytest.fixture
def form(sandbox: Sandbox, bot: LittleBot, client: WebClient) -> View:
    """A form open for Ana."""
    post(client, ANA.id, actions(button("start")))
    bot.on["block_actions"] = opens(FORM)
    assert sandbox.click(ANA.id, container=card(sandbox), action_id="start").kind == "acked"
    return top(sandbox)


# ---- the whole way


def test_from_a_click_to_a_form_to_another_view_to_an_edited_message(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    post(client, ANA.id, section("How was it?"), actions(button("start", value="3")))
    bot.on["block_actions"] = opens(FORM)
    outcome = sandbox.click(ANA.id, container=card(sandbox), action_id="start")
    assert outcome.kind == "acked"
    view = top(sandbox)

    def submitted(ack: Ack, _body: Json, client: WebClient) -> None:
        ack(response_action="update", view=modal(section("Thanks"), submit=None))
        message = card(sandbox)
        client.chat_update(channel=message.channel, ts=message.ts, text="Done", blocks=[section("Done")])

    bot.on["view_submission"] = submitted
    outcome = sandbox.submit(ANA.id, view.id, {"q": "2", "w": "fine"})
    assert outcome.kind == "updated"
    assert outcome.view == top(sandbox)
    assert (top(sandbox).id, top(sandbox).submit) == (view.id, "")
    assert sandbox.wait_until(lambda: card(sandbox).text == "Done")
    values = bot.last("view_submission")["view"]["state"]["values"]
    assert values["q"]["a"]["selected_option"]["value"] == "2"
    assert values["w"]["t"] == {"type": "plain_text_input", "value": "fine"}
    assert sandbox.close_view(ANA.id, view.id).kind == "closed"
    assert sandbox.views(ANA.id) == []


# ---- the payloads


def test_a_click_on_a_message_says_who_where_and_what(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    post(client, ANA.id, actions(button("go", value="7", style="danger"), block_id="row"))
    message = card(sandbox)
    sandbox.click(ANA.id, container=message, action_id="go")
    body = bot.last("block_actions")
    assert body["user"] == {
        "id": ANA.id,
        "username": "ana.ruiz",
        "name": "ana.ruiz",
        "team_id": sandbox.team_id,
    }
    assert body["team"]["id"] == sandbox.team_id
    assert body["api_app_id"] == sandbox.app_id
    assert body["channel"] == {"id": message.channel, "name": "directmessage"}
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": False,
    }
    assert (body["message"]["ts"], body["message"]["bot_id"]) == (message.ts, "B0SANDBOX")
    assert body["state"] == {"values": {}}
    assert body["response_url"].startswith(sandbox.page_url)
    (action,) = body["actions"]
    assert action.pop("action_ts")
    assert action == {
        "type": "button",
        "block_id": "row",
        "action_id": "go",
        "text": plain("Go"),
        "value": "7",
        "style": "danger",
    }


def test_a_click_in_a_modal_carries_the_view_with_what_was_chosen_so_far(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    post(client, ANA.id, actions(button("start")))
    bot.on["block_actions"] = opens(modal(question(radio("a"), "q"), actions(button("more"), OVERFLOW)))
    sandbox.click(ANA.id, container=card(sandbox), action_id="start")
    bot.on.clear()
    view = top(sandbox)
    assert sandbox.choose(ANA.id, container=view, action_id="a", value="1").kind == "kept"
    assert sandbox.click(ANA.id, container=view, action_id="menu", value="2").kind == "acked"
    body = bot.last("block_actions")
    assert body["container"] == {"type": "view", "view_id": view.id}
    assert body["view"]["state"]["values"]["q"]["a"]["selected_option"]["value"] == "1"
    assert body["actions"][0]["selected_option"]["value"] == "2"
    assert not {"message", "channel", "response_url", "state"} & set(body)


def test_a_click_on_home_carries_the_home_view(sandbox: Sandbox, bot: LittleBot, client: WebClient) -> None:
    client.views_publish(user_id=ANA.id, view=home(actions(button("pause"))))
    shown = sandbox.home(ANA.id)
    assert shown is not None
    sandbox.click(ANA.id, container=shown, action_id="pause")
    body = bot.last("block_actions")
    assert (body["view"]["type"], body["container"]["view_id"]) == ("home", shown.id)
    assert (body["view"]["root_view_id"], body["view"]["previous_view_id"]) == (shown.id, None)


def test_an_input_with_dispatch_tells_the_app_at_once(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    post(client, ANA.id, actions(button("start")))
    bot.on["block_actions"] = opens(modal(question(radio("a"), "q", dispatch_action=True)))
    sandbox.click(ANA.id, container=card(sandbox), action_id="start")
    bot.on.clear()
    assert sandbox.choose(ANA.id, container=top(sandbox), action_id="a", value="2").kind == "acked"
    assert bot.last("block_actions")["actions"][0]["selected_option"]["value"] == "2"


CHOICES: list[tuple[Json, Any, Json]] = [
    ({"type": "static_select", "options": options("1", "2")}, "2", {"selected_option": options("2")[0]}),
    (
        {"type": "checkboxes", "options": options("1", "2")},
        ["1", "2"],
        {"selected_options": options("1", "2")},
    ),
    ({"type": "radio_buttons", "options": options("1", "2")}, "1", {"selected_option": options("1")[0]}),
    ({"type": "users_select"}, BEN.id, {"selected_user": BEN.id}),
    ({"type": "multi_users_select"}, [BEN.id, EVA.id], {"selected_users": [BEN.id, EVA.id]}),
    ({"type": "channels_select"}, OPEN.id, {"selected_channel": OPEN.id}),
    ({"type": "conversations_select"}, OPEN.id, {"selected_conversation": OPEN.id}),
    ({"type": "datepicker"}, "2026-12-24", {"selected_date": "2026-12-24"}),
    ({"type": "timepicker"}, "09:30", {"selected_time": "09:30"}),
    ({"type": "datetimepicker"}, 1_764_000_000, {"selected_date_time": 1_764_000_000}),
]


@pytest.mark.parametrize(("element", "value", "state"), CHOICES, ids=lambda part: str(part)[:30])
def test_each_kind_of_choice_has_slack_s_shape(
    element: Json, value: Any, state: Json, sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    post(client, ANA.id, actions({**element, "action_id": "it"}, block_id="b"))
    assert sandbox.choose(ANA.id, container=card(sandbox), action_id="it", value=value).kind == "acked"
    body = bot.last("block_actions")
    assert body["actions"][0].items() >= state.items()
    assert body["state"]["values"] == {"b": {"it": {"type": element["type"], **state}}}
    assert sandbox.values(ANA.id, card(sandbox)) == body["state"]["values"]


def test_buttons_that_share_an_action_are_told_apart_by_value_or_block(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    post(
        client,
        ANA.id,
        actions(button("yes", value="1"), block_id="one"),
        actions(button("yes", value="2"), block_id="two"),
    )
    sandbox.click(ANA.id, container=card(sandbox), action_id="yes", value="2")
    assert bot.last("block_actions")["actions"][0]["block_id"] == "two"
    sandbox.click(ANA.id, container=card(sandbox), action_id="yes", block_id="one")
    assert bot.last("block_actions")["actions"][0]["value"] == "1"
    with pytest.raises(LookupError):
        sandbox.click(ANA.id, container=card(sandbox), action_id="yes")


# ---- what cannot be done


def test_what_is_not_on_the_screen_cannot_be_used(
    sandbox: Sandbox, bot: LittleBot, client: WebClient, form: View
) -> None:
    message = card(sandbox)
    with pytest.raises(LookupError):
        sandbox.click(ANA.id, container=message, action_id="other")
    with pytest.raises(LookupError):
        sandbox.choose(ANA.id, container=form, action_id="a", value="9")
    with pytest.raises(LookupError, match="somebody else"):
        sandbox.choose(BEN.id, container=form, action_id="a", value="1")
    with pytest.raises(Refused, match="channel_not_found"):
        sandbox.click(BEN.id, container=message, action_id="start")
    with pytest.raises(Refused, match="account_inactive"):
        sandbox.click(GONE.id, container=message, action_id="start")
    client.chat_delete(channel=message.channel, ts=message.ts)
    with pytest.raises(Refused, match="message_not_found"):
        sandbox.click(ANA.id, container=message, action_id="start")
    assert len([kind for kind, _ in bot.heard if kind == "block_actions"]) == 1


def test_an_unknown_person_cannot_be_chosen(sandbox: Sandbox, bot: LittleBot, client: WebClient) -> None:
    post(client, ANA.id, actions({"type": "users_select", "action_id": "who"}))
    with pytest.raises(Refused, match="user_not_found"):
        sandbox.choose(ANA.id, container=card(sandbox), action_id="who", value="U9")


def test_a_view_below_another_cannot_be_submitted(sandbox: Sandbox, bot: LittleBot, form: View) -> None:
    bot.on["view_submission"] = acks(response_action="push", view=modal(section()))
    assert sandbox.submit(ANA.id, form.id).kind == "pushed"
    with pytest.raises(LookupError, match="above"):
        sandbox.submit(ANA.id, form.id)


# ---- what Slack checks before it sends

NUMBER = {
    "type": "number_input",
    "action_id": "t",
    "is_decimal_allowed": False,
    "min_value": "1",
    "max_value": "9",
}
MANY = {
    "type": "multi_static_select",
    "action_id": "t",
    "max_selected_items": 1,
    "options": options("1", "2"),
}


@pytest.mark.parametrize(
    ("element", "wrong", "right"),
    [
        (radio("t"), None, "1"),
        (written("t"), "", "a"),
        (written("t", min_length=3), "ab", "abc"),
        (written("t", max_length=3), "abcd", "abc"),
        (NUMBER, "0", "1"),
        (NUMBER, "10", "9"),
        (NUMBER, "2.5", "2"),
        ({"type": "email_text_input", "action_id": "t"}, "ana", "ana@example.org"),
        ({"type": "url_text_input", "action_id": "t"}, "example", "https://example.org"),
        (MANY, ["1", "2"], ["2"]),
    ],
)
def test_slack_itself_holds_back_what_does_not_fit(
    element: Json, wrong: Any, right: Any, sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    post(client, ANA.id, actions(button("start")))
    bot.on["block_actions"] = opens(modal(question(element, "q")))
    sandbox.click(ANA.id, container=card(sandbox), action_id="start")
    view = top(sandbox)
    held = sandbox.submit(ANA.id, view.id, {"q": wrong})
    assert (held.kind, set(held.errors)) == ("invalid", {"q"})
    assert [kind for kind, _ in bot.heard] == ["block_actions"]
    assert top(sandbox).id == view.id
    assert sandbox.submit(ANA.id, view.id, {"q": right}).kind == "closed"
    assert sandbox.views(ANA.id) == []


def test_an_optional_question_may_stay_empty(sandbox: Sandbox, bot: LittleBot, form: View) -> None:
    assert sandbox.submit(ANA.id, form.id).kind == "closed"
    values = bot.last("view_submission")["view"]["state"]["values"]
    assert values == {
        "q": {"a": {"type": "radio_buttons", "selected_option": None}},
        "w": {"t": {"type": "plain_text_input", "value": None}},
    }


def test_initial_choices_count_as_chosen(sandbox: Sandbox, bot: LittleBot, client: WebClient) -> None:
    post(client, ANA.id, actions(button("start")))
    bot.on["block_actions"] = opens(modal(question(radio("a", initial_option=options("2")[0]))))
    sandbox.click(ANA.id, container=card(sandbox), action_id="start")
    assert sandbox.submit(ANA.id, top(sandbox).id).kind == "closed"
    chosen = bot.last("view_submission")["view"]["state"]["values"]["q"]["a"]["selected_option"]
    assert chosen["value"] == "2"


# ---- what an acknowledgement does


def test_the_app_s_errors_stand_under_their_inputs_and_the_form_stays(
    sandbox: Sandbox, bot: LittleBot, form: View
) -> None:
    bot.on["view_submission"] = acks(response_action="errors", errors={"q": "Please look again."})
    outcome = sandbox.submit(ANA.id, form.id, {"q": "1"})
    assert (outcome.kind, outcome.errors) == ("errors", {"q": "Please look again."})
    assert top(sandbox).values["q"]["a"]["selected_option"]["value"] == "1"


def test_clear_closes_the_whole_stack(sandbox: Sandbox, bot: LittleBot, form: View) -> None:
    bot.on["view_submission"] = acks(response_action="push", view=FORM)
    sandbox.submit(ANA.id, form.id)
    bot.on["view_submission"] = acks(response_action="clear")
    assert sandbox.submit(ANA.id, top(sandbox).id).kind == "cleared"
    assert sandbox.views(ANA.id) == []


def test_an_empty_acknowledgement_goes_back_to_the_view_below(
    sandbox: Sandbox, bot: LittleBot, form: View
) -> None:
    bot.on["view_submission"] = acks(response_action="push", view=FORM)
    pushed = sandbox.submit(ANA.id, form.id, {"q": "1"}).view
    assert pushed is not None
    assert (pushed.previous_id, pushed.root_id) == (form.id, form.id)
    bot.on.clear()
    assert sandbox.submit(ANA.id, pushed.id).kind == "closed"
    assert [view.id for view in sandbox.views(ANA.id)] == [form.id]
    assert top(sandbox).values["q"]["a"]["selected_option"]["value"] == "1"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"response_action": "update", "view": modal(title=plain("x" * 25))}, "invalid_arguments"),
        ({"response_action": "push", "view": modal(question(radio()), submit=None)}, "invalid_arguments"),
        ({"response_action": "errors", "errors": {"nowhere": "a"}}, "invalid_errors"),
    ],
)
def test_an_acknowledgement_slack_would_not_take_is_refused_and_the_form_stays(
    answer: Json, error: str, sandbox: Sandbox, bot: LittleBot, form: View
) -> None:
    bot.on["view_submission"] = acks(**answer)
    outcome = sandbox.submit(ANA.id, form.id)
    assert (outcome.kind, outcome.error) == ("refused", error)
    assert outcome.warning
    assert top(sandbox).id == form.id


def test_an_update_of_a_view_that_was_closed_meanwhile_is_refused(
    sandbox: Sandbox, bot: LittleBot, form: View
) -> None:
    def closed_meanwhile(ack: Ack, _body: Json, _client: WebClient) -> None:
        sandbox.close_view(ANA.id, form.id)
        ack(response_action="update", view=FORM)

    bot.on["view_submission"] = closed_meanwhile
    outcome = sandbox.submit(ANA.id, form.id)
    assert (outcome.kind, outcome.error) == ("refused", "not_found")
    assert sandbox.views(ANA.id) == []


def test_without_an_acknowledgement_in_time_the_person_sees_a_warning(
    sandbox: Sandbox, bot: LittleBot, form: View
) -> None:
    bot.on["view_submission"] = lambda _ack, _body, _client: time.sleep(0.7)
    outcome = sandbox.submit(ANA.id, form.id)
    assert (outcome.kind, outcome.warning) == ("no ack", "We had some trouble connecting. Try again?")
    assert top(sandbox).id == form.id
    assert sandbox.idle()


def test_closing_tells_only_the_app_that_asked(sandbox: Sandbox, bot: LittleBot, form: View) -> None:
    bot.on["view_submission"] = acks(response_action="push", view=FORM | {"notify_on_close": True})
    pushed = sandbox.submit(ANA.id, form.id).view
    assert pushed is not None
    sandbox.close_view(ANA.id, pushed.id)
    closed = bot.last("view_closed")
    assert (closed["view"]["id"], closed["is_cleared"]) == (pushed.id, False)
    sandbox.close_view(ANA.id, form.id)
    assert len([kind for kind, _ in bot.heard if kind == "view_closed"]) == 1


def test_the_cross_closes_the_stack_and_says_so(sandbox: Sandbox, bot: LittleBot, form: View) -> None:
    bot.on["view_submission"] = acks(response_action="push", view=FORM | {"notify_on_close": True})
    pushed = sandbox.submit(ANA.id, form.id).view
    assert pushed is not None
    sandbox.close_view(ANA.id, pushed.id, everything=True)
    assert bot.last("view_closed")["is_cleared"]
    assert sandbox.views(ANA.id) == []


# ---- triggers, stack, hash


def test_a_trigger_opens_one_view_only(sandbox: Sandbox, bot: LittleBot, client: WebClient) -> None:
    codes: list[str] = []

    def twice(body: Json, client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=FORM)
        client.views_open(trigger_id=body["trigger_id"], view=FORM)

    post(client, ANA.id, actions(button("start")))
    bot.on["block_actions"] = catches(twice, codes)
    sandbox.click(ANA.id, container=card(sandbox), action_id="start")
    assert codes == ["exchanged_trigger_id"]
    assert len(sandbox.views(ANA.id)) == 1


def test_a_trigger_is_too_old_after_three_real_seconds(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    post(client, ANA.id, actions(button("start")))
    sandbox.click(ANA.id, container=card(sandbox), action_id="start")
    trigger_id = bot.last("block_actions")["trigger_id"]
    time.sleep(3.05)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        client.views_open(trigger_id=trigger_id, view=FORM)
    assert sandbox.views(ANA.id) == []


def test_a_view_cannot_be_pushed_where_none_is_open(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    codes: list[str] = []
    post(client, ANA.id, actions(button("start")))
    bot.on["block_actions"] = catches(
        lambda body, client: client.views_push(trigger_id=body["trigger_id"], view=FORM), codes
    )
    sandbox.click(ANA.id, container=card(sandbox), action_id="start")
    assert codes == ["not_found"]


def test_three_views_lie_on_one_another_and_no_fourth(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    deeper = modal(actions(button("deeper")))
    post(client, ANA.id, actions(button("start")))
    bot.on["block_actions"] = opens(deeper)
    sandbox.click(ANA.id, container=card(sandbox), action_id="start")
    bot.on["block_actions"] = pushes(deeper)
    for _ in range(2):
        sandbox.click(ANA.id, container=top(sandbox), action_id="deeper")
    codes: list[str] = []
    bot.on["block_actions"] = catches(
        lambda body, client: client.views_push(trigger_id=body["trigger_id"], view=deeper), codes
    )
    sandbox.click(ANA.id, container=top(sandbox), action_id="deeper")
    assert codes == ["push_limit_reached"]
    assert len(sandbox.views(ANA.id)) == 3


def test_an_update_keeps_choices_under_the_same_ids_and_checks_the_hash(
    sandbox: Sandbox, bot: LittleBot, client: WebClient, form: View
) -> None:
    sandbox.choose(ANA.id, container=form, action_id="a", value="1")
    client.views_update(view_id=form.id, hash=form.hash, view=modal(section(), question(radio("a"), "q")))
    updated = top(sandbox)
    assert updated.values["q"]["a"]["selected_option"]["value"] == "1"
    assert updated.hash != form.hash
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=form.id, hash=form.hash, view=FORM)
    assert top(sandbox) == updated
    sandbox.close_view(ANA.id, form.id)
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_update(view_id=form.id, view=FORM)


def test_an_external_id_names_one_open_view(sandbox: Sandbox, bot: LittleBot, client: WebClient) -> None:
    post(client, ANA.id, actions(button("start")))
    bot.on["block_actions"] = opens(FORM | {"external_id": "mine"})
    sandbox.click(ANA.id, container=card(sandbox), action_id="start")
    client.views_update(external_id="mine", view=modal(section(), external_id="mine"))
    assert top(sandbox).blocks[0]["type"] == "section"
    codes: list[str] = []
    post(client, BEN.id, actions(button("start")))
    bot.on["block_actions"] = catches(
        lambda body, client: client.views_open(
            trigger_id=body["trigger_id"], view=FORM | {"external_id": "mine"}
        ),
        codes,
    )
    sandbox.click(BEN.id, container=card(sandbox, BEN.id), action_id="start")
    assert codes == ["duplicate_external_id"]


# ---- external selects


@pytest.fixture
def asking(sandbox: Sandbox, bot: LittleBot, client: WebClient) -> View:
    """A form with an external select, open for Ana."""
    post(client, ANA.id, actions(button("start")))
    bot.on["block_actions"] = opens(modal(question(ZONES, "z")))
    sandbox.click(ANA.id, container=card(sandbox), action_id="start")
    return top(sandbox)


def test_an_external_select_asks_the_app_and_takes_only_what_it_offered(
    sandbox: Sandbox, bot: LittleBot, asking: View
) -> None:
    bot.on["block_suggestion"] = acks(options=options("America/Chicago", "America/Denver"))
    with pytest.raises(LookupError):
        sandbox.submit(ANA.id, asking.id, {"z": "America/Chicago"})
    outcome = sandbox.options(ANA.id, container=asking, action_id="zone", query="ame")
    assert [option["value"] for option in outcome.options] == ["America/Chicago", "America/Denver"]
    asked = bot.last("block_suggestion")
    assert (asked["value"], asked["block_id"], asked["view"]["id"]) == ("ame", "z", asking.id)
    assert sandbox.submit(ANA.id, asking.id, {"z": "America/Denver"}).kind == "closed"
    chosen = bot.last("view_submission")["view"]["state"]["values"]["z"]["zone"]["selected_option"]
    assert chosen["value"] == "America/Denver"


def test_options_may_come_in_groups_or_not_at_all(sandbox: Sandbox, bot: LittleBot, asking: View) -> None:
    bot.on["block_suggestion"] = acks(option_groups=[{"label": plain("West"), "options": options("1")}])
    outcome = sandbox.options(ANA.id, container=asking, action_id="zone", query="we")
    assert outcome.option_groups[0]["options"] == options("1")
    bot.on["block_suggestion"] = acks(options=[])
    outcome = sandbox.options(ANA.id, container=asking, action_id="zone", query="xx")
    assert (outcome.kind, outcome.options) == ("acked", ())


def test_more_options_than_a_hundred_are_refused(sandbox: Sandbox, bot: LittleBot, asking: View) -> None:
    bot.on["block_suggestion"] = acks(options=options(*map(str, range(101))))
    outcome = sandbox.options(ANA.id, container=asking, action_id="zone", query="am")
    assert (outcome.kind, outcome.error) == ("refused", "invalid_options")


def test_too_short_a_query_asks_nobody(sandbox: Sandbox, bot: LittleBot, asking: View) -> None:
    assert sandbox.options(ANA.id, container=asking, action_id="zone", query="a").kind == "kept"
    assert "block_suggestion" not in {kind for kind, _ in bot.heard}


# ---- commands, shortcuts, replies


def test_a_command_carries_plain_strings_and_its_reply_is_for_one_person(
    sandbox: Sandbox, bot: LittleBot
) -> None:
    bot.on["command"] = acks(text="Only you", blocks=[section("Only you")])
    outcome = sandbox.command(ANA.id, OPEN.id, "/little", "ayuda ahora")
    assert outcome.kind == "acked"
    body = bot.last("command")
    assert (body["command"], body["text"], body["user_id"]) == ("/little", "ayuda ahora", ANA.id)
    assert (body["channel_id"], body["channel_name"]) == (OPEN.id, "team")
    assert all(isinstance(value, str) for value in body.values())
    reply = sandbox.ephemerals(ANA.id)[-1]
    assert (reply.text, reply.channel, reply.seen_only_by) == ("Only you", OPEN.id, ANA.id)
    assert "Only you" not in {message.text for message in sandbox.channel_messages(OPEN.id)}


def test_a_command_s_reply_may_be_for_all_and_must_hold_to_the_rules(
    sandbox: Sandbox, bot: LittleBot
) -> None:
    bot.on["command"] = acks(text="Everybody", response_type="in_channel")
    sandbox.command(ANA.id, OPEN.id, "/little")
    assert sandbox.channel_messages(OPEN.id)[-1].text == "Everybody"
    bot.on["command"] = acks(text="a", blocks=[{"type": "nothing"}])
    outcome = sandbox.command(ANA.id, OPEN.id, "/little")
    assert (outcome.kind, outcome.error) == ("refused", "invalid_blocks")


def test_a_command_works_in_the_direct_message_and_nowhere_one_is_not(
    sandbox: Sandbox, bot: LittleBot
) -> None:
    assert sandbox.command(BEN.id, sandbox.dm_id(BEN.id), "/little").kind == "acked"
    assert bot.last("command")["channel_name"] == "directmessage"
    with pytest.raises(LookupError):
        sandbox.command(BEN.id, CLOSED.id, "/little")
    with pytest.raises(LookupError, match="no command"):
        sandbox.command(BEN.id, OPEN.id, "/other")


def test_a_command_may_open_a_modal(sandbox: Sandbox, bot: LittleBot) -> None:
    bot.on["command"] = opens(FORM)
    sandbox.command(ANA.id, OPEN.id, "/little")
    assert top(sandbox).title == "Form"


def test_a_shortcut_opens_a_modal_and_only_declared_global_ones_are_there(
    sandbox: Sandbox, bot: LittleBot
) -> None:
    bot.on["shortcut"] = opens(FORM)
    assert sandbox.shortcut(ANA.id, "ask").kind == "acked"
    assert bot.last("shortcut")["callback_id"] == "ask"
    assert top(sandbox).title == "Form"
    for other in ("note", "nothing"):
        with pytest.raises(LookupError):
            sandbox.shortcut(ANA.id, other)


def replies(**reply: Any) -> Answer:
    def answer(ack: Ack, body: Json, _client: WebClient) -> None:
        assert WebhookClient(body["response_url"]).send_dict(reply).status_code == 200
        ack()

    return answer


def test_a_reply_may_replace_the_ephemeral_that_was_clicked(sandbox: Sandbox, bot: LittleBot) -> None:
    bot.on["command"] = acks(text="Menu", blocks=[actions(button("go"))])
    sandbox.command(ANA.id, OPEN.id, "/little")
    menu = sandbox.ephemerals(ANA.id)[-1]
    bot.on["block_actions"] = replies(text="Instead", replace_original=True)
    sandbox.click(ANA.id, container=menu, action_id="go")
    assert bot.last("block_actions")["container"]["is_ephemeral"]
    assert "message" not in bot.last("block_actions")
    assert sandbox.ephemerals(ANA.id)[-1].text == "Instead"
    assert menu not in sandbox.ephemerals(ANA.id)


def test_a_reply_may_replace_or_delete_the_message_that_was_clicked(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    post(client, BEN.id, actions(button("go")))
    message = card(sandbox, BEN.id)
    bot.on["block_actions"] = replies(text="After", blocks=[actions(button("go"))], replace_original=True)
    sandbox.click(BEN.id, container=message, action_id="go")
    assert [before.text for before in card(sandbox, BEN.id).history] == ["Card"]
    bot.on["block_actions"] = replies(delete_original=True)
    sandbox.click(BEN.id, container=message, action_id="go")
    assert message.ts not in {one.ts for one in sandbox.dm(BEN.id)}


def test_a_reply_of_its_own_is_for_the_one_who_clicked(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    post(client, ANA.id, actions(button("go")))
    before = sandbox.dm(ANA.id)
    bot.on["block_actions"] = replies(text="For you")
    sandbox.click(ANA.id, container=card(sandbox), action_id="go")
    assert sandbox.ephemerals(ANA.id)[-1].text == "For you"
    assert sandbox.dm(ANA.id) == before


@pytest.fixture
def address(sandbox: Sandbox, bot: LittleBot) -> WebhookClient:
    """Where replies to Ana's command in the open channel go."""
    sandbox.command(ANA.id, OPEN.id, "/little")
    return WebhookClient(bot.last("command")["response_url"])


def test_a_response_url_serves_five_times(sandbox: Sandbox, address: WebhookClient) -> None:
    for number in range(5):
        assert address.send(text=str(number)).status_code == 200
    assert "used_url" in address.send(text="5").body
    assert [message.text for message in sandbox.ephemerals(ANA.id)][-5:] == ["0", "1", "2", "3", "4"]


def test_a_response_url_ages_in_half_an_hour_of_the_clock(
    sandbox: Sandbox, address: WebhookClient, clock: MovableClock
) -> None:
    clock.advance(timedelta(minutes=31))
    before = sandbox.ephemerals(ANA.id)
    assert "expired_url" in address.send(text="late").body
    assert sandbox.ephemerals(ANA.id) == before


def test_a_response_url_takes_no_rubbish(sandbox: Sandbox, address: WebhookClient) -> None:
    assert "no_text" in address.send(text="").body
    assert WebhookClient(f"{sandbox.page_url}responses/nowhere").send(text="a").status_code == 404


# ---- Home, direct messages, channels


def test_opening_home_tells_the_app_with_the_view_there_is(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    def welcome(_ack: Ack, body: Json, client: WebClient) -> None:
        client.views_publish(user_id=body["event"]["user"], view=home(section("Welcome")))

    bot.on["app_home_opened"] = welcome
    sandbox.open_home(EVA.id)
    assert sandbox.wait_until(lambda: sandbox.home(EVA.id))
    event = bot.last("app_home_opened")["event"]
    assert (event["tab"], event["channel"]) == ("home", sandbox.dm_id(EVA.id))
    assert "view" not in event
    sandbox.open_home(EVA.id)
    assert bot.wait_for("app_home_opened", count=2)
    assert bot.last("app_home_opened")["event"]["view"]["type"] == "home"


def test_what_a_person_types_reaches_the_app_escaped(sandbox: Sandbox, bot: LittleBot) -> None:
    message = sandbox.say(ANA.id, "me & <you>")
    assert bot.wait_for("message")
    body = bot.last("message")
    event = body["event"]
    assert (event["text"], event["channel_type"], event["user"]) == ("me &amp; &lt;you&gt;", "im", ANA.id)
    assert (event["channel"], event["ts"], event["event_ts"]) == (message.channel, message.ts, message.ts)
    assert body["authorizations"][0]["user_id"] == BOT_USER_ID
    assert "bot_id" not in event


def test_the_bot_s_own_words_come_back_and_bolt_leaves_them_aside(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    posted = client.chat_postMessage(channel=ANA.id, text="Mine")
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="Still mine")
    client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    assert sandbox.idle()
    sandbox.say(ANA.id, "Hers")
    assert bot.wait_for("message")
    assert [body["event"]["text"] for kind, body in bot.heard if kind == "message"] == ["Hers"]


def test_an_event_delivered_again_carries_its_retry_number(sandbox: Sandbox, bot: LittleBot) -> None:
    sandbox.faults.redeliver_next_event()
    sandbox.say(ANA.id, "Twice")
    assert bot.wait_for("message", count=2)
    assert sorted(bot.retries) == [("0", ""), ("1", "timeout")]


def test_people_talk_only_where_they_are(sandbox: Sandbox, bot: LittleBot) -> None:
    assert sandbox.say_in(BEN.id, OPEN.id, "Hello all").text == "Hello all"
    with pytest.raises(Refused, match="not_in_channel"):
        sandbox.say_in(BEN.id, WITHOUT_BOT.id, "Hello")
    assert sandbox.idle()
    assert "message" not in {kind for kind, _ in bot.heard}


def test_inviting_the_bot_makes_it_a_member_and_tells_it(
    sandbox: Sandbox, bot: LittleBot, client: WebClient
) -> None:
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.chat_postMessage(channel=WITHOUT_BOT.id, text="Hello")
    sandbox.invite(WITHOUT_BOT.id, sandbox.bot_user_id)
    assert bot.wait_for("member_joined_channel")
    client.chat_postMessage(channel=WITHOUT_BOT.id, text="Hello")
    assert sandbox.channel_messages(WITHOUT_BOT.id)[-1].text == "Hello"
