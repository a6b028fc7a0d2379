"""Big values stand in files of their own beside the trace: `<trace>.blobs/<sha256>`, and their beginning in the trace.

A file is named by what it holds, so a value that comes again is there already. It is written under another name first:
a file with its own name is whole. One that cannot be written costs that value but for its beginning, never the event.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..interrupts import from_signal_handler

__all__ = ["BLOB_BYTES", "Blobs"]

BLOB_BYTES = 1024 * 1024
"""Bytes of a string from which on it goes to a file."""
_HEAD = 1_000
"""Characters of it that stand in the trace."""
_MAY_BE_BIG = ("data", "source")
"""Where in an event a string may be replaced; elsewhere a reader needs it as it is."""


class Blobs:
    """Takes the big strings out of the events of one writer. `trace` tells which file that writes, if it is one."""

    def __init__(self, trace: Callable[[], Path | None], bound: int = BLOB_BYTES) -> None:
        self._trace = trace
        self.bound = bound

    def revise(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return an event of plain JSON without its big strings; it is changed in place."""
        trace = self._trace()
        if trace is None:
            return event
        directory = trace.with_name(f"{trace.name}.blobs")
        nodes = [event[key] for key in _MAY_BE_BIG if isinstance(event.get(key), dict)]
        for node in nodes:  # the list grows while it is walked
            for key, value in node.items() if isinstance(node, dict) else enumerate(node):
                if isinstance(value, str):
                    if len(value) * 4 > self.bound:
                        node[key] = self._bounded(value, directory)
                elif isinstance(value, dict | list):
                    nodes.append(value)
        return event

    def _bounded(self, text: str, directory: Path) -> Any:
        import hashlib

        content = text.encode("utf-8", "surrogatepass")
        if len(content) <= self.bound:
            return text
        name = hashlib.sha256(content).hexdigest()
        try:
            _write(directory, name, content)
        except OSError as error:  # its beginning is kept, and the reader says that the file is not there
            if from_signal_handler(error):
                raise
        return {"$blob": name, "bytes": len(content), "head": text[:_HEAD]}


def _write(directory: Path, name: str, content: bytes) -> None:
    path = directory / name
    if path.exists() and path.stat().st_size == len(content):
        return
    directory.mkdir(mode=0o700, exist_ok=True)
    half = directory / f".{name}.{os.getpid()}.{threading.get_ident()}"
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
