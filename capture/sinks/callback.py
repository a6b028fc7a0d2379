"""Lines given to a function of the host's, for containers whose disk does not outlive them."""

from __future__ import annotations

import errno
from collections.abc import Callable

from ..interrupts import from_signal_handler

__all__ = ["CallbackSink"]


class CallbackSink:
    """Calls a function with every line. What it raises is a line that is lost."""

    def __init__(self, callback: Callable[[bytes], object]) -> None:
        self._callback = callback

    def write(self, line: bytes) -> None:
        try:
            self._callback(line)
        except Exception as error:
            if from_signal_handler(error):
                raise
            raise OSError(errno.EIO, f"the callback raised {type(error).__name__}") from error

    def close(self) -> None:
        """The function has all there is."""

    def forked(self, writer: str) -> CallbackSink:
        return CallbackSink(self._callback)
