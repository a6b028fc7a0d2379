"""The documentation says what is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from capture.testing import read_events
from docs.format import PAGE, format_page
from peek_tui.cli.main import COMMANDS
from peek_tui.tui.actions import ACTIONS, Action, key_names

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_format_page() -> None:
    """`docs/format.md` is what the code says; `make docs` writes it."""
    assert PAGE.read_text() == format_page()


def test_readme_names_every_command() -> None:
    """The README's table has every command of the command line, and no other."""
    named = set(re.findall(r"^\| `peek ([a-z]+)", README, re.MULTILINE))
    assert named == set(COMMANDS) - {"open"}


def test_readme_names_every_key() -> None:
    """The README's table of keys names a key of every action of the debugger."""
    table = README.split("## The keys")[1].split("## ")[0]
    named = set(re.findall(r"`([^`]+)`", table)) | {str(digit) for digit in range(9)}
    unnamed = [action.name for action in ACTIONS if "debug" in action.screens and not _named(action, named)]
    assert unnamed == ["back", "app.quit"]


def test_readme_example(tmp_path: Path) -> None:
    """The README's example runs as it stands, and leaves the trace it speaks of."""
    program = README.split("```python\n")[1].split("```")[0]
    environment = {"PEEK_DIR": str(tmp_path / "state"), "PATH": "/usr/bin:/bin"}
    (tmp_path / "cwd").mkdir()
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path / "cwd", env=environment, check=True, timeout=60)
    [trace] = (tmp_path / "state" / "traces").iterdir()
    types = [event["type"] for event in read_events(trace)]
    assert types == ["agent_start", "decision", "tool_call", "agent_end"]
    assert list((tmp_path / "cwd").iterdir()) == []


def test_pictures_are_there() -> None:
    """Every picture the README shows is in the repository, and shows no path of the machine that drew it."""
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures == ["docs/images/debugger-120x40.svg"]
    for picture in (ROOT / "docs" / "images").iterdir():
        assert str(ROOT) not in picture.read_text()


def _named(action: Action, named: set[str]) -> bool:
    return any(key in named for key in key_names(action).split())
