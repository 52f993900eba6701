"""The documentation names what exists: settings, commands, links; and no file names a package registry."""

import ast
import importlib
import re
import subprocess
import tomllib
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
import typer
from dotenv import dotenv_values

from bot.audit.rows import IDS as ROW_IDS
from bot.blocks.privacy import whole_promise
from bot.cli import app
from bot.config import SETTINGS
from bot.content import load_content
from bot.domain import privacy
from bot.domain.privacy import WhoSees, at_most
from bot.domain.raises import needed
from bot.domain.rotation import is_due
from bot.logs import PACKAGES
from bot.proof.usefulness import BARS, Estimate
from bot.setup.doctor import SCOPES
from storage.mydata import HOLDINGS
from storage.schema import metadata

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
OPERATING, PRIVACY = ROOT / "docs/operating.md", ROOT / "docs/privacy.md"
REVIEW = ROOT / "docs/privacy-review.md"
NAMES = [setting.name for setting in SETTINGS]


def page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def commands() -> dict[str, set[str]]:
    group = typer.main.get_command(app)
    return {name: set(getattr(command, "commands", ())) for name, command in group.commands.items()}  # type: ignore[attr-defined]


def options(name: str) -> set[str]:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    return {option for parameter in command.params for option in parameter.opts}


def targets() -> set[str]:
    (listed,) = re.findall(r"(?m)^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"))
    return set(listed.split())


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def tracked() -> list[Path]:
    """The files of the project, without what a build or a test leaves behind."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return [file for name in listed.stdout.splitlines() if (file := ROOT / name).is_file()]
    return [file for file in ROOT.rglob("*") if file.is_file() and not {".venv", "build"} & set(file.parts)]


def test_the_env_example_has_every_setting_once_with_its_default_and_a_comment() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert sorted(re.findall(r"(?m)^([A-Z_]+)=", text)) == sorted(NAMES)
    values = dotenv_values(ROOT / ".env.example", interpolate=False)
    assert values == {setting.name: setting.default or "" for setting in SETTINGS}
    for name in NAMES:
        assert re.search(rf"(?m)^# .+\n{name}=", text), f"{name} has no comment"


def test_the_operators_page_has_every_setting_with_its_default() -> None:
    text = OPERATING.read_text(encoding="utf-8")
    rows = dict(re.findall(r"(?m)^\| `([A-Z_]+)` \| (.+?) \|", text))
    assert rows == {
        setting.name: f"`{setting.default}`"
        if setting.default
        else "empty"
        if setting.default == ""
        else "must be given"
        for setting in SETTINGS
    }


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"`make ([a-z]+)|(?m:^make ([a-z]+))", page.read_text(encoding="utf-8"))
    assert {one or two for one, two in named} <= targets()


def test_every_make_target_is_told_to_contributors() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert {target for target in targets() if f"`make {target}" not in text} == {"help"}


@pytest.mark.parametrize("page", [*PAGES, ROOT / ".env.example", ROOT / "Makefile"], ids=page_name)
def test_every_choir_command_that_is_named_exists(page: Path) -> None:
    known = commands()
    named = re.findall(r"(?:`|/bin/|^)choir ([a-z-]+)(?: ([a-z-]+))?", page.read_text(encoding="utf-8"), re.M)
    for name, more in named:
        assert name in known, f"choir {name}"
        if known[name] and more:
            assert more in known[name], f"choir {name} {more}"
        elif more.startswith("--"):
            assert more in options(name), f"choir {name} {more}"


def test_every_choir_command_is_told_to_operators() -> None:
    text = OPERATING.read_text(encoding="utf-8")
    for name, more in commands().items():
        for words in [f"choir {name} {sub}" for sub in sorted(more)] or [f"choir {name}"]:
            assert f"`{words}" in text, words


def test_what_stays_when_somebody_deletes_their_data_is_told_column_by_column() -> None:
    section = PRIVACY.read_text(encoding="utf-8").partition("## Your own data")[2].partition("\n## ")[0]
    rows = re.findall(r"(?m)^\| (`.+`) \| (.+) \|$", section)
    told = {name: why for names, why in rows for name in re.findall(r"`([\w.]+)`", names)}
    assert told == {name: holding.stays for name, holding in HOLDINGS.items() if holding.stays}


def log_lines() -> set[str]:
    """The fixed text of each log line of the program, up to its first fact."""
    everything = (file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    sources = [file for file in everything if "sandbox" not in file.parts]
    calls = [node for file in sources for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    said = [
        call.args[0].value
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "log"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]
    return {re.split(r" \w+=|,| %s", str(text), maxsplit=1)[0] for text in said}


def test_every_log_line_is_explained_to_operators() -> None:
    named = {name for cells in rows(OPERATING, "## Logs") for name in re.findall(r"`([^`]+)`", cells[0])}
    assert named == log_lines()


def test_every_scope_is_explained_to_operators() -> None:
    table = rows(OPERATING, "## What the app may do")
    assert {scope for cells in table for scope in re.findall(r"`([^`]+)`", cells[0])} == SCOPES


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_link_between_the_pages_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name) if name else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_the_rooms_are_those_that_are_checked() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(each for each in settings["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert " > ".join(layers["layers"]) in text


def test_every_heading_that_the_code_names_exists() -> None:
    sources = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    named = [
        each
        for file in sources
        for each in re.findall(r'docs/(\w+) (?:under )?"([^"]+)"', file.read_text(encoding="utf-8"))
    ]
    assert named
    for page, heading in named:
        anchor = heading.lower().replace(" ", "-")
        assert any(found.endswith(anchor) for found in anchors(ROOT / "docs" / f"{page}.md")), heading


def test_the_decisions_stand_in_order_with_the_oldest_first() -> None:
    dated = re.findall(r"(?m)^## ([\d-]+): ", (ROOT / "docs/decisions.md").read_text(encoding="utf-8"))
    *told, dependencies = dated
    assert told == sorted(told)
    assert dependencies == "2026-11"


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_path_and_name_in_the_pages_exists(page: Path) -> None:
    places = re.findall(
        r"`((?:bot|handlers|schedules|storage|tests|docs|\.ci)[/.][\w./-]*)`",
        page.read_text(encoding="utf-8"),
    )
    assert [place for place in places if not (ROOT / place).exists() and not names_something(place)] == []


def names_something(place: str) -> bool:
    """Whether `folder/module.function` is there, as the pages write names of the code."""
    folder, _, rest = place.rpartition("/")
    named = [*filter(None, folder.split("/")), *rest.split(".")]
    for length in range(len(named), 0, -1):
        try:
            found: object = importlib.import_module(".".join(named[:length]))
        except ImportError:
            continue
        for name in named[length:]:
            found = getattr(found, name, None)
        return found is not None
    return False


def test_a_name_that_is_not_there_is_noticed() -> None:
    assert names_something("handlers/checkins.on_answered")
    assert names_something("bot/slack.Messenger.post")
    assert names_something("handlers.register")
    assert not names_something("handlers/checkins.on_ansvered")
    assert not names_something("bot/slack.Messenger.pots")
    assert not names_something("bot/nothing.here")


def quoted(page: Path) -> str:
    """The paragraphs of a page's quotation, each on one line."""
    lines = [
        line.strip()[1:].strip()
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.strip()[:1] == ">"
    ]
    return re.sub(r" ?\n ?", "\n\n", " ".join(line or "\n" for line in lines))


