from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Event

import pytest

from peek_tui.state import watch
from peek_tui.state.watch import SessionWatch

from .traces import TraceFile

PATIENCE = 30.0


class Watching:
    """A watch at work, and what it has told."""

    def __init__(self, directory: Path) -> None:
        self.watch = SessionWatch(directory)
        self._news: SimpleQueue[None] = SimpleQueue()
        self.watch.start(lambda: self._news.put(None))

    def wait(self) -> list[str]:
        """Wait for news, and return which agents there are."""
        self._news.get(timeout=PATIENCE)
        return [session.agent for session in self.watch.sessions or ()]


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[[], Watching]]:
    started: list[Watching] = []

    def watching() -> Watching:
        started.append(Watching(tmp_path))
        return started[-1]

    yield watching
    for one in started:
        one.watch.stop()
        assert one.watch.join(PATIENCE)


def test_finds(tmp_path: Path, watching: Callable[[], Watching]) -> None:
    """The sessions are found, and those that come later, as soon as somebody wants to know."""
    TraceFile(tmp_path / "one.jsonl", "11111111", "a" * 32).add("agent_start", "first")
    looking = watching()
    assert looking.wait() == ["first"]
    TraceFile(tmp_path / "two.jsonl", "22222222", "b" * 32).add("agent_start", "second")
    looking.watch.wake()
    assert sorted(looking.wait()) == ["first", "second"]


def test_none(watching: Callable[[], Watching]) -> None:
    """That there are none is news too, and is known from not having looked."""
    looking = watching()
    assert looking.wait() == []
    assert looking.watch.sessions == []


def test_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first look finds is told as it is found, and that there may be more until it has come to its end."""
    for number in (1, 2):
        TraceFile(tmp_path / f"{number}.jsonl", f"{number}" * 8, f"{number}" * 32).add("agent_start", "one")
    monkeypatch.setattr(watch, "_EVERY", 0.0)
    looking = SessionWatch(tmp_path)
    told: list[tuple[int, bool]] = []
    ended = Event()

    def tell() -> None:
        told.append((len(looking.sessions or ()), looking.looking_first))
        if not looking.looking_first:
            ended.set()

    looking.start(tell)
    assert ended.wait(PATIENCE)
    looking.stop()
    assert looking.join(PATIENCE)
    assert told == [(1, True), (2, True), (2, False)]
