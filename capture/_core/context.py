"""`TraceContext`: one agent's run, from `agent_start` to `agent_end`, and everything recorded in between."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from ..events import CALLS, ENDS, NO_EVENT
from ..sinks.file import FileSink
from ..values import encode_json
from . import config
from .failure import status_of
from .guard import guarded
from .header import given_parent, header_keys
from .ids import NOTHING, EventId, new_session_id, new_writer_id
from .paths import session_id, trace_path
from .process import describe_process, program_name
from .recorder import Recorder, Totals
from .records import Common, Records
from .spans import OpenCall, OpenCalls, Place, Span, here, move
from .tasks import Strand, running_strand, strand_path

__all__ = ["TraceContext"]


class TraceContext(Records):
    """Records one agent's run.

    Use it with `with` or `async with`. The outermost one opens a session and its trace file; one inside another joins
    the other's session as a further agent, unless it names a `path` or a `session` of its own. An exception that
    leaves the block is recorded with its stack and goes on.

    `path` is a trace file, or a directory to make one in; without it the trace goes to `traces/` under `$PEEK_DIR` or
    the user's state directory. `session` is the run to join: 32 hex digits, or any word that stands for one. `tags`
    are words to find the run by.
    """

    def __init__(
        self,
        agent_name: str = "",
        path: str | os.PathLike[str] | None = None,
        session: str | None = None,
        tags: Sequence[str] | None = None,
    ) -> None:
        self.agent_name = agent_name
        self.tags = tags
        self._given_path = path
        self._given_session = session
        self._outer: TraceContext | None = None
        self._recorder: Recorder | None = None
        self._span: Span | None = None
        self._home: Strand = (0, None)
        self._pid = 0
        self._started_ns = 0
        self._totals = Totals()
        self._open_calls = OpenCalls()

    @property
    def session(self) -> str:
        """The run's id, 32 hex digits; empty before the context is entered."""
        return self._recorder.session if self._recorder is not None else ""

    @property
    def path(self) -> Path | None:
        """The trace file this process writes; None before the context is entered."""
        sink = self._recorder.sink if self._recorder is not None else None
        return sink.path if isinstance(sink, FileSink) else None

    # -- from agent_start to agent_end -----------------------------------------------------------------------------

    def __enter__(self) -> TraceContext:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end(status_of(exception), exception)

    async def __aenter__(self) -> TraceContext:
        self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end(status_of(exception), exception)

    @guarded(None)
    def _start(self) -> None:
        place = here()
        settings = config.in_force()
        self.agent_name = str(self.agent_name or settings.agent_name or program_name())
        parent = NO_EVENT
        if place is not None and self._joins(place.span.context):
            self._outer = place.span.context
            self._recorder = self._outer._recorder
            parent = place.parent_of("agent_start")
        else:
            self._recorder = self._open_recorder(settings)
        assert self._recorder is not None
        self._home = running_strand()
        self._pid = os.getpid()
        self._started_ns = self._recorder.clock.steady_ns()
        data: dict[str, Any] = {"agent_name": self.agent_name, "tags": list(self.tags or ()) or None}
        if self._outer is None:
            data["tags"] = [*settings.tags, *(self.tags or ())] or None
            data |= describe_process()
        id = self._write("agent_start", self.agent_name, parent, {}, data)
        self._span = Span(id, self, place)
        move(Place(self._span))

    @guarded(None)
    def _end(self, status: str, exception: BaseException | None) -> None:
        span, recorder = self._span, self._recorder
        if span is None or recorder is None or span.closed:
            return
        span.closed = True
        move(here())
        if os.getpid() != self._pid:
            return  # a forked child leaves the block too, but the run is its parent's to end
        common: Common = {"duration_ms": (recorder.clock.steady_ns() - self._started_ns) / 1e6}
        if status == "error" and exception is not None:
            common["error"] = exception
        data = {"status": status, "totals": dict(self._totals)}
        self._write("agent_end", self.agent_name, span.id, header_keys(common)[0], data)
        if self._outer is None:
            recorder.close()
        else:
            self._outer._totals.update(self._totals)

    def _joins(self, outer: TraceContext) -> bool:
        same_session = self._given_session is None or session_id(self._given_session) == outer.session
        return self._given_path is None and same_session and outer._recorder is not None

    def _open_recorder(self, settings: config.Config) -> Recorder:
        session = session_id(self._given_session) if self._given_session else new_session_id(settings.randomness)
        writer = new_writer_id(settings.randomness)
        path = trace_path(self._given_path, settings, self.agent_name, session, writer)
        return Recorder(session, writer, FileSink(path), settings.clock, settings.randomness)

    # -- one event -------------------------------------------------------------------------------------------------

    def _record(self, type: str, name: str | None, data: dict[str, Any], common: Common) -> EventId:
        place = self._place()
        if place is None:
            return NOTHING
        owner = place.span.context  # a further agent, when the block of one is open here
        if name.__class__ is not str:
            name = str(name or "")
        header: dict[str, Any] = {}
        if common:
            header, rest = header_keys(common)
            data |= rest
        call = owner._answered(type, name, common.get("parent")) if type in ENDS else None
        if "parent" in common:
            parent = given_parent(common["parent"])
        else:
            parent = call.id if call is not None else place.parent_of(type)
        if call is not None and type != "llm_chunk":
            owner._close_call(call, header)
        id = owner._write(type, name, parent, header, data)
        if type in CALLS:
            owner._open_calls.opened(OpenCall(id, type, name, running_strand(), owner._steady_ns()))
        after = place.after(type, id)
        if after is not place:
            move(after)
        return id

    def _place(self) -> Place | None:
        """Where the running task stands inside this context; the context itself for a task that came from elsewhere."""
        place = here()
        while place is not None and (place.span.closed or not self._holds(place.span.context)):
            place = place.span.outer
        return place if place is not None or self._span is None else Place(self._span)

    def _holds(self, context: TraceContext | None) -> bool:
        while context is not None and context is not self:
            context = context._outer
        return context is self

    def _answered(self, type: str, name: str, parent: str | None) -> OpenCall | None:
        """Return the open call that an event of this type answers: the one it names, else the latest of its name."""
        if parent is not None:
            return self._open_calls.with_id(parent)
        return self._open_calls.latest(ENDS[type], name, running_strand())

    def _close_call(self, call: OpenCall, header: dict[str, Any]) -> None:
        header.setdefault("duration_ms", (self._steady_ns() - call.started_ns) / 1e6)
        self._open_calls.closed(call)

    def _write(self, type: str, name: str, parent: str, header: dict[str, Any], data: dict[str, Any]) -> EventId:
        assert self._recorder is not None
        root = self
        while root._outer is not None:
            root = root._outer
        if root is not self and root.agent_name != self.agent_name:
            header.setdefault("agent", self.agent_name)
        strand = running_strand()
        if strand != root._home:
            header["task"] = strand_path(strand)
        payload = encode_json({key: value for key, value in data.items() if value is not None})
        return self._recorder.record(type, name, parent, header, payload, self._totals)

    def _steady_ns(self) -> int:
        return self._recorder.clock.steady_ns() if self._recorder is not None else 0
