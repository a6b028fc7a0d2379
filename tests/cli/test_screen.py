"""What is said before the screen takes the terminal over."""

from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.cli import screen
from peek_tui.errors import InputError
from tests.state.traces import TraceFile


def test_damage_at_the_beginning(tmp_path: Path) -> None:
    """A trace that begins with more damage than is read at first is no less a trace."""
    trace = TraceFile(tmp_path / "run.jsonl")
    trace.write(b"garbage\n" * 10_000)
    with pytest.raises(InputError, match="is not a trace Peek can read: line 1 is not JSON"):
        screen._check([trace.path], "run.jsonl", None)
    trace.add("log")
    screen._check([trace.path], "run.jsonl", None)
