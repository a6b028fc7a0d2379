from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from peek_tui.demo.generate import generate
from tests.state.traces import TraceFile

from .conftest import Peek, lines

Events = list[dict[str, Any]]


@pytest.mark.parametrize(
    ("command", "options", "rows"),
    [
        ("before", [], [3]),
        ("before", ["-n", "3"], [3, 2, 1]),
        ("before", ["-n", "9"], [3, 2, 1, 0]),
        ("before", ["-n", "9223372036854775808"], [3, 2, 1, 0]),
        ("before", ["--type", "tool_call"], [2]),
        ("before", ["--type", "tool_call,decision", "-n", "2"], [2, 1]),
        ("before", ["--type", "agent_end"], []),
        ("before", ["--type", "tool_*"], []),
        ("after", [], [5]),
        ("after", ["-n", "9"], [5, 6, 7]),
        ("after", ["--type", "tool_result"], [6]),
        ("after", ["--type", "nothing"], []),
    ],
    ids=str,
)
def test_json(peek: Peek, trace: Path, events: Events, command: str, options: list[str], rows: list[int]) -> None:
    """The nearest events come first, each as it stands in the file, and its row."""
    listed = lines(peek(command, trace, events[4]["id"], *options, "--json"))
    assert listed == [{**events[row], "row": row} for row in rows]


def test_text(peek: Peek, trace: Path, events: Events) -> None:
    """For people the lines are those of `peek events`."""
    said = peek("events", trace).stdout.splitlines()
    assert peek("after", trace, events[2]["id"], "-n", "2").stdout.splitlines() == said[3:5]
    assert peek("before", trace, events[2]["id"]).stdout.splitlines() == said[1:2]


def test_oracle(peek: Peek, tmp_path: Path) -> None:
    """On a long run they are those that a list of all events, searched from the event outwards, gives."""
    path = tmp_path / "generated.jsonl"
    generate(path, 2_000)
    every = [json.loads(line) for line in path.read_bytes().splitlines()]
    types = sorted({event["type"] for event in every})
    rng = random.Random(3)
    for _ in range(8):
        row, n, type = rng.randrange(2_000), rng.randint(1, 4), rng.choice(types)
        places = {"before": range(row - 1, -1, -1), "after": range(row + 1, 2_000)}
        for command, rows in places.items():
            near = [{**every[at], "row": at} for at in rows if every[at]["type"] == type][:n]
            given = lines(peek(command, path, every[row]["id"], "--type", type, "-n", str(n), "--json"))
            assert given == near


@pytest.mark.parametrize("command", ["before", "after"])
def test_whole_requests(peek: Peek, tmp_path: Path, command: str) -> None:
    """A request is given with all its messages."""
    file = TraceFile(tmp_path / "run.jsonl")
    start = file.add("log", "start")
    first = file.add("llm_request", "m", {"messages": ["a", "b"], "system": "S"})
    file.add("llm_request", "m", {"messages": ["c"], "base": first, "keep": 2, "same": ["system"]})
    end = file.add("log", "end")
    options = ["--type", "llm_request", "-n", "2", "--json"]
    listed = lines(peek(command, file.path, end if command == "before" else start, *options))
    assert {event["row"]: event["data"] for event in listed} == {
        1: {"messages": ["a", "b"], "system": "S"},
        2: {"messages": ["a", "b", "c"], "system": "S"},
    }


def test_stdin(peek: Peek, trace: Path, events: Events) -> None:
    """`-` reads the trace from a pipe."""
    listed = lines(peek("before", "-", events[1]["id"], "--json", stdin=trace.read_bytes()))
    assert [event["row"] for event in listed] == [0]


@pytest.mark.parametrize("command", ["before", "after"])
@pytest.mark.parametrize("id", ["5f3a9c1e", "", "ffffffffffffffff", "\x1b[2J"])
def test_unknown(peek: Peek, trace: Path, command: str, id: str) -> None:
    """An id that no event has is a usage error that says where ids are found; the beginning of one is none."""
    done = peek(command, trace, id, code=2)
    shown = id.replace("\x1b", "␛")
    said = f"peek: there is no event {shown} in this trace; `peek events SRC --json` lists their ids\n"
    assert (done.stdout, done.stderr) == ("", said)
