"""Processes that fork: the child writes a file of its own, and the parent's lock is the parent's alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from capture.testing import read_events
from peek_tui.trace.locks import writer_lives
from peek_tui.trace.store import Store
from tests.conftest import RunPython

CHILD_WRITES = """
import os, sys
import capture

with capture.TraceContext("desk", path=sys.argv[1]) as ctx:
    decision = ctx.record_decision(chosen_action="split")
    child = os.fork()
    if child == 0:
        ctx.record_tool_call("in the child")
        with capture.TraceContext("helper"):
            pass
    else:
        os.waitpid(child, 0)
        ctx.record_tool_call("in the parent")
print(ctx.path)
"""

CHILD_LIVES = """
import os, signal, sys
import capture

ctx = capture.start_session("desk", path=sys.argv[1])
awake, wake = os.pipe()
if os.fork() == 0:
    os.write(wake, b"!")
    for line in sys.stdin:
        ctx.record_log("stdin", line.strip())
        print(ctx.path, flush=True)
    os._exit(0)
os.read(awake, 1)  # the child runs, and so has let go of the file
print("forked", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def lives(path: Path) -> bool | None:
    fd = os.open(path, os.O_RDONLY)
    try:
        return writer_lives(fd)
    finally:
        os.close(fd)


def test_child_writes(tmp_path: Path, run_python: RunPython) -> None:
    """A child goes on in a file of its own, as another writer of the same session; the run is its parent's to end."""
    own, given = sorted(map(Path, run_python(CHILD_WRITES, tmp_path / "run.jsonl").stdout.split()))
    assert given == tmp_path / "run.jsonl"
    start, decision, call, end = read_events(given)
    inside, helper, helper_end = read_events(own)
    writer, other = start["id"][:8], inside["id"][:8]
    assert own == tmp_path / f"run-{other}.jsonl"
    assert other != writer
    assert [event["id"] for event in (start, decision, call, end)] == [f"{writer}{n:08x}" for n in range(4)]
    assert [event["id"] for event in (inside, helper, helper_end)] == [f"{other}{n:08x}" for n in range(3)]
    assert len({event["session"] for event in (start, decision, call, end, inside, helper, helper_end)}) == 1
    assert (inside["parent"], helper["parent"], helper_end["parent"]) == (decision["id"], decision["id"], helper["id"])
    assert (end["type"], end["data"]["status"], helper["agent"]) == ("agent_end", "completed", "helper")
    store = Store.load([given, own])
    assert (store.snapshot().stats().missing, store.snapshot().stats().orphans) == ((), 0)
    assert (store.status(), len(store.snapshot())) == ("finished", 7)
    store.close()


def test_parent_dies(tmp_path: Path) -> None:
    """A child keeps no lock for a parent that is gone; while it writes itself, the run is running."""
    path = tmp_path / "run.jsonl"
    parent = subprocess.Popen(
        [sys.executable, "-c", CHILD_LIVES, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    with parent.stdin, parent.stdout:
        assert parent.stdout.readline() == "forked\n"
        assert parent.wait() == -signal.SIGKILL
        store = Store.load([path])
        assert (lives(path), store.status()) == (False, "crashed")
        store.close()

        print("hello", file=parent.stdin, flush=True)
        own = Path(parent.stdout.readline().strip())
        assert own == path.with_name(f"run-{read_events(own)[0]['id'][:8]}.jsonl")
        assert (lives(path), lives(own)) == (False, True)
        store = Store.load([path, own])
        assert store.status() == "running"
        assert store.snapshot().name(1) == "stdin"
        parent.stdin.close()
        assert parent.stdout.read() == ""  # the child is gone
    assert (lives(own), store.status()) == (False, "crashed")
    store.close()


def test_start_in_the_middle_of_a_fork(run_python: RunPython) -> None:
    """A child can open a session, though another thread of its parent was opening one when it forked."""
    program = """
import os, signal, threading
import capture
from capture._core import session

opening, forked = threading.Event(), threading.Event()

def hold():
    with session._lock:
        opening.set()
        forked.wait()

thread = threading.Thread(target=hold)
thread.start()
opening.wait()
child = os.fork()
if child == 0:
    signal.alarm(10)  # a child that waits forever would keep the test waiting too
    print(capture.start_session("child").path, flush=True)
    capture.end_session()
    os._exit(0)
_, status = os.waitpid(child, 0)
forked.set()
thread.join()
assert status == 0, status
"""
    [path] = map(Path, run_python(program).stdout.split())
    assert [event["type"] for event in read_events(path)] == ["agent_start", "agent_end"]


def test_fork_while_the_disk_is_asked(tmp_path: Path, run_python: RunPython) -> None:
    """A child is not held up by a thread of its parent that waited for the disk when it forked."""
    program = """
import os, signal, sys, threading
os.register_at_fork(after_in_child=lambda: signal.alarm(20))  # a child that waits forever would keep the test waiting
import capture
from capture.sinks import durable

asked, forked = threading.Event(), threading.Event()

def sync(fd):
    asked.set()
    forked.wait()

capture.init(mode="durable")
ctx = capture.start_session("desk", path=sys.argv[1])
durable._sync = sync
thread = threading.Thread(target=ctx.record_log, args=("stdout", "hello"))
thread.start()
asked.wait()
child = os.fork()
if child == 0:
    durable._sync = os.fsync
    ctx.record_log("stdout", "in the child")
    print(ctx.path, flush=True)
    os._exit(0)
_, status = os.waitpid(child, 0)
forked.set()
thread.join()
assert status == 0, status
"""
    [own] = map(Path, run_python(program, tmp_path / "run.jsonl").stdout.split())
    assert own != tmp_path / "run.jsonl"
    assert [event["data"]["text"] for event in read_events(own)] == ["in the child"]
