"""Many who record at once, in every mode: everything is there, once, and belongs to what it came from."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import capture
from capture import TraceContext
from capture.testing import read_events
from tests.conftest import RunPython

MODES = ["direct", "queued", "durable"]
PLENTY = 64 * 1024 * 1024


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("capture.sinks.queued.QUEUE_BYTES", PLENTY)
    capture.init(mode=request.param)
    return str(request.param)


def complete(path: Path) -> list[dict[str, Any]]:
    """Return the events of a file, which are numbered without a gap in the order of their lines."""
    events = read_events(path)
    assert [int(event["id"][8:], 16) for event in events] == list(range(len(events)))
    return events


def belongs(events: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return what the log events under each tool call say."""
    names = {event["id"]: event["data"]["arguments"] for event in events if event["type"] == "tool_call"}
    said: dict[str, list[str]] = {name: [] for name in names.values()}
    for event in events:
        if event["type"] == "log":
            said[names[event["parent"]]].append(event["data"]["text"])
    return said


@pytest.mark.parametrize("each", [500])
def test_threads(tmp_path: Path, mode: str, each: int) -> None:
    """Eight threads record 500 events each."""
    each = each if mode != "durable" else 20  # the disk is asked for every one
    with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:

        def work(name: str) -> None:
            call = ctx.record_tool_call("work", name)
            for number in range(each):
                ctx.record_log("stdout", f"{name} {number}", parent=call)

        threads = [threading.Thread(target=work, args=(f"thread {number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    expected = {f"thread {n}": [f"thread {n} {number}" for number in range(each)] for n in range(8)}
    assert belongs(complete(tmp_path / "run.jsonl")) == expected


def test_switching_all_the_time(tmp_path: Path) -> None:
    """Lines are in the order of their numbers although the interpreter changes threads wherever it can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:

            def work(name: str) -> None:
                for number in range(300):
                    ctx.record_log("stdout", f"{name} {number}" * (2_000 if number % 50 == 49 else 1))
                    if number % 20 == 0:
                        ctx.record_llm_request("claude", [{"role": "user", "content": name}])

            threads = [threading.Thread(target=work, args=(f"thread {number}",)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(complete(tmp_path / "run.jsonl")) == 2 + 8 * (300 + 15)


def test_tasks(tmp_path: Path, mode: str) -> None:
    """A hundred gathered tasks record 50 events each, in calls of their own."""
    each = 50 if mode != "durable" else 2

    @capture.trace_tool
    async def work(name: str) -> None:
        for number in range(each):
            await capture.current().record_log("stdout", f"{name} {number}")
            await asyncio.sleep(0)

    async def main() -> None:
        async with TraceContext("desk", path=tmp_path / "run.jsonl"):
            await asyncio.gather(*(work(f"task {number}") for number in range(100)))

    asyncio.run(main())
    events = complete(tmp_path / "run.jsonl")
    for event in events:
        if event["type"] == "tool_call":
            event["data"]["arguments"] = event["data"]["arguments"]["name"]
    said = belongs(events)
    assert said == {f"task {n}": [f"task {n} {number}" for number in range(each)] for n in range(100)}
    assert sum(event["type"] == "tool_result" for event in events) == 100


FAMILY = """
import os, sys
from concurrent.futures import ProcessPoolExecutor
import multiprocessing
import capture

def work(name):
    with capture.TraceContext(name) as ctx:
        for number in range(20):
            ctx.record_log("stdout", f"{name} {number}")
    return name

if __name__ == "__main__":
    capture.init(directory=sys.argv[1], mode=sys.argv[2])
    with capture.TraceContext("desk") as ctx:
        for number in range(100):
            ctx.record_log("stdout", f"parent {number}")
            if number == 50:
                child = os.fork()
                if child == 0:
                    for own in range(100):
                        ctx.record_log("stdout", f"child {own}")
                    if sys.argv[2] == "queued":
                        ctx._recorder.close()
                    os._exit(0)
        os.waitpid(child, 0)
        for method in ("fork", "spawn"):
            with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
                list(pool.map(work, [f"{method} {number}" for number in range(4)]))
"""


@pytest.mark.parametrize("mode", MODES)
def test_processes(tmp_path: Path, run_python: RunPython, mode: str) -> None:
    """A child that is forked in the middle and two pools record into the same run, each into files of its own."""
    script = tmp_path / "family.py"
    script.write_text(FAMILY)
    run_python(script, tmp_path / "traces", mode, PEEK_DIR=str(tmp_path))
    files = [complete(path) for path in tmp_path.rglob("*.jsonl")]
    events = [event for events in files for event in events]
    assert len({event["session"] for event in events}) == 1
    assert len({event["id"] for event in events}) == len(events)
    said = [event["data"]["text"] for event in events if event["type"] == "log"]
    workers = [f"{method} {number}" for method in ("fork", "spawn") for number in range(4)]
    expected = [f"{name} {number}" for name in ("parent", "child") for number in range(100)]
    assert sorted(said) == sorted(expected + [f"{name} {number}" for name in workers for number in range(20)])
    known = {event["id"] for event in events} | {"0" * 16}
    assert [json.dumps(event) for event in events if event["parent"] not in known] == []
    starts = {event["id"]: event["name"] for event in events if event["type"] == "agent_start"}
    for event in events:
        if event["type"] == "log":
            owner = event["data"]["text"].rsplit(" ", 1)[0]
            assert starts[event["parent"]] == ("desk" if owner in ("parent", "child") else owner)
