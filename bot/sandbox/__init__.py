"""A local Slack workspace with a movable clock; it knows nothing of the bot it serves."""

from bot.sandbox.clock import MovableClock
from bot.sandbox.faults import Faults
from bot.sandbox.inputs import Chosen
from bot.sandbox.messages import Edition, Message
from bot.sandbox.outcomes import Outcome
from bot.sandbox.people import BOT_USER_ID, Channel, Person
from bot.sandbox.refusals import Refused
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.views import View
from bot.sandbox.webapi import Call

__all__ = [
    "BOT_USER_ID",
    "Call",
    "Channel",
    "Chosen",
    "Edition",
    "Faults",
    "Message",
    "MovableClock",
    "Outcome",
    "Person",
    "Refused",
    "Sandbox",
    "View",
]
