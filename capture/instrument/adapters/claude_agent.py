"""Claude Agent SDK: prompts, tools and subagents, by hooks in every options object the host makes.

Hooks stand in the options an agent is started with; the library has none for options to come. So the constructor's
return is watched, and ours are put beside the host's own. The model is asked by a process of its own, which is no
Python: what passes there is not seen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from ..._core.guard import guarded
from ..._core.session import current
from .._patch import Patch
from .._wrap import call, observer_of
from ..registry import Undo
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

    def watched(patch: Patch) -> Callable[..., None]:
        def __init__(options: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            if patch.on:
                call(patch.original, observer_of(lambda: _NewOptions(options, hooks)), (options, *args), kwargs)
            else:
                patch.original(options, *args, **kwargs)

        return __init__

    patch = Patch(module.ClaudeAgentOptions, "__init__", watched)

    def undo() -> None:
        patch.undo()
        hooks.runs = None

    return undo


class _NewOptions:
    """Puts the hooks into options once they are made."""

    def __init__(self, options: Any, hooks: _Hooks) -> None:
        self._options = options
        self._hooks = hooks

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None: ...
    def raised(self, error: BaseException) -> None: ...
    def yielded(self, item: Any) -> None: ...
    def closed(self) -> None: ...

    def returned(self, result: Any) -> None:
        matcher = sys.modules["claude_agent_sdk.types"].HookMatcher
        given = dict(self._options.hooks or {})
        for event in _EVENTS:
            if not any(self._hooks.told in each.hooks for each in given.get(event, ())):  # as in a copy of options
                given[event] = [*given.get(event, ()), matcher(hooks=[self._hooks.told])]
        self._options.hooks = given


class _Hooks:
    """What the SDK calls with each event. An empty answer is no opinion."""

    runs: Runs | None = Runs("claude-agent-sdk")

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
