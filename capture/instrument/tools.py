"""Tool calls and their results as the wire tells of them: a call in an answer, its result in a later request."""

from __future__ import annotations

from typing import Any

from .._core.asked import AskedCall, observed
from .._core.context import TraceContext
from ..wire import Reply, ToolResult, Wire

__all__ = ["calls_asked", "results_sent"]


def calls_asked(context: TraceContext, parent: str, reply: Reply, response: str, *, held_back: bool) -> None:
    """Record the calls that an answer asks for, but for those that the host records itself; or only remember them."""
    if reply.finish_reason is None or reply.error is not None:
        return  # an answer that was cut may have cut its last call too
    for wanted in reply.tool_calls or ():
        name = str(wanted.get("name") or "")
        call = AskedCall(name, wanted.get("arguments"), context, parent, response, observed(name))
        if not (held_back or call.left):
            call = context._record_asked(call)
        context._root._asked.add(str(wanted.get("id") or ""), call)


def results_sent(context: TraceContext, wire: Wire, messages: Any) -> None:
    """Record the results that a request tells of, each when it is first sent."""
    asked = context._root._asked
    found: list[tuple[AskedCall, ToolResult]] = []
    for result in wire.results(messages) if asked else ():
        call = asked.answered(result.call_id, result.name)
        if call is not None and not call.left:
            found.append((call, result))
        if not asked:
            break
    for call, result in reversed(found):
        _record_result(call, result)


def _record_result(call: AskedCall, result: ToolResult) -> None:
    context = call.context
    if not call.id:
        call = context._record_asked(call)
    elif context._open_calls.with_id(call.id) is None:
        return  # the host has recorded the result itself
    context.record_tool_result(call.name, result.content, result.is_error, parent=call.id)
