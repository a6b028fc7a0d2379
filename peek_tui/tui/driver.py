"""The terminal, written to sparingly."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver

from .canvas import Canvas

__all__ = ["SparingDriver"]


class SparingDriver(LinuxDriver):
    """Writes of each frame what the terminal does not show yet."""

    _canvas: Canvas | None = None

    def write(self, data: str) -> None:
        """Write a frame, or anything else as it is."""
        self._canvas = self._canvas or Canvas()
        if out := self._canvas.paint(data):
            super().write(out)

    def forget(self) -> None:
        """Write the next frame whole: the terminal does with its lines what it likes when its size changes."""
        self._canvas = None
