"""The traces that measurements read, made when the first one asks, in a directory on a real disk."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path

from .processes import environment, run

__all__ = ["Traces", "scratch_directory"]


class Traces:
    """Makes traces in a directory; each of them once."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._generated: dict[int, Path] = {}

    @cached_property
    def demo(self) -> Path:
        """The trace of a real run of the demo's agent, whose model speaks through a real client."""
        path = self.directory / "demo.jsonl"
        run("-m", "peek_tui.demo.agent", "--speed", "0", "--out", str(path))
        return path

    def generated(self, events: int) -> Path:
        """Return a trace of so many events."""
        path = self.directory / f"generated-{events}.jsonl"
        if not path.exists():
            run("-m", "peek_tui", "demo", "--events", str(events), "--out", str(path))
        return path


@contextmanager
def scratch_directory() -> Iterator[Path]:
    """Make a directory for as long as it is needed: where TMPDIR says, else in /var/tmp, for /tmp is often memory."""
    parent = None if "TMPDIR" in os.environ or not Path("/var/tmp").is_dir() else "/var/tmp"
    with tempfile.TemporaryDirectory(prefix="peek-bench-", dir=parent) as name:
        yield Path(name)
