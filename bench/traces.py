"""The traces that measurements read: each is made when the first one asks for it, in a directory on a real disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .processes import run

__all__ = ["EVENTS_OF_100_MB", "Traces", "scratch_directory", "size_of"]

EVENTS_OF_100_MB = 204_000
"""How many generated events make 100 MB."""


class Traces:
    """Makes traces in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def demo(self) -> Path:
        """Return the trace of a real run of the demo's agent."""
        path = self.directory / "demo.jsonl"
        if not path.exists():
            run("-m", "peek_tui.demo.agent", "--speed", "0", "--out", str(path))
        return path

    def generated(self, events: int) -> Path:
        """Return a generated trace of so many events, about 500 bytes each."""
        path = self.directory / f"generated-{events}.jsonl"
        if not path.exists():
            run("-m", "peek_tui", "demo", "--events", str(events), "--out", str(path))
        return path


def size_of(path: Path) -> str:
    """Return how big a trace is, as the table shows it."""
    size = path.stat().st_size
    return f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} KB"


@contextmanager
def scratch_directory() -> Iterator[Path]:
    """Make a directory for as long as it is needed: where TMPDIR says, else in /var/tmp, for /tmp is often memory."""
    on_disk = Path("/var/tmp")
    parent = on_disk if "TMPDIR" not in os.environ and on_disk.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="peek-bench-", dir=parent) as name:
        yield Path(name)
