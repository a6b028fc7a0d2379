"""The only write path: every event of a session in this process goes through one `Recorder`."""

from __future__ import annotations

import os
import threading
import weakref
from collections import Counter
from typing import Any

from ..events import NO_EVENT
from ..format import encode_event
from ..sinks import Sink
from ..values import encode_json
from .clock import Clock
from .ids import EventId, Randomness, new_writer_id

__all__ = ["Recorder", "Totals"]


class Totals(Counter[str]):
    """What an `agent_end` sums up: events, errors, calls and tokens."""

    def add(self, type: str, optional: dict[str, Any]) -> None:
        self["events"] += 1
        if type == "tool_call":
            self["tool_calls"] += 1
        elif type == "llm_request":
            self["llm_calls"] += 1
        if optional:
            if "error" in optional:
                self["errors"] += 1
            usage = optional.get("usage") or {}
            for key in ("input_tokens", "output_tokens"):
                if usage.get(key):
                    self[key] += usage[key]


class Recorder:
    """Numbers, stamps and writes the events of one session; counts what it must drop and says so as soon as it can."""

    def __init__(
        self, session: str, writer: str, sink: Sink, clock: Clock, randomness: Randomness = os.urandom
    ) -> None:
        self.session = session
        self.sink = sink
        self.clock = clock
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
        self, type: str, name: str, parent: str, optional: dict[str, Any], data: bytes, totals: Totals
    ) -> EventId:
        """Write one event and return its id, also when the sink refused it: what it leads to keeps its true parent."""
        with self._lock:
            if self._lost:
                self._tell_loss(parent)
            id = self._next_id()
            self._count += 1
            line = encode_event(self.clock.time_ns(), id, parent, self.session, type, name, optional, data)
            try:
                self.sink.write(line)
            except OSError as error:
                self._lose(error, len(line))
            except BaseException:
                self._lose(InterruptedError("interrupted"), len(line))
                raise
            else:
                totals.add(type, optional)
                if self._closed:  # a task outlived its agent: keep the event, but do not look alive for it
                    self.sink.close()
            return EventId(id)

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

    def _next_id(self) -> str:
        return f"{self._writer}{self._count:08x}"

    def _lose(self, error: OSError, size: int) -> None:
        self._lost[error.strerror or str(error)] += 1
        self._lost_bytes += size

    def _tell_loss(self, parent: str) -> None:
        """Write what was lost. Its number is taken only when it is written: each gap stays one lost event."""
        data = {"events": self._lost.total(), "bytes": self._lost_bytes, "reasons": dict(self._lost)}
        line = encode_event(
            self.clock.time_ns(), self._next_id(), parent, self.session, "capture_loss", "", {}, encode_json(data)
        )
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
