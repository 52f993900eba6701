"""Several at once, where most tests look for it."""

from bot.audit.at_once import at_once

__all__ = ["at_once"]