def rows(page: Path, heading: str) -> list[list[str]]:
    """The cells of the tables under a heading, without their head, up to the next heading."""
    text = page.read_text(encoding="utf-8").split(f"\n{heading}\n", 1)[1]
    lines = re.split(r"\n#+ ", text, maxsplit=1)[0].splitlines()
    tables = [line for line, before in zip(lines[1:], lines, strict=False) if line[:1] == before[:1] == "|"]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in tables if line[:4] != "|---"]


def test_the_promise_stands_in_the_words_staff_read() -> None:
    sees = WhoSees(supervisor_id=None, key_holder="[who set-up was told]")
    assert quoted(PRIVACY) == whole_promise(load_content().words("en"), sees)


def test_the_example_of_an_update_is_made_of_words_that_are_published() -> None:
    said = load_content().words("en").sentences
    example = quoted(ROOT / "README.md").split("\n\n")
    published = {text for key, text in said.items() if key.startswith("update.")}
    assert len(example) > 3
    assert [line for line in example if line not in published] == []


def test_the_readme_says_what_groups_need_and_what_smaller_ones_get() -> None:
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"at least {privacy.ROSTER_MIN} people who count" in text
    assert f"of whom at least {privacy.CONTRIBUTORS_MIN} answered" in text
    assert [week for week in range(4) if is_due(week, small=True)] == [0, 2]
    assert "one question every two weeks" in text


