"""The documentation says what is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bench.__main__ import FIGURES
from capture.testing import read_events
from docs.format import PAGE, format_page
from docs.keys import key_table, with_keys
from peek_tui.cli.main import COMMANDS
from peek_tui.demo.generate import generate
from peek_tui.trace.query import parse_query
from peek_tui.trace.query.keys import KEYS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_format_page() -> None:
    """`docs/format.md` is what the code says; `make docs` writes it."""
    assert PAGE.read_text() == format_page()


def test_readme_names_every_command() -> None:
    """The README's table has every command of the command line, and no other."""
    named = set(re.findall(r"^\| `peek ([a-z]+)", README, re.MULTILINE))
    assert named == set(COMMANDS) - {"open"}


def test_readme_keys() -> None:
    """The README's table of keys is what the registry of actions says; `make docs` writes it."""
    assert with_keys(README) == README
    assert key_table() in README


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


def test_readme_asks_a_trace(tmp_path: Path) -> None:
    """The README's questions from Python run as they stand, and print the request before the failure."""
    program = README.split("```python\n")[2].split("```")[0]
    generate(tmp_path / "run.jsonl", 1_000)
    asked = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=True, timeout=60, capture_output=True, text=True
    )
    events = list(read_events(tmp_path / "run.jsonl"))
    failure = next(i for i, event in enumerate(events) if event["type"] == "tool_result" and "error" in event)
    request = max(i for i in range(failure) if events[i]["type"] == "llm_request")
    assert asked.stdout.startswith(f"{request} ")


def test_readme_terms() -> None:
    """Every term in the README's table of the filter language can be read, and every key stands there."""
    table = README.split("## Which events")[1].split("## ")[0]
    terms = [
        term for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for term in re.findall(r"`([^`]+)`", row)
    ]
    for term in terms:
        parse_query(term)
    unnamed = [key for key in KEYS if not any(re.search(rf"\b{key}\b", term) for term in terms)]
    assert unnamed == []


def test_documents_name_figures_of_the_bench() -> None:
    """Whatever a document says that `make bench` shows is a figure of it."""
    pages = [README, (ROOT / "docs" / "ARCHITECTURE.md").read_text(), (ROOT / "CHANGELOG.md").read_text()]
    named = set(re.findall(r"--only (\w+)", "".join(pages)))
    assert named
    assert named <= set(FIGURES)


def test_pictures_are_there() -> None:
    """Every picture the README shows is in the repository, and shows no path of the machine that drew it."""
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures == ["docs/images/debugger-120x40.svg", "docs/images/skimmed-120x40.svg"]
    for picture in (ROOT / "docs" / "images").iterdir():
        assert str(ROOT) not in picture.read_text()
