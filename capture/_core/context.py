"""`TraceContext`: one agent's run, from `agent_start` to `agent_end`, and everything recorded in between."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from ..events import CALLS, ENDS, NO_EVENT
from . import config, roots
from .asked import AskedCall, AskedCalls, observe
from .blobs import Blobs
from .common import Common
from .failure import Failure, exit_code, status_of
from .guard import guarded, swallow
from .header import EVIDENCE, given_parent, header_keys, link_evidence, word
from .ids import NOTHING, EventId, new_session_id, new_writer_id
from .paths import session_id, trace_path
from .process import describe_process, program_name
from .recorder import Recorder, Totals
from .records import Records
from .review import Reviewer
from .spans import OpenCall, OpenCalls, Place, Span, here, move
from .tasks import Strand, is_running, running_strand, strand_path
from .writer import open_sink

__all__ = ["TraceContext"]


class _NotOpenError(Exception):
    """Something is recorded in a context that was never entered."""


class TraceContext(Records):
    """Records one agent's run.

    Use it with `with` or `async with`. The outermost one opens a session and its trace file; one inside another joins
    the other's session as a further agent, unless it names a `path` or a `session` of its own. An exception that
    leaves the block is recorded with its stack and goes on.

    `path` is a trace file, or a directory to make one in; without it the trace goes to `traces/` under `$PEEK_DIR` or
    the user's state directory. `session` is the run to join: 32 hex digits, or any word that stands for one. `tags`
    are words to find the run by; `framework` is what runs the agent, such as `langgraph`.
    """

    def __init__(
        self,
        agent_name: str = "",
        path: str | os.PathLike[str] | None = None,
        session: str | None = None,
        tags: Sequence[str] | None = None,
        framework: str | None = None,
    ) -> None:
        self.agent_name = agent_name
        self.tags = tags
        self.framework = framework
        self._given_path = path
        self._given_session = session
        self._outer: TraceContext | None = None
        self._root = self
        self._recorder: Recorder | None = None
        self._span: Span | None = None
        self._home: Strand = (0, None)
        self._pid = 0
        self._started_ns = 0
        self.root_id = ""
        """The id of the `agent_start`, of an outermost context that is open."""
        self._totals = Totals()
        self._open_calls = OpenCalls()
        self._asked = AskedCalls()
        """What models asked for, of an outermost context."""

    @property
    def session(self) -> str:
        """The run's id, 32 hex digits; empty before the context is entered."""
        return self._recorder.session if self._recorder is not None else ""

    @property
    def path(self) -> Path | None:
        """The trace file this process writes; None before the context is entered."""
        path: Path | None = getattr(self._recorder and self._recorder.sink, "path", None)
        return path

    @property
    def _has_own_secrets(self) -> bool:
        """Whether the author has said what else is a secret, by patterns or a function."""
        return self._recorder is not None and self._recorder.has_own_secrets

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
            self._root = self._outer._root
            self._recorder = self._outer._recorder
            parent = place.parent_of_calls
        else:
            run = self._inherited()
            parent = NO_EVENT if run is None else run.parent
            self._recorder = self._open_recorder(settings, None if run is None else run.session)
        assert self._recorder is not None
        self._home = running_strand()
        self._pid = os.getpid()
        self._started_ns = self._recorder.clock.steady_ns()
        data: dict[str, Any] = {"agent_name": self.agent_name, "framework": self.framework}
        data["tags"] = list(self.tags or ()) or None
        if self._outer is None:
            data["tags"] = [*settings.tags, *(self.tags or ())] or None
            data |= describe_process()
        id = self._write("agent_start", self.agent_name, parent, {}, data)
        self._span = Span(id, self, place)
        move(Place(self._span))
        if self._outer is None:
            roots.opened(self, id)

    @guarded(None)
    def _end(self, status: str, failure: Failure | None) -> None:
        span, recorder = self._span, self._recorder
        if span is None or recorder is None or span.closed:
            return
        span.closed = True
        move(here())
        if os.getpid() != self._pid:
            return  # a forked child leaves the block too, but the run is its parent's to end
        common: Common = {"duration_ms": (recorder.clock.steady_ns() - self._started_ns) / 1e6}
        if status == "error" and failure is not None:
            common["error"] = failure
        recorder.drain()
        redacted = recorder.redacted if self._outer is None else None
        data: dict[str, Any] = {"status": status, "totals": self._totals.as_data(), "redacted": redacted or None}
        if isinstance(failure, SystemExit):
            data["exit_code"] = exit_code(failure)
        self._write("agent_end", self.agent_name, span.id, header_keys(common, data), data)
        if self._outer is None:
            roots.closed(self)
            recorder.close()
        else:
            self._outer._totals.absorb(self._totals)

    @guarded(None)
    def _leave(self) -> None:
        """Let go of the trace, and leave it to whoever knows how the agent ended to say so."""
        if self._recorder is not None and os.getpid() == self._pid:
            self._recorder.close()

    def _joins(self, outer: TraceContext) -> bool:
        same_session = self._given_session is None or session_id(self._given_session) == outer.session
        return self._given_path is None and same_session and outer._recorder is not None

    def _inherited(self) -> roots.Inherited | None:
        """Return the run this process was started in, unless the context names another one."""
        run = roots.inherited()
        given = self._given_session
        return run if run is not None and (given is None or session_id(given) == run.session) else None

    def _open_recorder(self, settings: config.Config, session: str | None) -> Recorder:
        if session is None:
            given = self._given_session
            session = new_session_id(settings.randomness) if given is None else session_id(given)
        writer = new_writer_id(settings.randomness)
        path = trace_path(self._given_path, settings, self.agent_name, session, writer)
        blobs = Blobs(lambda: self.path, settings.blob_bytes)
        review = Reviewer(settings.redact, settings.content, blobs)
        return Recorder(session, writer, open_sink(settings, path, writer), settings.clock, settings.randomness, review)

    # -- one event -------------------------------------------------------------------------------------------------

    def _record(self, type: str, name: str | None, data: dict[str, Any], common: Common) -> EventId:
        try:
            place = here()
            if place is None or place.span.context is not self:
                place = self._place(place)
            owner = place.span.context  # a further agent, when the block of one is open here
            header: dict[str, Any] = {}
            parent = ""
            if common:
                parent = given_parent(common.pop("parent", None))
                header = header_keys(common, data)
            if name.__class__ is not str:
                name = word(name)
            write = _WRITERS.get(type)
            if write is None:
                return EventId(owner._write(type, name, parent or place.parent, header, data))
            return EventId(write(owner, type, name, parent, header, data, place))
        except _NotOpenError:
            return NOTHING
        except Exception as error:
            swallow(error)
            return NOTHING

    def _write_turn(
        self, type: str, name: str, parent: str, header: dict[str, Any], data: dict[str, Any], place: Place
    ) -> str:
        id = self._write(type, name, parent or place.span.id, header, data)
        move(place.after_turn(id))
        return id

    def _write_decision(
        self, type: str, name: str, parent: str, header: dict[str, Any], data: dict[str, Any], place: Place
    ) -> str:
        id = self._write_linked(type, name, parent, header, data, place)
        move(place.after_decision(id))
        return id

    def _write_linked(
        self, type: str, name: str, parent: str, header: dict[str, Any], data: dict[str, Any], place: Place
    ) -> str:
        link_evidence(header, data, EVIDENCE[type])
        return self._write(type, name, parent or place.parent, header, data)

    def _write_call(
        self, type: str, name: str, parent: str, header: dict[str, Any], data: dict[str, Any], place: Place
    ) -> str:
        id = self._asked_for(name, header, data) if type == "tool_call" else ""
        id = id or self._write(type, name, parent or place.parent_of_calls, header, data)
        span = Span(id, self, place) if type == "subagent_start" else None
        self._open_calls.opened(OpenCall(id, type, name, running_strand(), self._steady_ns(), span))
        if span is not None:
            move(Place(span))
        return id

    def _asked_for(self, name: str, header: dict[str, Any], data: dict[str, Any]) -> str:
        """Return the event of a call that the host is about to record, if a model asked for it and it is there. If it
        is not, say which answer asked, and for what, where who records it cannot tell.
        """
        observe(name)
        asked = self._root._asked
        call = asked.seen(name, data.get("arguments")) if asked else None
        if call is None:
            return ""
        if not call.id:
            header["links"] = [*header.get("links", ()), call.response]
            data["arguments"] = call.arguments if data.get("arguments") is None else data["arguments"]
            return ""
        call.context._open_calls.forget(call.id)
        return call.id

    def _record_asked(self, call: AskedCall) -> AskedCall:
        """Record a call that a model asked for."""
        header: dict[str, Any] = {"links": [call.response]}
        id = self._write("tool_call", call.name, call.parent, header, {"arguments": call.arguments})
        self._open_calls.opened(OpenCall(id, "tool_call", call.name, running_strand(), self._steady_ns()))
        return call._replace(id=id)

    def _write_answer(
        self, type: str, name: str, parent: str, header: dict[str, Any], data: dict[str, Any], place: Place
    ) -> str:
        calls = self._open_calls
        call = calls.with_id(parent) if parent else calls.latest(ENDS[type], name, running_strand())
        if call is None:
            return self._write(type, name, parent or place.parent, header, data)
        if type != "llm_chunk":
            header.setdefault("duration_ms", (self._steady_ns() - call.started_ns) / 1e6)
            calls.forget(call.id)
        id = self._write(type, name, call.id, header, data)
        if call.span is not None:
            call.span.closed = True
            move(here())
        return id

    def _place(self, place: Place | None) -> Place:
        """Return `place` if it is inside this context; the context itself for a task that came from elsewhere."""
        while place is not None and (place.span.closed or not self._holds(place.span.context)):
            place = place.span.outer
        if place is not None:
            return place
        if self._span is None:
            raise _NotOpenError
        return Place(self._span)

    def _parent_of_calls(self) -> str:
        """Return what a call belongs to that is recorded here and now."""
        return self._place(here()).parent_of_calls

    def _holds(self, context: TraceContext | None) -> bool:
        while context is not None and context is not self:
            context = context._outer
        return context is self

    def _write(self, type: str, name: str, parent: str, header: dict[str, Any], data: dict[str, Any]) -> str:
        root, recorder = self._root, self._recorder
        assert recorder is not None
        if root is not self and root.agent_name != self.agent_name:
            header.setdefault("agent", self.agent_name)
        if not is_running(root._home):
            header["task"] = strand_path(running_strand())
        for value in data.values():
            if value is None:  # a look first, for it costs less than a copy that leaves nothing out
                data = {key: value for key, value in data.items() if value is not None}
                break
        return recorder.record(type, name, parent, header, data, self._totals)

    def _steady_ns(self) -> int:
        return self._recorder.clock.steady_ns() if self._recorder is not None else 0


_WRITERS = {
    "agent_turn": TraceContext._write_turn,
    "behavior_alert": TraceContext._write_linked,
    "decision": TraceContext._write_decision,
    **dict.fromkeys(CALLS, TraceContext._write_call),
    **dict.fromkeys(ENDS, TraceContext._write_answer),
}
"""How the types are written that open, end or follow something; all others take the short way."""
