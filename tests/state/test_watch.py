from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

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
