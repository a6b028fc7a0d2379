"""A terminal with a process in it: what it writes and when, and keys for it.

It answers no question of the program's, as an old terminal would; what counts is bytes and moments. What is on its
screen is worked out only where somebody waits for it.
"""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Iterator
from functools import partial
from time import perf_counter
from types import TracebackType
from typing import NamedTuple

import pyte
from pyte.screens import Char

from .processes import ROOT, cpu_seconds, environment

__all__ = ["DOWN", "PAGE_DOWN", "Answer", "Terminal"]

ROWS, COLUMNS = 40, 120
DOWN, PAGE_DOWN = b"\x1b[B", b"\x1b[6~"

_QUIET = 0.02
"""Seconds without a byte after which a frame is over."""
_PATIENCE = 30.0
"""Seconds after which something that should have been written is not waited for any longer."""


class Answer(NamedTuple):
    """What a key led to."""

    bytes: int
    seconds: float
    """From writing the key to the arrival of the last byte."""
    cells: int
    """How many places of the screen look otherwise than before."""


class Terminal:
    """Runs a program, Python if nothing else is said, on a terminal of its own, until the `with` ends."""

    def __init__(self, *arguments: str, program: str = sys.executable) -> None:
        self._program = program
        self._arguments = arguments
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._written = bytearray()
        """What has been written and is not on the screen yet."""

    def __enter__(self) -> Terminal:
        self._fd, inner = pty.openpty()
        termios.tcsetwinsize(inner, (ROWS, COLUMNS))
        self.started = perf_counter()
        self._process = subprocess.Popen(
            [self._program, *self._arguments],
            cwd=ROOT,
            env=environment(),
            preexec_fn=partial(os.login_tty, inner),  # noqa: PLW1509  there are no threads here
        )
        os.close(inner)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._fd)

    def wait_for(self, text: str) -> float:
        """Return the seconds from the start of the process to the moment this text was on the screen."""
        return self._arrival(text) - self.started

    def press_until(self, key: bytes, text: str) -> float:
        """Press a key when all that came is on the screen; return the seconds to the moment this text was, too."""
        self.settle(0)
        self._cells()
        pressed = perf_counter()
        os.write(self._fd, key)
        return self._arrival(text) - pressed

    def type(self, key: bytes) -> None:
        """Press a key that nobody measures, and wait until the screen stands still."""
        os.write(self._fd, key)
        self.settle(0.1)

    def press(self, key: bytes, quiet: float = _QUIET) -> Answer:
        """Press a key that changes what is shown, and return what came until nothing did for so many seconds."""
        before = self._cells()
        pressed = last = perf_counter()
        os.write(self._fd, key)
        size = 0
        while block := self._read(quiet if size else _PATIENCE):
            last = perf_counter()
            size += len(block)
        if not size:
            raise TimeoutError(f"{' '.join(self._arguments)} did not answer {key!r} within {_PATIENCE:.0f} s")
        cells = zip(before, self._cells(), strict=True)
        return Answer(size, last - pressed, sum(cell != now for cell, now in cells))

    def settle(self, quiet: float = 0.3) -> None:
        """Wait until nothing has been written for so many seconds."""
        while self._read(quiet):
            pass

    def blocks(self, seconds: float) -> Iterator[tuple[float, bytes]]:
        """Yield what arrives within so many seconds, and the moment at which it did."""
        end = perf_counter() + seconds
        while (left := end - perf_counter()) > 0:
            block = self._read(left)
            if block:
                yield perf_counter(), block

    def screens(self, seconds: float) -> Iterator[tuple[float, str]]:
        """Yield the moments within so many seconds at which something arrived, and what is on the screen then."""
        for moment, _ in self.blocks(seconds):
            yield moment, self._shown()

    def cpu_seconds(self) -> float:
        """Return the processor time the process has used so far."""
        return cpu_seconds(self._process.pid)

    def _arrival(self, text: str) -> float:
        """Return the moment at which all of this text was on the screen."""
        for moment, shown in self.screens(_PATIENCE):
            if text in shown:
                return moment
        raise TimeoutError(f"{' '.join(self._arguments)} did not show {text!r} within {_PATIENCE:.0f} s")

    def _shown(self) -> str:
        cells = self._cells()
        lines = (cells[start : start + COLUMNS] for start in range(0, len(cells), COLUMNS))
        return "\n".join("".join(cell.data for cell in line) for line in lines)

    def _cells(self) -> list[Char]:
        """Return what is in each place of the screen, line by line."""
        self._stream.feed(bytes(self._written))
        self._written.clear()
        lines = self._screen.buffer  # not `display`, which fails at the second half of an overwritten wide character
        return [lines[row][column] for row in range(ROWS) for column in range(COLUMNS)]

    def _read(self, seconds: float) -> bytes:
        """Return what arrives next, or nothing when nothing does in time."""
        ready = select.poll()  # which, unlike select, knows descriptors beyond 1023
        ready.register(self._fd, select.POLLIN)
        if not ready.poll(seconds * 1_000):
            return b""
        try:
            block = os.read(self._fd, 1 << 16)
        except OSError:  # what Linux says once the process has gone
            block = b""
        if not block:
            raise RuntimeError(f"{' '.join(self._arguments)} has ended, with status {self._process.wait()}")
        self._written += block
        return block
