"""The traces that measurements read: each is made when the first one asks for it, in a directory on a real disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from .foreign import write_foreign
from .processes import run

__all__ = ["EVENTS_OF_1_GB", "EVENTS_OF_100_MB", "Traces", "scratch_directory", "size_of"]

EVENTS_OF_100_MB = 204_000
"""How many generated events make 100 MB."""
EVENTS_OF_1_GB = 2_000_000


class Traces:
    """Makes traces in a directory."""

    def __init__(self, directory: Path, kept: Path | None = None) -> None:
        """`kept` is where generated traces are looked for and left, if not in the directory, which goes at the end."""
        self.directory = directory
        self._kept = kept or directory

    def demo(self) -> Path:
        """Return the trace of a real run of the demo's agent."""
        path = self.directory / "demo.jsonl"
        if not path.exists():
            run("-m", "peek_tui.demo.agent", "--speed", "0", "--out", str(path))
        return path

    def generated(self, events: int) -> Path:
        """Return a generated trace of so many events, about 500 bytes each."""
        return self._made(f"generated-{events}.jsonl", partial(_generate, events))

    def foreign(self, events: int) -> Path:
        """Return the same events with their keys in another order."""
        return self._made(f"foreign-{events}.jsonl", partial(write_foreign, self.generated(events)))

    def _made(self, name: str, make: Callable[[Path], None]) -> Path:
        """Return the file of this name; it is made under another, so that half a trace is never taken for one."""
        path = self._kept / name
        if not path.exists():
            self._kept.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}")
            make(part)
            part.replace(path)
        return path


def _generate(events: int, out: Path) -> None:
    run("-m", "peek_tui", "demo", "--events", str(events), "--out", str(out))


def size_of(path: Path) -> str:
    """Return how big a trace is, as the table shows it."""
    size = path.stat().st_size
    if size >= 950e6:
        return f"{size / 1e9:.0f} GB"
    return f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} KB"


@contextmanager
def scratch_directory() -> Iterator[Path]:
    """Make a directory for as long as it is needed: where TMPDIR says, else in /var/tmp, for /tmp is often memory."""
    on_disk = Path("/var/tmp")
    parent = on_disk if "TMPDIR" not in os.environ and on_disk.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="peek-bench-", dir=parent) as name:
        yield Path(name)
