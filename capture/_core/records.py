"""One `record_*` method for every type of the vocabulary, with FORMAT.md's fields as parameters.

Every method writes its event before it returns, and returns the event's id: a `str` that may also be awaited. Fields
left None are left out. Beside its own fields each takes the keys of `Common`. Those for decisions and safety are in
`decisions.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .common import Common
from .decisions import DecisionRecords
from .failure import Failure
from .ids import EventId

if TYPE_CHECKING:
    from typing import Unpack

__all__ = ["Records"]


class Records(DecisionRecords):
    """The `record_*` methods, over one `_record`. A keyword that is neither a field nor of `Common` is carried in
    `data`.
    """

    # -- agents, turns and messages --------------------------------------------------------------------------------

    def record_agent_start(
        self,
        agent_name: str | None = None,
        framework: str | None = None,
        tags: Sequence[str] | None = None,
        argv: Sequence[str] | None = None,
        cwd: str | None = None,
        pid: int | None = None,
        host: str | None = None,
        python: str | None = None,
        git: Mapping[str, Any] | None = None,
        capture: Mapping[str, Any] | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that an agent begins. A `TraceContext` does so by itself."""
        data = {
            "agent_name": agent_name,
            "framework": framework,
            "tags": tags,
            "argv": argv,
            "cwd": cwd,
            "pid": pid,
            "host": host,
            "python": python,
            "git": git,
            "capture": capture,
        }
        return self._record("agent_start", agent_name, data, common)

    def record_agent_end(
        self,
        status: str | None = None,
        totals: Mapping[str, int] | None = None,
        redacted: Mapping[str, int] | None = None,
        *,
        agent_name: str | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that an agent ended: `completed`, `error` or `cancelled`. A `TraceContext` does so by itself."""
        return self._record("agent_end", agent_name, {"status": status, "totals": totals, "redacted": redacted}, common)

    def record_agent_turn(
        self,
        speaker: str | None = None,
        turn_index: int | None = None,
        goal: str | None = None,
        content: Any = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that a turn begins. What follows in the same task belongs to it, until the next turn or the agent's
        end.
        """
        data = {"speaker": speaker, "turn_index": turn_index, "goal": goal, "content": content}
        return self._record("agent_turn", speaker, data, common)

    def record_user_message(self, content: Any = None, **common: Unpack[Common]) -> EventId:
        """Record what a person said."""
        return self._record("user_message", None, {"content": content}, common)

    def record_subagent_start(
        self,
        agent_id: str | None = None,
        agent_type: str | None = None,
        prompt: Any = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that a subagent begins."""
        data = {"agent_id": agent_id, "agent_type": agent_type, "prompt": prompt}
        return self._record("subagent_start", agent_type or agent_id, data, common)

    def record_subagent_end(
        self,
        agent_id: str | None = None,
        agent_type: str | None = None,
        status: str | None = None,
        result: Any = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that a subagent ended."""
        data = {"agent_id": agent_id, "agent_type": agent_type, "status": status, "result": result}
        return self._record("subagent_end", agent_type or agent_id, data, common)

    # -- models and tools ------------------------------------------------------------------------------------------

    def record_llm_request(
        self,
        model: str | None = None,
        messages: Any = None,
        *,
        provider: str | None = None,
        system: Any = None,
        tools: Any = None,
        settings: Mapping[str, Any] | None = None,
        attempt: int | None = None,
        http: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that a request leaves for a model. `attempt` counts from 1."""
        data = {
            "provider": provider,
            "model": model,
            "messages": messages,
            "system": system,
            "tools": tools,
            "settings": settings,
            "attempt": attempt,
            "http": http,
            "extra": extra,
        }
        return self._record("llm_request", model, data, common)

    def record_llm_chunk(
        self,
        text: str | None = None,
        tool_call: Mapping[str, Any] | None = None,
        *,
        model: str | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record a piece of a streamed answer as it passes."""
        return self._record("llm_chunk", model, {"text": text, "tool_call": tool_call}, common)

    def record_llm_response(
        self,
        model: str | None = None,
        content: Any = None,
        *,
        provider: str | None = None,
        response_id: str | None = None,
        tool_calls: Any = None,
        finish_reason: str | None = None,
        usage_raw: Any = None,
        time_to_first_token_ms: float | None = None,
        chunks: Sequence[Sequence[float]] | None = None,
        closed_by: str | None = None,
        http: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record a model's whole answer, or with `error` how the call failed."""
        data = {
            "provider": provider,
            "model": model,
            "response_id": response_id,
            "content": content,
            "tool_calls": tool_calls,
            "finish_reason": finish_reason,
            "usage_raw": usage_raw,
            "time_to_first_token_ms": time_to_first_token_ms,
            "chunks": chunks,
            "closed_by": closed_by,
            "http": http,
            "extra": extra,
        }
        return self._record("llm_response", model, data, common)

    def record_tool_call(self, name: str, arguments: Any = None, **common: Unpack[Common]) -> EventId:
        """Record that a tool is called."""
        return self._record("tool_call", name, {"arguments": arguments}, common)

    def record_tool_result(
        self, name: str, result: Any = None, is_error: bool | None = None, **common: Unpack[Common]
    ) -> EventId:
        """Record what the latest open call of that tool gave back, or with `error` how it failed."""
        failed = is_error or common.get("error") is not None
        if failed and common.get("error") is None:
            common["error"] = {"type": "ToolError", "message": result}
        data = {"result": result, "is_error": bool(failed)}
        return self._record("tool_result", name, data, common)

    def record_file_read(
        self,
        path: str | None = None,
        bytes: int | None = None,
        diff: str | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that a file was read."""
        return self._record("file_read", path, {"path": path, "bytes": bytes, "diff": diff}, common)

    def record_file_write(
        self,
        path: str | None = None,
        bytes: int | None = None,
        diff: str | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that a file was written."""
        return self._record("file_write", path, {"path": path, "bytes": bytes, "diff": diff}, common)

    # -- state, replay and the rest --------------------------------------------------------------------------------

    def record_checkpoint(
        self, state: Any = None, memory: Any = None, label: str | None = None, **common: Unpack[Common]
    ) -> EventId:
        """Record the agent's state, to come back to."""
        return self._record("checkpoint", label, {"state": state, "memory": memory, "label": label}, common)

    create_checkpoint = record_checkpoint

    def record_drift(self, differences: Any = None, **common: Unpack[Common]) -> EventId:
        """Record what differs from the run this one was restored or forked from."""
        return self._record("drift", None, {"differences": differences}, common)

    def record_clock(self, value: Any = None, **common: Unpack[Common]) -> EventId:
        """Record the time the agent was given."""
        return self._record("clock", None, {"value": value}, common)

    def record_random(self, value: Any = None, **common: Unpack[Common]) -> EventId:
        """Record the random value the agent was given."""
        return self._record("random", None, {"value": value}, common)

    def record_new_id(self, value: Any = None, **common: Unpack[Common]) -> EventId:
        """Record the fresh id the agent was given."""
        return self._record("new_id", None, {"value": value}, common)

    def record_control(
        self,
        action: str | None = None,
        by: str | None = None,
        reason: str | None = None,
        paused_ms: float | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that a debugger paused, stepped, continued or stopped the agent."""
        data = {"action": action, "by": by, "reason": reason, "paused_ms": paused_ms}
        return self._record("control", action, data, common)

    def record_error(self, error: Failure, *, parent: str | None = None, links: Sequence[str] | None = None) -> EventId:
        """Record an exception outside any call."""
        common: Common = {"error": error}
        if parent is not None:
            common["parent"] = parent
        if links is not None:
            common["links"] = links
        return self._record("error", type(error).__name__ if isinstance(error, BaseException) else None, {}, common)

    def record_log(self, stream: str | None = None, text: str | None = None, **common: Unpack[Common]) -> EventId:
        """Record a line of output. `stream` is stdout, stderr or a logger's name."""
        return self._record("log", stream, {"stream": stream, "text": text}, common)

    def record_capture_loss(
        self,
        events: int | None = None,
        bytes: int | None = None,
        reasons: Mapping[str, int] | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that events were dropped on their way here. The recorder tells its own losses by itself."""
        return self._record("capture_loss", None, {"events": events, "bytes": bytes, "reasons": reasons}, common)
