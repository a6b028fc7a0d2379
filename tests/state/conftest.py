"""What the tests of the view state share: a trace, and a clock in a known place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .traces import TraceFile, close_all

InZone = Callable[[str], None]


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """What a test has read is let go of."""
    yield
    close_all()


@pytest.fixture
def trace(tmp_path: Path) -> TraceFile:
    """An empty trace file."""
    return TraceFile(tmp_path / "trace.jsonl")


@pytest.fixture
def in_zone() -> Iterator[InZone]:
    """Local time is UTC, or that of the zone the test calls for."""
    with pytest.MonkeyPatch.context() as environment:

        def move(zone: str) -> None:
            environment.setenv("TZ", zone)
            time.tzset()

        move("UTC")
        yield move
    time.tzset()
