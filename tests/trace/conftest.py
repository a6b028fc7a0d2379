"""What the tests of the reader share: a trace file, and stores that are closed when a test ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from peek_tui.trace import batch, index
from peek_tui.trace.store import Store
from tests.state.traces import TraceFile

Load = Callable[..., Store]

HALVES = {"lists": index.SMALL, "vectors": 0}
"""The two ways in which the index reads, each with the size up to which a trace is a small one."""


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read as vectors is read so however few lines there are: the traces of tests are short."""
    monkeypatch.setattr(batch, "FEW", 0)


@pytest.fixture(params=HALVES)
def half(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A test that asks for it runs twice: every block is read line by line, and every block as vectors."""
    name: str = request.param
    monkeypatch.setattr(index, "SMALL", HALVES[name])
    return name


@pytest.fixture
def trace(tmp_path: Path) -> TraceFile:
    """An empty trace file."""
    return TraceFile(tmp_path / "run.jsonl")


@pytest.fixture
def load() -> Iterator[Load]:
    """Read all that files hold, and keep them open until the test ends."""
    with ExitStack() as stores:

        def open_store(*files: TraceFile | Path) -> Store:
            store = Store.load([file.path if isinstance(file, TraceFile) else file for file in files])
            stores.callback(store.close)
            return store

        yield open_store
