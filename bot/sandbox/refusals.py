"""A refusal in Slack's own words: the error code of the Web API and what goes with it."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Slack says no. `code` is Slack's error code; `more` joins the answer's body."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more

    @property
    def messages(self) -> tuple[str, ...]:
        """Slack's explanations, each naming a JSON pointer; often none."""
        return tuple(self.more.get("response_metadata", {}).get("messages", ()))


def bad_arguments(*messages: str, code: str = "invalid_arguments") -> Refused:
    """A refusal with Slack's explanations, each naming a JSON pointer."""
    return Refused(code, response_metadata={"messages": list(messages)})