def test_the_numbers_of_the_rule_are_those_of_the_code() -> None:
    table = {cells[0]: cells[1] for cells in rows(PRIVACY, "## The rule of an update")}
    constants = {name.strip("`"): value for name, value in table.items() if name[:1] == "`"}
    assert constants == {name: str(getattr(privacy, name)) for name in constants}
    assert constants.keys() == {name for name, value in vars(privacy).items() if is_constant(name, value)}
    bounds = {name: value for name, value in table.items() if name.isdigit()}
    assert bounds == {many: at_most(int(many)) for many in bounds}
    assert list(bounds) == ["1", "2", "3", "4"]


def is_constant(name: str, value: object) -> bool:
    return name.isupper() and isinstance(value, int | Fraction)


def test_the_figures_of_usefulness_come_from_a_command_that_is_there() -> None:
    (command,) = re.findall(
        r"(?m)^\.venv/bin/python -m (\S+) --teams 1000$", PRIVACY.read_text(encoding="utf-8")
    )
    assert names_something(f"{command.replace('.', '/')}.main")
    table = {cells[0]: cells[1:] for cells in rows(PRIVACY, "## What the words are worth")}
    assert BARS.keys() <= table.keys()
    assert all(re.fullmatch(r"(\d?\.\d{3} ± \.\d{3})?", cell) for cells in table.values() for cell in cells)
    for name, bar in BARS.items():
        figures = [estimate(cell) for cell in (table[name][0], table[name][3])]
        assert not any(bar.missed(figure) for figure in figures), name


def test_groups_shown_by_half_of_epsilon_reach_the_same_bars() -> None:
    table = {cells[0]: cells[1:] for cells in rows(PRIVACY, "### With half of ε")}
    for name, bar in BARS.items():
        assert not any(bar.missed(estimate(cell)) for cell in (table[name][0], table[name][3])), name


def estimate(cell: str) -> Estimate:
    value, error = map(float, cell.split(" ± "))
    return Estimate(value=value, error=error)


def test_every_row_of_the_proof_stands_in_the_reviewers_table() -> None:
    told = {cells[0] for cells in rows(REVIEW, "## Measured") if cells[0]}
    assert told == set(ROW_IDS) - {"U1"}, "U1 has a table of its own"


def test_how_often_a_line_is_shown_follows_from_how_many_must_choose_it() -> None:
    """Each person of the group says it with probability .7 times .5, apart from the others."""
    for roster, many, shown, one_person in rows(PRIVACY, "## Say it with others"):
        size, least = int(roster), int(many)
        law = [comb(size, k) * 0.35**k * 0.65 ** (size - k) for k in range(size + 1)]
        said = sum(law[least:])
        of_one = sum(k * law[k] for k in range(least, size + 1)) / said / size
        assert [least, f"{said:.2f}", f"{of_one:.2f}"] == [needed(size), f"0{shown}", f"0{one_person}"]


def test_every_table_of_the_database_is_told_and_no_other() -> None:
    assert [cells[0].strip("`") for cells in rows(PRIVACY, "## What is kept")] == list(metadata.tables)


def test_no_page_says_what_choir_never_says_of_itself() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8").lower()
        for word in ("impossible to identify", "aggregated so safe", "k-anonymous", "clinically proven"):
            assert word not in text, f"{page.name}: {word}"
        for sentence in re.findall(r"[^.\n]*\banonymous\b[^.\n]*", text):
            assert re.search(r"\bnot anonymous|never say anonymous|itself anonymous", sentence), sentence


def test_no_file_names_a_package_registry() -> None:
    hosts = [
        "py" + "pi.org",
        "python" + "hosted.org",
        "npm" + "js.org",
        "conda" + ".org",
        "--index" + "-url ",
    ]
    found = [
        (str(file.relative_to(ROOT)), host)
        for file in tracked()
        for host in hosts
        if host.encode() in file.read_bytes().lower()
    ]
    assert found == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_of_a_lock_is_pinned_with_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = re.split(r"(?m)^(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text))
    for package in filter(None, packages):
        assert re.match(r"[\w.-]+==\S+ (; \S.*)?\\?\n\s+--hash=sha256:", package), package[:80]
