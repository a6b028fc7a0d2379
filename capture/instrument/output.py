"""What the program prints, as `log` events, a line each. Nothing of it is held back, and the streams stay as they are.

Seen is what goes through `sys.stdout.write` and `sys.stderr.write`, as `print` and `logging` do; not what a child
process or the C library writes.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from .._core.session import open_context
from ._patch import Patch, undo_all
from ._wrap import call
from .registry import Undo

__all__ = ["watch_output"]

_LONGEST = 100_000
"""Characters after which a line counts as one, ended or not."""


def watch_output() -> Undo:
    """Record what is printed from now on, in the session that is open."""
    streams = {"stdout": sys.stdout, "stderr": sys.stderr}
    printed = {name: _Printed(name) for name, stream in streams.items() if stream is not None}
    undo = undo_all(*(Patch(streams[name], "write", watch.wrap) for name, watch in printed.items()))

    def end() -> None:
        undo()
        for watch in printed.values():
            watch.end()

    return end


class _Printed:
    """Puts together what is written to one stream, and records it by lines."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._text = ""
        self._recording = threading.local()

    def wrap(self, patch: Patch) -> Callable[..., Any]:
        def write(*args: Any, **kwargs: Any) -> Any:
            if not patch.on or hasattr(self._recording, "now"):  # what recording prints is not the program's
                return patch.original(*args, **kwargs)
            return call(patch.original, self, args, kwargs)

        return write

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        if args and isinstance(args[0], str):
            *lines, self._text = (self._text + args[0]).split("\n")
            for line in lines:
                self._record(line)
            if len(self._text) > _LONGEST:
                self.end()

    def returned(self, result: Any) -> None: ...
    def raised(self, error: BaseException) -> None: ...

    def end(self) -> None:
        """Record what has no end of line."""
        text, self._text = self._text, ""
        if text:
            self._record(text)

    def _record(self, text: str) -> None:
        context = open_context()
        if context is None:
            return
        self._recording.now = True
        try:
            context.record_log(self._name, text)
        finally:
            del self._recording.now
