"""`choir demo`: a local Slack, the bot and a made-up agency in one process."""

from bot.demo.checking import check as play_and_verify
from bot.demo.tour import show


def run_demo(*, port: int, check: bool) -> int:
    """Show the page until Ctrl-C, or play and verify thirteen weeks; returns the exit code."""
    return play_and_verify() if check else show(port)


__all__ = ["run_demo"]
