"""The terminal, written to sparingly."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

from textual.drivers.linux_driver import LinuxDriver

from .canvas import Canvas

if TYPE_CHECKING:
    from textual.app import App

__all__ = ["SparingDriver"]


class _Lasting:
    """A terminal that takes whatever is written to it, also when it has gone away."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()


class SparingDriver(LinuxDriver):
    """Writes of each frame what the terminal does not show yet."""

    _canvas: Canvas | None = None

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # Frames wait in a short queue for a thread, which a terminal that goes away would end: who puts the next one in
        # would wait for good, and never hear of the signal that the terminal sends as it goes.
        self._file = _Lasting(self._file)  # type: ignore[assignment, arg-type]

    def write(self, data: str) -> None:
        """Write a frame, or anything else as it is."""
        self._canvas = self._canvas or Canvas()
        if out := self._canvas.paint(data):
            super().write(out)

    def forget(self) -> None:
        """Write the next frame whole: the terminal does with its lines what it likes when its size changes."""
        self._canvas = None
