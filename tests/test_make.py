"""The commands on a bare machine: one sentence that says what to do, and nothing installed twice.

Python and pip are stand-ins here, so that a machine without them can be had; they note what they were asked.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("sh", "make", "cat", "sed", "mkdir", "cksum", "grep", "rm", "cp", "dirname")
PYTHON = """#!/bin/sh
# A stand-in for Python {version} that writes down its arguments.
echo "$*" >>{notes}
case "$*" in
    *'< (3, 11)'*) {new_enough} ;;
    *'import ensurepip'*) {has_venv} ;;
    *'print('*) echo {version} ;;
    *'-m venv'*)
        mkdir -p .venv/bin; cp "$0" .venv/bin/python; cp "$0" .venv/bin/pip
        echo "command = python -m venv $PWD/.venv" >.venv/pyvenv.cfg ;;
    *'-m pip'*) {pip} ;;
esac
"""


class Machine:
    """A clone of what `make` needs, on a machine with the tools of a bare Debian and perhaps a Python."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.bin, self.notes = folder / "clone", folder / "bin", folder / "notes"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(str(shutil.which(tool)))
        shutil.copytree(ROOT / ".ci", self.clone / ".ci")
        for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
            shutil.copy(ROOT / name, self.clone)

    def has(
        self, name: str, version: str, *, new: bool = True, venv: bool = True, pip: str = "exit 0"
    ) -> None:
        """Give it a Python. pip: what its pip does, as a shell command."""
        text = PYTHON.format(
            version=version,
            notes=self.notes,
            new_enough="exit 0" if new else "exit 1",
            has_venv="exit 0" if venv else "exit 1",
            pip=pip,
        )
        file = self.bin / name
        file.write_text(text)
        file.chmod(0o755)

    def make(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", *words],
            cwd=self.clone,
            env={"PATH": str(self.bin), "HOME": ""},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            umask=0o077,
        )

    def asked(self, words: str) -> int:
        """How often Python was asked something with these words."""
        return self.notes.read_text().count(words) if self.notes.exists() else 0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def the_one_sentence(ended: subprocess.CompletedProcess[str]) -> str:
    """What a failed command said: one line on stderr, with nothing of make's or pip's around it."""
    assert ended.returncode != 0
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert ended.stderr.endswith(".\n")
    assert "make:" not in ended.stderr + ended.stdout
    return ended.stderr


@pytest.mark.parametrize("target", ["demo", "run", "setup", "test", "check", "fix"])
def test_without_python_every_command_says_which_one_to_install(machine: Machine, target: str) -> None:
    sentence = the_one_sentence(machine.make(target))
    assert "needs Python 3.11 or newer and found none:" in sentence
    assert "apt install python3" in sentence
    assert not (machine.clone / ".venv").exists()


def test_an_old_python_is_named_with_its_version(machine: Machine) -> None:
    machine.has("python3", "3.9", new=False)
    assert "(python3 here is 3.9)" in the_one_sentence(machine.make("demo"))


def test_a_newer_python_beside_an_old_one_is_found(machine: Machine) -> None:
    machine.has("python3", "3.9", new=False)
    machine.has("python3.12", "3.12")
    ended = machine.make("setup")
    assert ended.returncode == 0
    assert ended.stdout.count("Python 3.12") == 1


def test_a_python_without_its_venv_module_names_the_package_to_install(machine: Machine) -> None:
    machine.has("python3", "3.11", venv=False)
    assert "apt install python3.11-venv" in the_one_sentence(machine.make("demo"))


def test_a_python_without_venv_does_not_hide_one_that_has_it(machine: Machine) -> None:
    machine.has("python3.13", "3.13", venv=False)
    machine.has("python3", "3.11")
    assert "Python 3.11" in machine.make("setup").stdout


def test_a_python_named_by_hand_that_is_too_old_is_not_replaced_silently(machine: Machine) -> None:
    machine.has("python3", "3.13")
    machine.has("oldpython", "3.8", new=False)
    assert "PYTHON=oldpython is not Python 3.11 or newer" in the_one_sentence(
        machine.make("setup", "PYTHON=oldpython")
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("NewConnectionError: Temporary failure in name resolution", "reaches the internet"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "not the one pinned here"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
    ],
)
def test_an_install_that_fails_says_why_and_keeps_pips_words_in_a_file(
    machine: Machine, said: str, meant: str
) -> None:
    machine.has("python3", "3.12", pip=f"echo '{said}'; exit 1")
    assert meant in the_one_sentence(machine.make("demo"))
    assert said in (machine.clone / "build/setup.log").read_text()


