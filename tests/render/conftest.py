"""What the tests of text share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.state.traces import TraceFile, close_all


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """What a test has read is let go of."""
    yield
    close_all()


@pytest.fixture
def trace_file(tmp_path: Path) -> TraceFile:
    """An empty trace file."""
    return TraceFile(tmp_path / "trace.jsonl")
