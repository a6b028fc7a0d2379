"""Strands: agents, tools and model calls, by a hook provider on every agent the host makes."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from ..._core.failure import identity
from ..._core.guard import guarded
from ..registry import Undo
from .constructors import when_made
from .runs import Runs

__all__ = ["instrument"]


def instrument(module: ModuleType) -> Undo:
    """Have the agents of Strands tell, given `strands.agent.agent`; return what ends that."""
    hooks = _Hooks()
    return when_made(module.Agent, hooks.meet, hooks.leave)


class _Hooks:
    """What an agent calls, in the task that runs."""

    runs: Runs | None = Runs("strands")

    def __init__(self) -> None:
        self._before: dict[int, object] = {}
        """Of each agent that runs, the exception that the host was dealing with when it began."""

    def meet(self, agent: Any) -> None:
        """Be called by this agent."""
        agent.hooks.add_hook(self)

    def leave(self) -> None:
        """Record nothing further."""
        self.runs = None

    def register_hooks(self, registry: Any, **options: Any) -> None:
        events = sys.modules["strands.hooks"]
        registry.add_callback(events.BeforeInvocationEvent, self.agent_begins)
        registry.add_callback(events.AfterInvocationEvent, self.agent_ends)
        registry.add_callback(events.BeforeModelCallEvent, self.model_begins)
        registry.add_callback(events.AfterModelCallEvent, self.model_ends)
        registry.add_callback(events.BeforeToolCallEvent, self.tool_begins)
        registry.add_callback(events.AfterToolCallEvent, self.tool_ends)

    @guarded(None)
    def agent_begins(self, event: Any) -> None:
        if self.runs is not None:
            self._before[id(event.agent)] = identity(sys.exc_info()[1])
            self.runs.agent(id(event.agent), None, event.agent.name)

    @guarded(None)
    def agent_ends(self, event: Any) -> None:
        if self.runs is not None:  # it is called while what the agent raises, if it does, goes by
            error = sys.exc_info()[1]
            before = self._before.pop(id(event.agent), None)
            self.runs.end(id(event.agent), error=None if identity(error) is before else error)

    @guarded(None)
    def model_begins(self, event: Any) -> None:
        if self.runs is not None:
            agent = event.agent
            model = str(agent.model.get_config().get("model_id", ""))
            kind, asked = type(agent.model).__name__, list(agent.messages)
            fields = {"messages": asked, "system": agent.system_prompt}
            self.runs.model((id(agent), "model"), id(agent), kind, model, lambda: fields)

    @guarded(None)
    def model_ends(self, event: Any) -> None:
        if self.runs is not None:
            said = event.stop_response
            fields = {} if said is None else {"content": said.message.get("content"), "finish_reason": said.stop_reason}
            self.runs.end((id(event.agent), "model"), error=event.exception, **fields)

    @guarded(None)
    def tool_begins(self, event: Any) -> None:
        if self.runs is not None:
            use = event.tool_use
            self.runs.tool((id(event.agent), use["toolUseId"]), id(event.agent), use["name"], use["input"])

    @guarded(None)
    def tool_ends(self, event: Any) -> None:
        if self.runs is not None:
            content, failed = event.result.get("content"), event.result.get("status") == "error"
            key = (id(event.agent), event.tool_use["toolUseId"])
            self.runs.end(key, result=content, error=event.exception, is_error=failed)
