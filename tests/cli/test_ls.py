from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import capture
from tests.state.traces import NOON, TraceFile

from .conftest import Peek, lines

SECOND = 10**9


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "traces"
    directory.mkdir(mode=0o700)
    return directory


@pytest.fixture
def finished(directory: Path) -> Path:
    """A run that went well."""
    trace = TraceFile(directory / "finished.jsonl", session="f" * 32)
    start = trace.add("agent_start", "worker")
    call = trace.add("llm_request", "m", parent=start)
    trace.add("llm_response", "m", parent=call, usage={"input_tokens": 10, "output_tokens": 5}, cost_usd=0.25)
    trace.add("tool_call", "search", parent=start)
    trace.add("tool_result", "search", error={"type": "E", "message": "no"})
    trace.add("agent_end", "worker", {"status": "completed"}, parent=start)
    return trace.path


@pytest.fixture
def failed(directory: Path) -> Path:
    """A later run that ended in an error."""
    trace = TraceFile(directory / "failed.jsonl", "22222222", session="e" * 32, start=NOON + 60 * SECOND)
    start = trace.add("agent_start", "worker")
    trace.add("agent_end", "worker", {"status": "error"}, parent=start, error={"type": "E", "message": "no"})
    return trace.path


@pytest.fixture
def crashed(directory: Path) -> Path:
    """A still later run whose writer is gone without an end."""
    trace = TraceFile(directory / "crashed.jsonl", "33333333", session="c" * 32, start=NOON + 120 * SECOND)
    trace.add("agent_start", "worker")
    return trace.path


def ids(peek: Peek, *options: str) -> list[str]:
    return [session["id"][0] for session in lines(peek("ls", "--json", *options))]


def test_json(peek: Peek, finished: Path) -> None:
    """A session is one object with its status, its counts and its files."""
    assert lines(peek("ls", "--json")) == [
        {
            "id": "f" * 32,
            "agent": "worker",
            "status": "finished",
            "outcome": "completed",
            "start": NOON,
            "duration_ms": 5000.0,
            "events": 6,
            "errors": 1,
            "tool_calls": 1,
            "llm_calls": 1,
            "tokens": {"input": 10, "output": 5, "cache_read": 0, "cache_write": 0, "total": 15},
            "cost_usd": 0.25,
            "paths": [str(finished)],
        }
    ]


def test_text(peek: Peek, finished: Path, failed: Path, crashed: Path) -> None:
    """For people the sessions are a table, the newest first."""
    assert peek("ls").stdout.splitlines() == [
        "session   agent   status    outcome    started               took  events  errors  tools  llm  tokens",
        "cccccccc  worker  crashed   ·          2025-11-20 12:02:00  0.0ms       1       0      0    0       0",
        "eeeeeeee  worker  finished  error      2025-11-20 12:01:00   1.0s       2       1      0    0       0",
        "ffffffff  worker  finished  completed  2025-11-20 12:00:00   5.0s       6       1      1    1      15",
    ]


def test_newest_first(peek: Peek, finished: Path, failed: Path, crashed: Path) -> None:
    """Sessions are listed from the newest to the oldest."""
    assert ids(peek) == ["c", "e", "f"]


def test_failed(peek: Peek, finished: Path, failed: Path, crashed: Path) -> None:
    """Failed sessions are those that crashed or ended in an error; a tool's error alone does not make one."""
    assert ids(peek, "--failed") == ["c", "e"]


def test_statuses(peek: Peek, crashed: Path, directory: Path) -> None:
    """A session is running while its writer lives, crashed without one, and unknown on another machine."""
    elsewhere = TraceFile(directory / "elsewhere.jsonl", "44444444", session="d" * 32, start=NOON - SECOND)
    elsewhere.add("agent_start", "worker", {"host": "elsewhere.example"})
    with capture.TraceContext(agent_name="live"):
        statuses = {session["agent"][0] + session["id"][0]: session for session in lines(peek("ls", "--json"))}
        live: dict[str, Any] = next(one for one in statuses.values() if one["agent"] == "live")
        assert (live["status"], live["outcome"]) == ("running", None)
    assert statuses["wc"]["status"] == "crashed"
    assert statuses["wd"]["status"] == "unknown"
    [ended] = [one for one in lines(peek("ls", "--json")) if one["agent"] == "live"]
    assert (ended["status"], ended["outcome"]) == ("finished", "completed")


def test_several_files(peek: Peek, finished: Path, directory: Path) -> None:
    """A run of several files is one session, with the sums of all of them."""
    child = TraceFile(directory / "child.jsonl", "55555555", session="f" * 32, start=NOON + SECOND)
    child.add("tool_call", "search", parent="5f3a9c1e00000000")
    [session] = lines(peek("ls", "--json"))
    assert (session["events"], session["tool_calls"]) == (7, 2)
    assert sorted(session["paths"]) == [str(child.path), str(finished)]


def test_many(peek: Peek, directory: Path) -> None:
    """Fifty sessions are listed unless all are asked for, and the rest is spoken of beside the list."""
    for number in range(52):
        TraceFile(directory / f"{number}.jsonl", session=f"{number:032x}", start=NOON + number * SECOND).add("log")
    done = peek("ls", "--json")
    assert len(done.stdout.splitlines()) == 50
    assert done.stderr == "2 older sessions are not shown; --all shows them\n"
    assert len(lines(peek("ls", "--json", "--all"))) == 52


def test_many_failed(peek: Peek, directory: Path) -> None:
    """That more sessions failed than are listed is said, and all of them can be had."""
    for number in range(52):
        trace = TraceFile(directory / f"{number}.jsonl", session=f"{number:032x}", start=NOON + number * SECOND)
        start = trace.add("agent_start", "worker")
        trace.add("agent_end", "worker", {"status": "error" if number else "completed"}, parent=start)
    done = peek("ls", "--failed", "--json")
    assert len(done.stdout.splitlines()) == 50
    assert done.stderr == "more failed sessions; --all shows them\n"
    done = peek("ls", "--failed", "--json", "--all")
    assert (len(done.stdout.splitlines()), done.stderr) == (51, "")


def test_no_sessions(peek: Peek, tmp_path: Path) -> None:
    """Without sessions nothing is listed, and where they would be is said beside it."""
    done = peek("ls")
    assert (done.stdout, done.stderr) == ("", f"no sessions in {tmp_path / 'traces'}\n")
    assert lines(peek("ls", "--json")) == []


def test_no_failed_sessions(peek: Peek, finished: Path) -> None:
    """Without failed sessions that is what is said."""
    done = peek("ls", "--failed")
    assert (done.stdout, done.stderr) == ("", f"no failed sessions in {finished.parent}\n")


def test_what_is_no_trace(peek: Peek, finished: Path, directory: Path) -> None:
    """Files that are no traces are passed over."""
    (directory / "notes.txt").write_text("hello")
    (directory / "garbage.jsonl").write_text("garbage\n")
    (directory / "empty.jsonl").touch()
    (directory / "directory.jsonl").mkdir()
    assert ids(peek) == ["f"]
