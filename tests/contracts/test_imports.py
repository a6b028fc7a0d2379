"""Who may load what, asked of real processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import capture

ROOT = Path(__file__).parents[2]
TOOLKITS = {"textual", "rich", "numpy", "typer", "click"}

LIBRARIES = """
import sys
from importlib import import_module
from pkgutil import walk_packages
for package in {packages}:
    for module in walk_packages(import_module(package).__path__, package + "."):
        import_module(module.name)
print(*{{name.partition(".")[0] for name in sys.modules}})
"""


def loaded_by(*packages: str) -> set[str]:
    """Return the top-level modules in a process that has imported all of these packages."""
    program = LIBRARIES.format(packages=packages)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def imported_by(*arguments: str, program: tuple[str, ...] = ("-m", "peek_tui")) -> set[str]:
    """Return the top-level modules that a command imports from its start to its end."""
    command = [sys.executable, "-X", "importtime", *program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.fixture
def trace(tmp_path: Path) -> str:
    path = tmp_path / "trace.jsonl"
    with capture.TraceContext(agent_name="a", path=path) as context:
        context.record_tool_call("search", {"q": "x"})
    return str(path)


def test_layers() -> None:
    """The import rules of the project hold."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 broken." in done.stdout


def test_no_toolkit() -> None:
    """Wording loads no toolkit and no numpy."""
    assert loaded_by("peek_tui.render") & TOOLKITS == set()


@pytest.mark.parametrize("module", ["peek_tui.trace.store", "peek_tui.trace.query", "peek_tui.trace.search"])
def test_reading_without_toolkit(module: str) -> None:
    """Reading loads no toolkit, and numpy not before there is much to read."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) & TOOLKITS == set()
    assert loaded_by("peek_tui.trace", "peek_tui.debugger") & TOOLKITS == {"numpy"}


def test_state_without_toolkit() -> None:
    """The view state loads no toolkit; the tree's arrays need numpy, and nothing else loads them before a tree is."""
    assert loaded_by("peek_tui.state") & TOOLKITS == {"numpy"}
    importers = [path for path in (ROOT / "peek_tui").rglob("*.py") if "\nfrom .forest" in path.read_text()]
    assert importers == []


def test_the_screen_loads_what_is_forbidden_elsewhere() -> None:
    """The names looked for are those of the toolkits, or the other tests here could not fail."""
    assert loaded_by("peek_tui.tui", "peek_tui.cli") & TOOLKITS == {"textual", "rich", "typer"}


def test_the_first_screen_is_loaded_alone() -> None:
    """Before it is seen nothing is loaded of other screens, nor of what analysis stands on."""
    program = "import sys, peek_tui.cli.screen, peek_tui.tui.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    later = {f"peek_tui.tui.screens.{name}" for name in ("sessions", "chooser", "help")}
    assert loaded & {*later, "peek_tui.analysis.importance", "peek_tui.analysis.outcome"} == set()
    assert "peek_tui.tui.screens.debug" in loaded


def test_demo_without_its_extra() -> None:
    """Every module of the demo can be imported without Anthropic's package."""
    assert "anthropic" not in loaded_by("peek_tui.demo")


@pytest.mark.parametrize("command", [["ls", "--all"], ["ls", "--json"]], ids=" ".join)
def test_headless_lists(command: list[str]) -> None:
    """The list of sessions loads neither Textual nor Rich nor numpy."""
    assert imported_by(*command) & {"textual", "rich", "numpy"} == set()


@pytest.mark.parametrize("command", ["events", "stats"])
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["people", "programs"])
def test_headless_commands(trace: str, command: str, form: list[str]) -> None:
    """The commands that only read a small trace load neither Textual nor Rich nor numpy."""
    imported = imported_by(command, trace, *form)
    assert imported & {"textual", "rich", "numpy"} == set()
    assert {"typer", "peek_tui"} <= imported


@pytest.mark.parametrize("command", ["before", "after", "search"])
def test_headless_questions(trace: str, command: str) -> None:
    """Nor do those that look for something in it."""
    [line] = [line for line in Path(trace).read_bytes().splitlines() if b'"type":"tool_call"' in line]
    asked = "search" if command == "search" else json.loads(line)["id"]
    assert imported_by(command, trace, asked, "--json") & {"textual", "rich", "numpy"} == set()


def test_package() -> None:
    """To import the package loads nothing but it."""
    bare = imported_by("-c", "", program=())
    assert imported_by("-c", "import peek_tui", program=()) - bare - sys.stdlib_module_names == {"peek_tui"}


def test_version() -> None:
    """To say its version `peek` loads nothing but the standard library."""
    bare = imported_by("-c", "", program=())
    assert imported_by("--version") - bare - sys.stdlib_module_names == {"capture", "peek_tui"}
