"""Claude Agent SDK: prompts, tools and subagents, by hooks in every options object the host makes.

Hooks stand in the options an agent is started with. The model is asked by a process of its own, which is no Python:
what passes there is not seen.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from ..._core.guard import guarded
from ..._core.session import current
from ..registry import Undo
from .constructors import when_made
from .runs import Runs

__all__ = ["instrument"]

_EVENTS = (
    "UserPromptSubmit",
    "PreToolUse",
    "PostToolUse",
    "PostToolUseFailure",
    "SubagentStart",
    "SubagentStop",
    "Stop",
)


def instrument(module: ModuleType) -> Undo:
    """Have the agents of the Claude Agent SDK tell, given `claude_agent_sdk.types`; return what ends that."""
    hooks = _Hooks()
    return when_made(module.ClaudeAgentOptions, hooks.meet, hooks.leave)


class _Hooks:
    """What the SDK calls with each event. An empty answer is no opinion."""

    runs: Runs | None = Runs("claude-agent-sdk")

    def meet(self, options: Any) -> None:
        """Stand in these options, beside the host's own hooks."""
        matcher = sys.modules["claude_agent_sdk.types"].HookMatcher
        given = dict(options.hooks or {})
        for event in _EVENTS:
            if not any(self.told in each.hooks for each in given.get(event, ())):  # as in a copy of options
                given[event] = [*given.get(event, ()), matcher(hooks=[self.told])]
        options.hooks = given

    def leave(self) -> None:
        """Record no further event."""
        self.runs = None

    async def told(self, given: Any, tool_use_id: str | None, context: Any) -> dict[str, Any]:
        self.saw(given)
        return {}

    @guarded(None)
    def saw(self, given: Any) -> None:
        runs = self.runs
        if runs is None:
            return
        session = given.get("session_id")
        inside = given.get("agent_id") or session
        match given["hook_event_name"]:
            case "UserPromptSubmit":
                runs.end(session, status="cancelled")  # one that was interrupted, of which no end is told
                runs.agent(session, None, "claude")
                current().record_user_message(given.get("prompt"))
            case "PreToolUse":
                runs.tool(given.get("tool_use_id"), inside, given["tool_name"], given.get("tool_input"))
            case "PostToolUse":
                runs.end(given.get("tool_use_id"), result=given.get("tool_response"))
            case "PostToolUseFailure":
                runs.end(given.get("tool_use_id"), error=str(given.get("error")))
            case "SubagentStart":
                runs.agent(given.get("agent_id"), session, str(given.get("agent_type")))
            case "SubagentStop":
                runs.end(given.get("agent_id"))
            case "Stop":
                runs.end(session)
