"""OpenAI Agents: agents, turns, tools, handoffs and guardrails, by a trace processor."""

from __future__ import annotations

import re
from types import ModuleType
from typing import Any

from ..._core.guard import guarded
from ..._core.session import current
from ..registry import Undo
from .response_items import reply_of
from .runs import Runs

__all__ = ["instrument"]


def instrument(module: ModuleType) -> Undo:
    """Have the spans of OpenAI Agents tell, given `agents.tracing`; return what ends that."""
    processor: _Processor = type("PeekProcessor", (_Processor, module.TracingProcessor), {})()
    module.add_trace_processor(processor)
    return processor.leave


class _Processor:
    """What the tracing of OpenAI Agents calls, in the task that runs."""

    def __init__(self) -> None:
        self._runs: Runs | None = Runs("openai-agents")

    def leave(self) -> None:
        """Record no further span: there is no way to take a processor back."""
        self._runs = None

    @guarded(None)
    def on_span_start(self, span: Any) -> None:
        runs, data, key = self._runs, span.span_data, span.span_id
        if runs is None:
            return
        parent = span.parent_id or span.trace_id
        match data.type:
            case "agent":
                runs.agent(key, parent, data.name)
            case "function":
                runs.tool(key, parent, data.name, data.input)
            case "response" | "generation":
                runs.model(key, parent, data.type, getattr(data, "model", None) or "", lambda: _asked(data))
            case "custom" | "turn" if hasattr(data, "turn"):
                runs.turn(key, parent, data.agent_name, turn_index=data.turn)
            case _:
                runs.passed(key, parent)

    @guarded(None)
    def on_span_end(self, span: Any) -> None:
        runs, data = self._runs, span.span_data
        if runs is None:
            return
        outcome: dict[str, Any] = {"error": _failure(span.error)}
        match data.type:
            case "function":
                outcome["result"] = data.output
            case "response" | "generation":
                outcome |= reply_of(data)
            case "handoff":
                _record_handoff(data)
            case "guardrail":
                current().record_safety_check(data.name, "block" if data.triggered else "pass")
        runs.end(span.span_id, **outcome)

    def on_trace_start(self, trace: Any) -> None:
        """A trace is no event: its agents are."""

    def on_trace_end(self, trace: Any) -> None:
        """Nor is its end."""

    def shutdown(self) -> None:
        """Nothing is kept back."""

    def force_flush(self) -> None:
        """Nothing is kept back."""


def _record_handoff(data: Any) -> None:
    """Record a handoff as the decision it is: the model made it by calling a tool that there is for each agent."""
    context, to = current(), str(data.to_agent)
    asked = context._root._asked.seen(f"transfer_to_{re.sub('[^a-zA-Z0-9_]', '_', to)}".lower(), None)
    context.record_decision(chosen_action=f"hand off to {to}", links=() if asked is None else (asked.response,))


def _asked(data: Any) -> dict[str, Any]:
    return {"messages": data.input, "settings": getattr(data, "model_config", None)}


def _failure(error: Any) -> dict[str, Any] | None:
    """Return a span's error in our keys: what the framework was at, and what it says happened."""
    if not error:
        return None
    data = error.get("data") or {}
    return {"type": error.get("message", "Error"), "message": str(data.get("error", data))}
