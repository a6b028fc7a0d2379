from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

import capture
from peek_tui.state import live
from peek_tui.state.live import Live
from peek_tui.trace.store import Store

from .traces import TraceFile

Watch = Callable[[Path], tuple[Store, Live]]


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(live, "monotonic", clock)
    return clock


@pytest.fixture
def watch(clock: Clock) -> Iterator[Watch]:
    """Watch the run in a file."""
    with ExitStack() as stores:

        def watch(path: Path) -> tuple[Store, Live]:
            store = Store.load([path])
            stores.callback(store.close)
            return store, Live(store)

        yield watch


def read_on(store: Store) -> None:
    while store.advance():
        pass


def test_running_then_finished(tmp_path: Path, clock: Clock, watch: Watch) -> None:
    """A run is running while its writer has the file open, and then it has ended the way its agent did."""
    path = tmp_path / "trace.jsonl"
    with capture.TraceContext(agent_name="a", path=path):
        store, watched = watch(path)
        assert (watched.words, watched.may_grow) == ("● RUNNING", True)
    read_on(store)
    assert watched.poll(complete=True)
    assert (watched.words, watched.may_grow) == ("■ FINISHED completed", False)


def test_error(tmp_path: Path, clock: Clock, watch: Watch) -> None:
    """A run whose agent failed is finished with an error."""
    path = tmp_path / "trace.jsonl"
    with pytest.raises(ZeroDivisionError), capture.TraceContext(agent_name="a", path=path):
        raise ZeroDivisionError
    _, watched = watch(path)
    watched.poll(complete=True)
    assert watched.words == "■ FINISHED error"


def test_crashed(tmp_path: Path, clock: Clock, watch: Watch) -> None:
    """A run whose process was killed has crashed."""
    path = tmp_path / "trace.jsonl"
    program = f"import capture, os; capture.start_session('a', {str(path)!r}); os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    _, watched = watch(path)
    assert (watched.words, watched.may_grow) == ("✗ CRASHED", False)


def test_half_a_line_left(trace: TraceFile, clock: Clock, watch: Watch) -> None:
    """A short file that ends in half a line counts as read once there is no more to read."""
    start = trace.add("agent_start", "a")
    trace.add("agent_end", "a", {"status": "completed"}, parent=start)
    trace.path.write_bytes(trace.path.read_bytes() + b'{"v":1,"ts":1763')
    store, watched = watch(trace.path)
    assert watched.words == "■ FINISHED completed · READING 96%"
    read_on(store)
    assert watched.poll(complete=True)
    assert watched.words == "■ FINISHED completed"


def test_foreign_host(trace: TraceFile, clock: Clock, watch: Watch) -> None:
    """Of a run on another machine nobody here can tell whether it still runs."""
    trace.add("agent_start", "a", {"host": "elsewhere.example"})
    _, watched = watch(trace.path)
    assert (watched.words, watched.may_grow) == ("? UNKNOWN", True)


def test_truncated(trace: TraceFile, clock: Clock, watch: Watch) -> None:
    """A file that someone has cut is read again, and that is said."""
    trace.add("log")
    trace.add("log")
    store, watched = watch(trace.path)
    os.truncate(trace.path, 10)
    read_on(store)
    assert watched.poll(complete=True)
    assert watched.words == "? UNKNOWN READ AGAIN"
    clock.now += 1
    assert not watched.poll(complete=True)


def test_not_too_often(tmp_path: Path, clock: Clock, watch: Watch) -> None:
    """The writer's lock is probed twice a second at the most."""
    path = tmp_path / "trace.jsonl"
    with capture.TraceContext(agent_name="a", path=path):
        store, watched = watch(path)
        assert not watched.poll(complete=True)
    read_on(store)
    clock.now += 0.49
    assert not watched.poll(complete=True)
    clock.now += 0.02
    assert watched.poll(complete=True)


def test_no_change(tmp_path: Path, clock: Clock, watch: Watch) -> None:
    """A look that finds nothing new has nothing to say."""
    path = tmp_path / "trace.jsonl"
    with capture.TraceContext(agent_name="a", path=path):
        _, watched = watch(path)
        for _ in range(3):
            assert not watched.poll(complete=True)
            clock.now += 1


def test_hostile_outcome(trace: TraceFile, clock: Clock, watch: Watch) -> None:
    """What the trace calls its outcome cannot speak to the terminal."""
    start = trace.add("agent_start", "a")
    trace.add("agent_end", "a", {"status": "\x1b]52;c;SGVsbG8=\x07"}, parent=start)
    _, watched = watch(trace.path)
    watched.poll(complete=True)
    assert watched.words == "■ FINISHED ␛]52;c;SGVsbG8=␇"


def test_several_sessions(tmp_path: Path, clock: Clock) -> None:
    """Of several sessions the one that came out worst is spoken of."""
    paths = [tmp_path / f"{number}.jsonl" for number in range(2)]
    for path, status in zip(paths, ("error", "completed"), strict=True):
        capture.start_session("desk", path)
        capture.end_session(status)
    with closing(Store.load(paths)) as store:
        assert Live(store).words == "■ FINISHED error"
