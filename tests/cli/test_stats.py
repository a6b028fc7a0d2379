from __future__ import annotations

import json
from pathlib import Path

from tests.state.traces import TraceFile

from .conftest import Peek, lines


def test_json(peek: Peek, trace: Path) -> None:
    """Counts, span, tokens, cost and errors of a run, and that nothing is wrong with it."""
    assert lines(peek("stats", trace, "--json")) == [
        {
            "events": 8,
            "types": {
                "tool_result": 2,
                "agent_start": 1,
                "decision": 1,
                "tool_call": 1,
                "llm_request": 1,
                "llm_response": 1,
                "agent_end": 1,
            },
            "sessions": 1,
            "duration_ms": 3500.0,
            "errors": 1,
            "tokens": {"input": 4102, "output": 212, "cache_read": 3000, "cache_write": 100, "total": 4314},
            "cost_usd": 0.0123,
            "damaged": [],
            "unfinished": False,
            "missing": [],
            "orphans": 0,
            "cycles": 0,
        }
    ]


def test_everything_wrong(peek: Peek, tmp_path: Path) -> None:
    """Damaged lines and payloads, lost events, orphans, cycles and an unfinished line are each named."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace.add("log")
    trace.write(b"garbage\n")
    trace.write(b'{"v":1,"id":"5f3a9c1e00000004","type":"log","data":[]}\n')
    trace.add("log", parent="00000000000000ff")
    trace.add("log", parent="5f3a9c1e00000002")
    trace.write(b'{"v":1,')
    [said] = lines(peek("stats", trace.path, "--json"))
    assert {key: said[key] for key in ("events", "damaged", "unfinished", "missing", "orphans", "cycles")} == {
        "events": 4,
        "damaged": [
            {
                "file": str(trace.path),
                "line": 2,
                "reason": "not JSON: Expecting value at character 0",
                "part": "line",
            },
            {"file": str(trace.path), "line": 3, "reason": '"data" is not an object', "part": "payload"},
        ],
        "unfinished": True,
        "missing": ["5f3a9c1e00000003"],
        "orphans": 1,
        "cycles": 1,
    }


def test_text(peek: Peek, trace: Path) -> None:
    """For people the numbers stand in sentences and a table."""
    assert peek("stats", trace).stdout.splitlines() == [
        "8 events over 3.5s, 1 with an error",
        "4,102 tokens in (3,000 from the cache), 212 out",
        "$0.0123 as far as the trace says",
        "",
        "type          events",
        "tool_result        2",
        "agent_start        1",
        "decision           1",
        "tool_call          1",
        "llm_request        1",
        "llm_response       1",
        "agent_end          1",
        "",
        "model    calls    in  cached  out     cost",
        "model-1      1  4.1k    3.0k  212  $0.0123",
        "",
        "1 model call, $0.0123 together",
    ]


def test_problems_in_text(peek: Peek, tmp_path: Path) -> None:
    """For people each problem is a line, and of many damaged lines only the first ten."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace.add("log")
    trace.write(b"garbage\n" * 12)
    trace.write(b'{"v":1,')
    said = peek("stats", trace.path).stdout.splitlines()
    assert said[5:] == [
        "",
        *(f"{trace.path}:{line}: line unreadable: not JSON: Expecting value at character 0" for line in range(2, 12)),
        "… and 2 more damaged lines (--json names all)",
        "the last line is unfinished: its writer was cut off, or is still writing",
    ]


def test_several_sessions(peek: Peek, tmp_path: Path) -> None:
    """Of a directory the sums are those of all its runs."""
    for name in "ab":
        TraceFile(tmp_path / f"{name}.jsonl", name * 8, session=name * 32).add("log", cost_usd=0.5)
    [said] = lines(peek("stats", tmp_path, "--json"))
    assert (said["events"], said["sessions"], said["cost_usd"]) == (2, 2, 1.0)
    assert peek("stats", tmp_path).stdout.startswith("2 events in 2 sessions over 0.0ms, 0 with an error\n")


def test_no_events(peek: Peek) -> None:
    """An empty trace has nothing to count, and an unknown cost is null."""
    done = peek("stats", "-", "--json")
    said = json.loads(done.stdout)
    assert (said["events"], said["types"], said["sessions"], said["cost_usd"]) == (0, {}, 0, None)
