"""The PostgreSQL that measurements and tests start: see bot/bench/postgresql.py."""

from bot.bench.postgresql import administer, connected, running, url

__all__ = ["administer", "connected", "running", "url"]
