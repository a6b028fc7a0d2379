"""The terminal that the screen is written to."""

from __future__ import annotations

import os
import pty
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from peek_tui.tui.app import PeekApp
from peek_tui.tui.driver import SparingDriver


async def test_terminal_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes to a terminal that has gone away does not wait for it: they would never hear that it went."""
    ours, its = pty.openpty()
    with suppress(OSError), open(its, "w") as terminal:  # noqa: ASYNC230, PTH123  closed, it writes the rest
        monkeypatch.setattr(sys, "__stderr__", terminal)
        monkeypatch.setattr(sys, "__stdin__", terminal)
        file = SparingDriver(PeekApp(directory=tmp_path))._file
        assert file is not None
        writer = WriterThread(file)
        os.close(ours)

        def write() -> None:
            for _ in range(3 * MAX_QUEUED_WRITES):
                writer.write("x" * 9_000)

        writer.start()
        frames = Thread(target=write, daemon=True)
        frames.start()
        frames.join(20)
        assert not frames.is_alive()
        writer.stop()
