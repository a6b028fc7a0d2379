"""What the tests of the recorder share: an open context on a clock that stands still, and both JSON encoders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import capture
from capture import TraceContext, values
from capture.testing import ManualClock, SeededRandomness


@pytest.fixture
def clock() -> ManualClock:
    """The clock of contexts opened in this test."""
    clock = ManualClock()
    capture.init(clock=clock, randomness=SeededRandomness())
    return clock


@pytest.fixture
def ctx(tmp_path: Path, clock: ManualClock) -> Iterator[TraceContext]:
    """An open context that writes `run.jsonl`."""
    with TraceContext("desk", path=tmp_path / "run.jsonl") as context:
        yield context


@pytest.fixture(params=["orjson", "json"])
def encoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The values are written and read with orjson, and without it."""
    name: str = request.param
    if name == "json":
        monkeypatch.setattr(values, "_dumps", None)
        monkeypatch.setattr(values, "_loads", json.loads)
    return name
