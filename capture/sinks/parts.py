"""A run in several files: `run.jsonl`, `run.2.jsonl`, `run.3.jsonl` … The next one begins when one is large or old
enough; of many, those in the middle go.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from ..interrupts import from_signal_handler
from .file import FileSink

__all__ = ["PartsSink", "Rotation"]


@dataclass(frozen=True)
class Rotation:
    """When a part ends, and how many are kept."""

    bytes: int | None = None
    """A part ends with the line that makes it this long."""
    seconds: float | None = None
    """A part ends with the first line that is written so long after it began."""
    keep: int | None = None
    """Parts that are kept: the first, which says what run it is, and the latest. All when None."""


class PartsSink:
    """Writes one part after the other."""

    def __init__(self, first: FileSink, rotation: Rotation) -> None:
        self._part = first
        self._rotation = rotation
        self._parts = [first.path]
        self._number = 1
        self._begin()

    @property
    def path(self) -> Path:
        """The file that is being written."""
        return self._part.path

    @property
    def next_path(self) -> Path:
        """The file that is written after that."""
        first = self._part.path if self._number == 1 else self._parts[0]
        return first.with_name(f"{first.stem}.{self._number + 1}{first.suffix}")

    def write(self, line: bytes) -> None:
        if not self._bytes:
            self._make_room()  # not before, for a part without a line is no file
        self._part.write(line)
        self._bytes += len(line)

    def settle(self) -> None:
        if hasattr(self._part, "settle"):
            self._part.settle()

    def is_part_full(self) -> bool:
        return self.is_full_with(self._bytes)

    def is_full_with(self, bytes: int) -> bool:
        """Whether this part ends with so many bytes of ours, now."""
        most, longest = self._rotation.bytes, self._rotation.seconds
        return (most is not None and bytes >= most) or (
            longest is not None and time.monotonic() - self._began >= longest
        )

    def next_part(self) -> None:
        path = self.next_path
        if self._number == 1:
            self._parts = [self._part.path]  # it may have been opened aside
        self._part.close()
        self._number += 1
        self._part = type(self._part)(path)
        self._parts.append(self._part.path)
        self._begin()

    def close(self) -> None:
        self._part.close()

    def forked(self, writer: str) -> PartsSink:
        return PartsSink(self._part.forked(writer), self._rotation)

    def _make_room(self) -> None:
        while self._rotation.keep is not None and len(self._parts) > max(2, self._rotation.keep):
            _remove(self._parts.pop(1))

    def _begin(self) -> None:
        self._bytes = 0
        self._began = time.monotonic()


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
        shutil.rmtree(path.with_name(f"{path.name}.blobs"), ignore_errors=True)
    except OSError as error:  # somebody else's to keep
        if from_signal_handler(error):
            raise
