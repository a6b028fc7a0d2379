"""Bytes that Peek has to keep itself, because they stand nowhere as it reads them: on disk, not in memory."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["Spool", "spool_directory"]

_LASTING = "/var/tmp"


class Spool:
    """A file without a name: it is gone when it is closed, however this process ends."""

    def __init__(self) -> None:
        import tempfile

        self._fd, name = tempfile.mkstemp(prefix="peek-", dir=spool_directory())
        Path(name).unlink()
        self.size = 0

    def append(self, data: bytes) -> None:
        """Keep more. Raises OSError when the disk is full; what was there stays."""
        view, at = memoryview(data), self.size
        while view:
            written = os.pwrite(self._fd, view, at)
            view, at = view[written:], at + written
        self.size = at

    def bytes_at(self, offset: int, length: int) -> bytes:
        return os.pread(self._fd, max(0, min(length, self.size - offset)), offset)

    def close(self) -> None:
        os.close(self._fd)


def spool_directory() -> str:
    """Return where to keep what may be large: where the user said, else not `/tmp`, which is often memory."""
    import tempfile

    chosen = tempfile.gettempdir()
    return _LASTING if chosen == "/tmp" and os.access(_LASTING, os.W_OK | os.X_OK) else chosen