def test_a_failed_install_is_tried_again_by_the_next_command(machine: Machine) -> None:
    machine.has("python3", "3.12", pip="exit 1")
    machine.make("setup")
    machine.make("setup")
    assert machine.asked("-m pip") == 2


def test_the_second_time_nothing_is_installed(machine: Machine) -> None:
    machine.has("python3", "3.12")
    machine.make("setup")
    first = machine.asked("-m pip")
    again = machine.make("setup")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert machine.asked("-m pip") == first


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_installs_again(machine: Machine, changed: str) -> None:
    machine.has("python3", "3.12")
    machine.make("setup")
    first = machine.asked("-m pip")
    with (machine.clone / changed).open("a") as file:
        file.write("# changed\n")
    machine.make("setup")
    assert machine.asked("-m pip") == 2 * first


def test_running_needs_only_the_lock_of_running_and_tests_need_both(machine: Machine) -> None:
    machine.has("python3", "3.12")
    machine.make("demo")
    assert machine.asked("requirements-dev.lock") == 0
    machine.make("test")
    assert machine.asked("requirements-dev.lock") == 1
    machine.make("demo")
    assert machine.asked("-r requirements.lock") == 1


def test_only_pinned_wheels_with_hashes_are_installed(machine: Machine) -> None:
    machine.has("python3", "3.12")
    machine.make("test")
    installs = [line for line in machine.notes.read_text().splitlines() if line.startswith("-m pip install")]
    assert len(installs) == 2
    assert all(
        "--require-hashes --only-binary :all: -r" in line or "--no-deps --no-build-isolation -e ." in line
        for line in installs
    )


def test_a_venv_whose_python_is_gone_is_made_again(machine: Machine) -> None:
    machine.has("python3", "3.12")
    machine.make("setup")
    (machine.clone / ".venv/bin/python").unlink()
    assert machine.make("setup").returncode == 0
    assert machine.asked("-m venv") == 2


def test_the_venv_of_a_clone_that_was_moved_is_made_again(machine: Machine) -> None:
    machine.has("python3", "3.12")
    machine.make("setup")
    machine.clone = machine.clone.rename(machine.clone.with_name("moved"))
    assert machine.make("setup").returncode == 0
    assert machine.asked("-m venv") == 2
    assert machine.make("setup").stdout == ""


def test_what_stands_in_args_reaches_the_command(machine: Machine) -> None:
    machine.has("python3", "3.12")
    machine.make("demo", "ARGS=--port 9000")
    assert machine.asked("-m bot demo --port 9000") == 1


def test_make_alone_lists_every_command(machine: Machine) -> None:
    listed = machine.make().stdout
    phony = (ROOT / "Makefile").read_text().split(".PHONY:")[1].splitlines()[0].split()
    assert all(f"make {target} " in listed for target in phony if target != "help")


def test_the_browser_tests_get_chromium_from_the_system_and_only_if_it_is_missing(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    for tool in ("apt-get", "id", "chromium", "python3"):
        file = machine.bin / tool
        said = "echo 0" if tool == "id" else f'echo {tool} "$*" >>{machine.notes}'
        file.write_text(f"#!/bin/sh\n{said}\n")
        file.chmod(0o755)
    (machine.clone / "Makefile").write_text("check: ; @echo CI is $$CI\n")
    run = [str(machine.clone / ".ci/run")]
    environ = {"PATH": str(machine.bin), "HOME": ""}
    had = subprocess.run(run, env=environ, capture_output=True, text=True, timeout=30, check=True)
    assert had.stdout == "CI is true\n"
    assert machine.asked("apt-get") == 0
    (machine.bin / "chromium").unlink()
    subprocess.run(run, env=environ, capture_output=True, timeout=30, check=True)
    assert machine.asked("apt-get install --quiet --yes --no-install-recommends chromium") == 1


@pytest.mark.parametrize("script", [".ci/setup", ".ci/run"])
def test_the_scripts_can_be_run_as_they_are(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert (ROOT / script).read_text().startswith("#!/bin/sh\n")
