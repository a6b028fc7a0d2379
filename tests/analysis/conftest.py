"""What the tests of analysis share: a run to write, and stores that are closed when a test ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.state.traces import close_all

from .run import Run


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """An empty run."""
    yield Run(tmp_path / "run.jsonl")
    close_all()
