"""What the tests of the Python API share: a trace file, and debuggers on files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from peek_tui import Debugger
from peek_tui.demo.generate import generate
from tests.state.traces import TraceFile
from tests.trace.importers.foreign import DATA

Load = Callable[..., Debugger]


@pytest.fixture
def trace(tmp_path: Path) -> TraceFile:
    """An empty trace file."""
    return TraceFile(tmp_path / "run.jsonl")


@pytest.fixture
def load() -> Iterator[Load]:
    """Open files, and close them when the test ends."""
    with ExitStack() as opened:
        yield lambda *paths, **options: opened.enter_context(Debugger.load(*paths, **options))


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 3,000 events."""
    path = tmp_path_factory.mktemp("generated") / "run.jsonl"
    generate(path, 3_000)
    return path


@pytest.fixture(params=["generated", "transcript", "stream"])
def real(request: pytest.FixtureRequest, generated: Path) -> Path:
    """A generated run, a transcript with its subagents, and a stream."""
    transcript = DATA / "c0dd4541-edf8-42ad-988b-48514793592b.jsonl"
    return {"generated": generated, "transcript": transcript, "stream": DATA / "stream.jsonl"}[request.param]
