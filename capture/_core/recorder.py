"""The only write path: every event of a session in this process goes through one `Recorder`."""

from __future__ import annotations

import os
import threading
import weakref
from collections import Counter
from typing import Any

from ..events import CALLS, NO_EVENT
from ..format import encode_event
from ..sinks import Sink
from .clock import Clock
from .ids import Randomness, new_writer_id

__all__ = ["Recorder", "Totals"]


class Totals:
    """What an `agent_end` sums up: events, errors, calls and tokens."""

    __slots__ = ("errors", "events", "input_tokens", "llm_calls", "output_tokens", "tool_calls")

    def __init__(self) -> None:
        self.events = self.errors = self.llm_calls = self.tool_calls = self.input_tokens = self.output_tokens = 0

    def count(self, type: str, header: dict[str, Any]) -> None:
        """Count what is particular about an event; `events` itself is the recorder's to raise."""
        if type == "tool_call":
            self.tool_calls += 1
        elif type == "llm_request":
            self.llm_calls += 1
        if header:
            self.errors += "error" in header
            usage = header.get("usage", {})
            self.input_tokens += usage.get("input_tokens", 0)
            self.output_tokens += usage.get("output_tokens", 0)

    def absorb(self, inner: Totals) -> None:
        """Add what an agent inside this one did."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(inner, name))

    def as_data(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__}


class Recorder:
    """Numbers, stamps and writes the events of one session; counts what it must drop and says so as soon as it can."""

    def __init__(
        self, session: str, writer: str, sink: Sink, clock: Clock, randomness: Randomness = os.urandom
    ) -> None:
        self.session = session
        self.sink = sink
        self.clock = clock
        self._time_ns = clock.time_ns
        self._writer = writer
        self._randomness = randomness
        self._count = 0
        self._lost: Counter[str] = Counter()
        self._lost_bytes = 0
        self._closed = False
        # Re-entrant: a signal handler or a destructor of the host may record while this thread is recording.
        self._lock = threading.RLock()
        _recorders.add(self)

    def record(
        self, type: str, name: str, parent: str, header: dict[str, Any], data: dict[str, Any], totals: Totals
    ) -> str:
        """Write one event and return its id, also when the sink refused it: what it leads to keeps its true parent."""
        with self._lock:
            if self._lost:
                self._tell_loss(parent)
            id = f"{self._writer}{self._count:08x}"
            self._count += 1
            line = encode_event(self._time_ns(), id, parent, self.session, type, name, header, data)
            try:
                self.sink.write(line)
            except OSError as error:
                self._lose(error, len(line))
            except BaseException:
                self._lose(InterruptedError("interrupted"), len(line))
                raise
            else:
                totals.events += 1
                if header or type in CALLS:
                    totals.count(type, header)
                if self._closed:  # a task outlived its agent: keep the event, but do not look alive for it
                    self.sink.close()
            return id

    def close(self) -> None:
        """Tell a last loss, if there is one, and let go of the sink."""
        with self._lock:
            if self._lost:
                self._tell_loss(NO_EVENT)
            self._closed = True
            self.sink.close()

    def after_fork(self) -> None:
        """Go on as another writer: the inherited file and its numbers belong to the parent process."""
        self._lock = threading.RLock()  # another thread may have held the old one when the process forked
        self._writer = new_writer_id(self._randomness)
        self._count = 0
        self._lost.clear()
        self._lost_bytes = 0
        self.sink = self.sink.forked(self._writer)

    def _lose(self, error: OSError, size: int) -> None:
        self._lost[error.strerror or str(error)] += 1
        self._lost_bytes += size

    def _tell_loss(self, parent: str) -> None:
        """Write what was lost. Its number is taken only when it is written: each gap stays one lost event."""
        data = {"events": self._lost.total(), "bytes": self._lost_bytes, "reasons": dict(self._lost)}
        id = f"{self._writer}{self._count:08x}"
        line = encode_event(self._time_ns(), id, parent, self.session, "capture_loss", "", {}, data)
        try:
            self.sink.write(line)
        except OSError:
            return
        self._count += 1
        self._lost.clear()
        self._lost_bytes = 0


_recorders: weakref.WeakSet[Recorder] = weakref.WeakSet()


def _after_fork() -> None:
    for recorder in list(_recorders):
        recorder.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
