"""Where the subagents of a transcript begin and end: each one's lines, and the call in another file that started it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from capture.events import NO_EVENT

from .conversation import AGENT_TOOLS, Agent, Conversation, agent_word, block_text
from .lines import Lines, mapping, word

__all__ = ["NOTICE", "Subagents"]

NOTICE = "<task-notification>"
"""How a prompt begins with which the program tells its model that something in the background has ended."""
_SAID = re.compile(r"<(task-id|tool-use-id|status|result)>(.*?)</\1>", re.DOTALL)
_NOT_ENDED = ("Async agent launched", "<tool_use_error>")
"""How the result of a call begins that left its subagent running, or started none."""


class Subagents:
    """Writes the beginnings and ends of subagents."""

    def __init__(self, lines: Lines, talk: Conversation, path: Path) -> None:
        self._lines = lines
        self._talk = talk
        self._path = path

    def start(self, key: str, record: dict[str, Any], main: Agent | None) -> Agent:
        """Write that a subagent began, which is the first thing a line of it says; its prompt is that line if any."""
        lines, about = self._lines, self._about() if key == self._lines.own else {}
        prompt = mapping(record.get("message")).get("content") if record.get("type") == "user" else None
        caller, foreign = word(about.get("parentAgentId")), word(about.get("toolUseId"))
        if main is not None and not foreign:
            foreign = self._called(main, prompt)
        call = main.calls.get(foreign) if main else None
        kind = word(about.get("agentType")) or word(record.get("attributionAgent"))
        kind = kind or (word(call.arguments.get("subagent_type")) if call else "")
        if foreign:
            id = lines.id("subagent_start", caller, foreign)
            parent = call.id if call else lines.id("tool_call", caller, foreign)
        else:
            id, parent = lines.id("subagent_start", key), main.root if main else NO_EVENT
        data = {"agent_id": key, "agent_type": kind or None, "prompt": prompt, "description": about.get("description")}
        name, shown = kind or key, agent_word(kind, key)
        lines.add("subagent_start", id, parent, name, data, agent=shown, raw=prompt is not None)
        return Agent(key, id, shown, id)

    def end(self, agent: Agent, block: dict[str, Any], detail: dict[str, Any]) -> None:
        """Write that a subagent ended, when this is the result of the call that had started it."""
        foreign, text = word(block.get("tool_use_id")), block_text(block)
        call = agent.calls.get(foreign)
        if call is None or call.name not in AGENT_TOOLS or detail.get("isAsync") or text.startswith(_NOT_ENDED):
            return
        status = "error" if block.get("is_error") else word(detail.get("status")) or "completed"
        self._talk.end_subagent(agent, foreign, status, detail.get("agentId"), block.get("content"))

    def notice(self, agent: Agent, text: str) -> None:
        """Write that a subagent in the background ended, when this is what a prompt by the program says."""
        said = dict(_SAID.findall(text))
        foreign = said.get("tool-use-id", "")
        call = agent.calls.get(foreign)
        if call is not None and call.name in AGENT_TOOLS:
            again = str(self._lines.number)  # one that is given more to do ends again
            status, id, result = said.get("status", "completed"), said.get("task-id"), said.get("result")
            self._talk.end_subagent(agent, foreign, status, id, result, again)

    def _called(self, main: Agent, prompt: Any) -> str:
        """Return the foreign id of the call with this prompt: in older versions nothing else says which it was."""
        calls = ((foreign, call) for foreign, call in main.calls.items() if call.name in AGENT_TOOLS)
        waiting = (foreign for foreign, call in calls if foreign not in main.answered and prompt)
        return next((foreign for foreign in waiting if main.calls[foreign].arguments.get("prompt") == prompt), "")

    def _about(self) -> dict[str, Any]:
        """Read what stands beside a subagent's file: its kind, and the call that started it."""
        try:
            return mapping(json.loads(self._path.with_suffix(".meta.json").read_bytes()))
        except (OSError, ValueError):
            return {}
