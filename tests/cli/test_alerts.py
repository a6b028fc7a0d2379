from __future__ import annotations

from pathlib import Path

from tests.analysis.run import Run

from .conftest import Peek, lines


def test_json(peek: Peek, tmp_path: Path) -> None:
    """An alert is an object with its rule, its evidence and its rows."""
    run = Run(tmp_path / "run.jsonl")
    calls = [run.tool("search", {"q": "x"}, error="no") for _ in range(5)]
    [alert] = lines(peek("alerts", run.path, "--json"))
    assert alert == {
        "rule": "tool_loop",
        "severity": "high",
        "title": "search failed 5 times with the same arguments between 0 and 9",
        "evidence": calls,
        "first_row": 0,
        "last_row": 9,
    }


def test_people(peek: Peek, tmp_path: Path) -> None:
    """For people it is a line with the rows it is about; a name that would move the cursor cannot."""
    run = Run(tmp_path / "run.jsonl")
    for _ in range(5):
        run.tool("\x1b[2Jsearch", {"q": "x"}, error="no")
    head, line = peek("alerts", run.path).stdout.splitlines()
    assert head.split() == ["rows", "severity", "what", "rule"]
    assert line.startswith(" 0–9  high")
    assert "␛[2Jsearch failed 5 times" in line


def test_nothing(peek: Peek, trace: Path) -> None:
    """Where there is nothing to alert about, the answer is empty, and it is said to people."""
    assert lines(peek("alerts", trace, "--json")) == []
    done = peek("alerts", trace)
    assert (done.stdout, done.stderr) == ("", "nothing to alert about\n")
