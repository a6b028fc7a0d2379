"""A terminal for a program: a real pty, a screen that understands what the program writes, and its raw bytes."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import monotonic
from types import TracebackType

import pyte

__all__ = ["DEADLINE", "KEYS", "Terminal"]

DEADLINE = 25.0
"""Seconds within which what is waited for must happen, on a machine that has other things to do."""

KEYS = {
    "backspace": b"\x7f",
    "ctrl+c": b"\x03",
    "ctrl+d": b"\x04",
    "ctrl+u": b"\x15",
    "down": b"\x1b[B",
    "end": b"\x1b[F",
    "enter": b"\r",
    "escape": b"\x1b",
    "home": b"\x1b[H",
    "left": b"\x1b[D",
    "pagedown": b"\x1b[6~",
    "pageup": b"\x1b[5~",
    "right": b"\x1b[C",
    "shift+tab": b"\x1b[Z",
    "space": b" ",
    "tab": b"\t",
    "up": b"\x1b[A",
}
"""What a terminal sends for the keys that have names."""


class Terminal:
    """Runs a program in a terminal of its own until the `with` block ends, which kills what still runs."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        self.patience = DEADLINE
        """Seconds within which what is waited for must happen."""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.written = bytearray()
        """Every byte the program has written."""
        self._ours, self._its = pty.openpty()
        self._set_size(columns, rows)
        self.modes_before = termios.tcgetattr(self._its)
        self.process = subprocess.Popen(
            command,
            env=dict(environment),
            close_fds=True,
            preexec_fn=partial(os.login_tty, self._its),  # noqa: PLW1509  only the child can take its terminal
        )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)
        os.close(self._its)

    # -- what is on it ---------------------------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        """The lines on the screen, without the blanks at their ends.

        A frame may have come in part: then half of a wide character can be all there is of it.
        """
        rows = (self._screen.buffer[row] for row in range(self._screen.lines))
        return ["".join(row[column].data for column in range(self._screen.columns)).rstrip() for row in rows]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def output(self) -> str:
        """Everything the program has written, as text; of a character that has come in part, nothing yet."""
        return getincrementaldecoder("utf-8")().decode(self.written)

    @property
    def modes(self) -> list[object]:
        """How the terminal treats what is typed and written (termios)."""
        return termios.tcgetattr(self._its)

    # -- using it --------------------------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Type keys: names of `KEYS`, or text as it is."""
        os.write(self._ours, b"".join(KEYS.get(key) or key.encode() for key in keys))

    def clear(self) -> None:
        """Show nothing any more, as if another program had cleared the screen."""
        self._screen.erase_in_display(2)

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal larger or smaller; the kernel tells the program."""
        self._screen.resize(rows, columns)
        self._set_size(columns, rows)

    def wait_until(self, true: Callable[[], bool], what: str) -> None:
        """Read what the program writes until something is true of the screen."""
        deadline = monotonic() + self.patience
        while not true():
            assert monotonic() < deadline, f"{what} did not come; the screen:\n{self.text}"
            assert self.process.poll() is None, f"the program ended before {what} came; the screen:\n{self.text}"
            self._read(0.05)

    def wait_for(self, *texts: str) -> None:
        """Wait until all of these texts are on the screen."""
        self.wait_until(lambda: all(text in self.text for text in texts), repr(texts))

    def wait_gone(self, text: str) -> None:
        """Wait until a text is not on the screen."""
        self.wait_until(lambda: text not in self.text, f"the end of {text!r}")

    def wait_end(self) -> int:
        """Wait until the program ends, and return its exit code."""
        deadline = monotonic() + self.patience
        while self.process.poll() is None:
            assert monotonic() < deadline, f"the program did not end; the screen:\n{self.text}"
            self._read(0.05)
        while self._read(0):
            pass
        return self.process.returncode

    def settle(self) -> None:
        """Read until the program has nothing to write for half a second."""
        deadline = monotonic() + self.patience
        while self._read(0.5):
            assert monotonic() < deadline, f"the program does not come to rest; the screen:\n{self.text}"

    def listen(self, seconds: float) -> None:
        """Read for so long."""
        deadline = monotonic() + seconds
        while (left := deadline - monotonic()) > 0:
            self._read(left)

    def _read(self, timeout: float) -> bool:
        ready = select.poll()  # which, unlike select, knows descriptors beyond 1023
        ready.register(self._ours, select.POLLIN)
        if not ready.poll(timeout * 1_000):
            return False
        block = os.read(self._ours, 1 << 16)
        self.written += block
        self._stream.feed(block)
        return True

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
