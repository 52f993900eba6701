"""Many people at their screens, acting inside the local Slack's own process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from bot.blocks import ids
from bot.sandbox import Sandbox, View

AT_ONCE = 64
"""More than are ever waiting for an acknowledgement, so that nobody waits for a free thread."""
OPENING_AT_ONCE = 8
OPENS_WITHIN = 10.0
ANSWER = "2"


def open_forms(sandbox: Sandbox, people: Sequence[str]) -> None:
    """Everybody presses Start on their card; TimeoutError when a form does not open."""
    with ThreadPoolExecutor(OPENING_AT_ONCE) as pool:
        for opened in [pool.submit(_open, sandbox, user_id) for user_id in people]:
            opened.result()


def _open(sandbox: Sandbox, user_id: str) -> None:
    card = sandbox.dm(user_id)[-1]
    sandbox.click(user_id, container=card, action_id=ids.STARTED)
    if not sandbox.wait_until(lambda: sandbox.views(user_id), OPENS_WITHIN):
        raise TimeoutError(user_id)


def submit_all(sandbox: Sandbox, people: Sequence[str], seconds: float) -> list[float]:
    """Everybody submits the open form, evenly over that time.

    Real seconds from the moment a submit was due to its acknowledgement, so that a late start counts too.
    Where none comes Slack gives up after three seconds, so such a wait is longer than that.
    """
    began, waits = time.perf_counter(), list[Future[float]]()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, user_id in enumerate(people):
            due = began + seconds * number / len(people)
            time.sleep(max(0.0, due - time.perf_counter()))
            waits.append(pool.submit(_submit, sandbox, user_id, due))
        return [wait.result() for wait in waits]


def _submit(sandbox: Sandbox, user_id: str, due: float) -> float:
    form = sandbox.views(user_id)[-1]
    sandbox.submit(user_id, form.id, dict.fromkeys(_questions(form), ANSWER))
    return time.perf_counter() - due


def _questions(form: View) -> list[str]:
    return [block["element"]["action_id"] for block in form.blocks if block["type"] == "input"]
