"""Lines that another thread writes, so that a slow sink costs the agent nothing but a place in a queue.

What it promises: the agent waits for no sink, but for a bounded moment at the end of the run. What does not fit into
the queue is dropped and counted. What is in it when the process is killed is lost, and no later line tells of it.
"""

from __future__ import annotations

import atexit
import errno
import os
import threading
from _thread import LockType
from collections import deque
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from . import Lost, Sink

__all__ = ["CLOSE_WITHIN", "QUEUE_BYTES", "QueuedSink"]

QUEUE_BYTES = 8 * 1024 * 1024
"""Bytes of lines that wait; more are dropped."""
CLOSE_WITHIN = 2.0
"""Seconds that the end of a run waits for what is in the queue."""
_STOP = b""
"""Stands in the queue for the end of the thread."""


class QueuedSink:
    """Hands lines to `sink` from a thread of its own, in their order."""

    def __init__(self, sink: Sink, most: int, close_within: float) -> None:
        self._sink = sink
        self._most = most
        self._close_within = close_within
        self.late_losses: deque[Lost] = deque()
        self._queue: SimpleQueue[bytes | LockType | None] = SimpleQueue()
        """Lines, None where the sink is to go on in its next part, and locks to be released when it is their turn. A
        signal handler or a destructor may put something in while this thread does: that is the one queue that lets it.
        """
        self._put = self._taken = 0
        """Bytes that came and bytes that went: each is changed by one thread only."""
        self._thread: threading.Thread | None = None
        self._starting = False
        """Whether the thread is being started: a signal handler that records meanwhile must not start another one."""
        self._given_up = False
        self._in_part = 0
        """Bytes for the part that is being written."""
        self._turning = False
        """Whether the sink has not come to that part yet."""
        self._next_path: Path | None = None
        """That part's, since there is one."""

    @property
    def path(self) -> Path | None:
        """The file that the next line is written to in the end."""
        path: Path | None = self._next_path or getattr(self._sink, "path", None)
        return path

    def write(self, line: bytes) -> None:
        if self._put - self._taken + len(line) > self._most:
            raise OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS))
        if not self._starting and (self._thread is None or not self._thread.is_alive()):
            self._start()
        self._put += len(line)
        self._in_part += len(line)
        self._queue.put(line)

    def is_part_full(self) -> bool:
        """Whether the sink's part is full once it has all that was put into the queue."""
        is_full_with = getattr(self._sink, "is_full_with", None)
        return is_full_with is not None and not self._turning and bool(is_full_with(self._in_part))

    def next_part(self) -> None:
        self._next_path = getattr(self._sink, "next_path", None)
        self._turning = True
        self._in_part = 0
        self._queue.put(None)

    def drain(self) -> None:
        """Wait a moment for what is in the queue; once that was in vain, no longer."""
        if self._thread is None or self._given_up:
            return
        reached = threading.Lock()
        reached.acquire()
        self._queue.put(reached)
        self._given_up = not reached.acquire(timeout=self._close_within)

    def close(self) -> None:
        """Wait a moment; then let go, whatever has become of the rest. The thread closes the sink."""
        thread = self._thread
        if thread is None:
            return
        self.drain()
        atexit.unregister(self.drain)
        self._queue.put(_STOP)
        if not self._given_up:
            thread.join()
            self._thread = None

    def forked(self, writer: str) -> QueuedSink:
        atexit.unregister(self.drain)  # what is in the queue is the parent's, and so is the thread
        return QueuedSink(self._sink.forked(writer), self._most, self._close_within)

    def _start(self) -> None:
        self._starting = True
        try:
            self._thread = threading.Thread(target=self._work, name="capture-writer", daemon=True)
            self._thread.start()
        finally:
            self._starting = False
        self._given_up = False
        atexit.register(self.drain)

    def _work(self) -> None:
        while True:
            item = self._queue.get()
            if isinstance(item, LockType):
                item.release()
                continue
            self._pass_on(item)
            if item is _STOP and self._queue.empty():
                return

    def _pass_on(self, line: bytes | None) -> None:
        try:
            if line is None:
                self._turn()
            elif line is _STOP:
                self._sink.close()
            else:
                self._sink.write(line)
        except OSError as error:
            self.late_losses.append(Lost(error.with_traceback(None), len(line or b"")))
        except Exception as error:  # a sink of the host's own; the thread must live
            self.late_losses.append(
                Lost(OSError(errno.EIO, f"the sink raised {type(error).__name__}"), len(line or b""))
            )
        finally:
            self._taken += len(line or b"")
            found: deque[Lost] | None = getattr(self._sink, "late_losses", None)
            while found:
                self.late_losses.append(found.popleft())

    def _turn(self) -> None:
        try:
            parts: Any = self._sink
            parts.next_part()
        finally:
            self._turning = False
