from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from peek_tui.demo.generate import generate
from tests.state.traces import TraceFile
from tests.trace.importers.foreign import DATA

from .conftest import Peek, lines

Events = list[dict[str, Any]]


def rows(peek: Peek, *arguments: str | Path) -> list[int]:
    return [event["row"] for event in lines(peek("search", *arguments, "--json"))]


def test_json(peek: Peek, trace: Path, events: Events) -> None:
    """The events that hold the text are listed in order, each as it stands in the file, and its row."""
    listed = lines(peek("search", trace, "too much", "--json"))
    assert listed == [{**events[6], "row": 6}]


def test_text(peek: Peek, trace: Path) -> None:
    """For people the lines are those of `peek events`."""
    assert peek("search", trace, "refund").stdout.splitlines() == peek("events", trace).stdout.splitlines()[6:7]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["Because", "-i"], [1]),
        (["BECAUSE", "--ignore-case"], [1]),
        (["be.au.e", "--regex"], [1]),
        (["BE.AU.E", "--regex", "-i"], [1]),
        (["[bold]not bold[/bold]"], [2]),
        (["model-1", "--limit", "1"], [4]),
        (["because", "--limit", "9223372036854775808"], [1]),
        (["--", "-1"], [4, 5]),
    ],
    ids=str,
)
def test_options(peek: Peek, trace: Path, options: list[str], expected: list[int]) -> None:
    """Case may be ignored, a text may be a pattern; else every sign is itself."""
    listed = lines(peek("search", "--json", trace, *options))
    assert [event["row"] for event in listed] == expected


@pytest.mark.parametrize("options", [["Because"], ["be.ause"], ["nothing", "--regex", "-i"]], ids=str)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["people", "programs"])
def test_nothing(peek: Peek, trace: Path, options: list[str], form: list[str]) -> None:
    """A text that no event holds is the answer no."""
    done = peek("search", trace, *options, *form, code=1)
    assert (done.stdout, done.stderr) == ("", f"nothing in {trace} holds {options[0]}\n")


def test_no_pattern(peek: Peek, trace: Path) -> None:
    """A pattern that is none is a usage error."""
    done = peek("search", trace, "(", "--regex", code=2)
    assert done.stdout == ""
    assert done.stderr.startswith("peek: ")
    assert "regular expression" in done.stderr.splitlines()[0]


@pytest.mark.parametrize("text", ['quo"ted', "back\\slash", "line\nfeed", "模块 é", "\u2028", "\U0001f469"], ids=ascii)
def test_any_text(peek: Peek, tmp_path: Path, text: str) -> None:
    """A text is found whatever signs it has to be written with in JSON."""
    file = TraceFile(tmp_path / "run.jsonl")
    file.add("log", "", {"text": "another"})
    file.add("log", "", {"text": f"before{text}after"})
    assert rows(peek, file.path, text) == [1]


def test_long_run(peek: Peek, tmp_path: Path) -> None:
    """On a long run they are the events whose lines have the text."""
    path = tmp_path / "generated.jsonl"
    generate(path, 2_000)
    holding = [row for row, line in enumerate(path.read_bytes().splitlines()) if b"refund" in line]
    assert len(holding) > 10
    assert rows(peek, path, "refund") == holding


def test_transcript(peek: Peek) -> None:
    """What a foreign record says is found in the events it became."""
    listed = lines(peek("search", DATA / "denied-tool.jsonl", "blocked by policy", "--json"))
    assert "tool_result" in [event["type"] for event in listed]
    assert all("blocked by policy" in json.dumps(event) for event in listed)
