"""Threads, executors and tasks: context is carried, and every event says where it happened."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import capture
from capture import TraceContext
from capture.testing import read_events
from tests.conftest import RunPython


def test_thread(ctx: TraceContext) -> None:
    """What a thread records belongs to where it was started from, and names the thread."""
    capture.install()
    turn = ctx.record_agent_turn("first")
    thread = threading.Thread(target=lambda: capture.current().record_log("inside"), name="worker")
    thread.start()
    thread.join()
    event = read_events(ctx.path)[-1]
    assert (event["parent"], event["task"]) == (turn, "worker")


def test_thread_with_its_own_run(ctx: TraceContext) -> None:
    """A `run` of the thread's own is run inside, and is its own again when it runs."""
    capture.install()
    turn = ctx.record_agent_turn("first")

    def run() -> None:
        capture.current().record_log("inside")

    own, plain = threading.Thread(), threading.Thread(target=run)
    own.run = run  # type: ignore[method-assign]
    for thread in (own, plain):
        thread.start()
        thread.join()
    assert [event["parent"] for event in read_events(ctx.path)[-2:]] == [turn, turn]
    assert own.run is run
    assert "run" not in vars(plain)


def test_run_is_a_property(ctx: TraceContext) -> None:
    """A thread whose `run` cannot be replaced starts as ever."""
    ran: list[str] = []

    class Odd(threading.Thread):
        @property
        def run(self) -> Any:
            return lambda: ran.append("ran")

    capture.install()
    thread = Odd()
    thread.start()
    thread.join()
    assert ran == ["ran"]


def test_executor(ctx: TraceContext) -> None:
    """What an executor runs belongs to where it was submitted from, also in a thread that ran something else before."""
    capture.install()
    with ThreadPoolExecutor(1, thread_name_prefix="pool") as pool:
        first = ctx.record_agent_turn("first")
        pool.submit(lambda: capture.current().record_log("one")).result()
        second = ctx.record_agent_turn("second")
        pool.submit(lambda: capture.current().record_log("two")).result()
    logs = [event for event in read_events(ctx.path) if event["type"] == "log"]
    assert [(event["name"], event["parent"], event["task"]) for event in logs] == [
        ("one", first, "pool_0"),
        ("two", second, "pool_0"),
    ]


async def test_to_thread(ctx: TraceContext) -> None:
    """`asyncio.to_thread` and `run_in_executor` carry the context as well."""
    capture.install()
    decision = ctx.record_decision(chosen_action="split")
    await asyncio.to_thread(lambda: capture.current().record_tool_call("a"))
    await asyncio.get_running_loop().run_in_executor(None, lambda: capture.current().record_tool_call("b"))
    assert [event["parent"] for event in read_events(ctx.path)[-2:]] == [decision, decision]


def test_without_install(ctx: TraceContext) -> None:
    """A thread that carries nothing records in the one session that is open, rather than in a new one."""
    thread = threading.Thread(target=lambda: capture.current().record_log("inside"))
    thread.run()
    assert read_events(ctx.path)[-1]["parent"] == read_events(ctx.path)[0]["id"]


def test_two_sessions(tmp_path: Path) -> None:
    """Two sessions at once in one process keep apart: own files, own ids without gaps, right parents."""
    barrier = threading.Barrier(2)

    def run(name: str) -> None:
        with TraceContext(name, path=tmp_path / f"{name}.jsonl") as context:
            for number in range(200):
                barrier.wait()
                context.record_log(f"{name} {number}")

    threads = [threading.Thread(target=run, args=(name,)) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sessions = set()
    for name in ("left", "right"):
        events = read_events(tmp_path / f"{name}.jsonl")
        assert [int(event["id"][8:], 16) for event in events] == list(range(202))
        assert [event["name"] for event in events[1:-1]] == [f"{name} {number}" for number in range(200)]
        assert {event["parent"] for event in events[1:]} == {events[0]["id"]}
        sessions |= {event["session"] for event in events}
    assert len(sessions) == 2


CROWD = """
import asyncio, multiprocessing, sys, threading
import capture
from capture import TraceContext

def call(ctx, name):
    decision = ctx.record_decision(chosen_action=name)
    call = ctx.record_tool_call(name)
    return decision, call

async def task(ctx, name):
    decision, _ = call(ctx, name)
    await asyncio.sleep(0)
    ctx.record_tool_result(name, decision)

def thread(ctx, name):
    decision, _ = call(ctx, name)
    ctx.record_tool_result(name, decision)

async def tasks(ctx, name):
    await asyncio.gather(*(task(ctx, f"{name} task {n}") for n in range(100)))

def process(number):
    with TraceContext(f"process {number}") as ctx:
        threads = [threading.Thread(target=thread, args=(ctx, f"{number} thread {n}")) for n in range(4)]
        for each in threads: each.start()
        asyncio.run(tasks(ctx, number))
        for each in threads: each.join()

if __name__ == "__main__":
    capture.install()
    with TraceContext("parent") as ctx:
        context = multiprocessing.get_context(sys.argv[1])
        processes = [context.Process(target=process, args=(n,)) for n in range(8)]
        for each in processes: each.start()
        for each in processes: each.join()
"""


def test_crowd(run_python: RunPython, tmp_path: Path, peek_dir: Path) -> None:
    """8 processes of 4 threads and 100 tasks each, forked and spawned: one run, ids gapless per file, parents right."""
    program = tmp_path / "crowd.py"
    program.write_text(CROWD)
    for method in ("fork", "spawn"):
        run_python(program, method, PEEK_DIR=str(peek_dir / method))
        files = sorted((peek_dir / method / "traces").iterdir())
        assert len(files) == 9
        runs = [read_events(file) for file in files]
        events = {event["id"]: event for run in runs for event in run}
        assert len({event["session"] for event in events.values()}) == 1
        assert len(events) == sum(len(run) for run in runs) == 2 + 8 * (2 + 104 * 3)
        for run in runs:
            assert [int(event["id"][8:], 16) for event in run] == list(range(len(run)))
        for event in events.values():
            if event["type"] == "tool_result":
                call = events[event["parent"]]
                decision = events[call["parent"]]
                assert (call["name"], decision["name"]) == (event["name"], event["name"])
                assert event["data"]["result"] == decision["id"]
        starts = [event for event in events.values() if event["type"] == "agent_start"]
        root = next(event for event in starts if event["name"] == "parent")
        assert {event["parent"] for event in starts if event is not root} == {root["id"]}
