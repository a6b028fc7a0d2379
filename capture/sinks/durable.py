"""A trace file whose acknowledged lines survive the loss of power.

Whoever wrote a line waits until the disk has it. Of several threads that wait, one asks the disk, for all of them.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from .file import FileSink, beside

__all__ = ["DurableSink"]

_sync = getattr(os, "fdatasync", None) or os.fsync


class DurableSink(FileSink):
    """Appends lines to `path`; `settle` returns when they are on the disk."""

    def __init__(self, path: Path, aside: Path | None = None) -> None:
        super().__init__(path, aside)
        self._written = self._safe = 0
        """Lines that were written, and how many of those are on the disk."""
        self._syncing = threading.RLock()

    def write(self, line: bytes) -> None:
        super().write(line)
        self._written += 1

    def settle(self) -> None:
        mine = self._written
        with self._syncing:
            if self._safe < mine and self._fd >= 0:
                all_so_far = self._written
                _sync(self._fd)
                self._safe = all_so_far

    def close(self) -> None:
        with self._syncing:
            try:
                self.settle()
            finally:
                super().close()

    def forked(self, writer: str) -> DurableSink:
        """Let go without the lock, which a thread may hold that this process does not have, and without the disk:
        what was written is the parent's.
        """
        FileSink.close(self)
        return DurableSink(beside(self.path, writer))
