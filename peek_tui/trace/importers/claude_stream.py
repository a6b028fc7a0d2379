"""What `claude --output-format stream-json` prints: a line a message, subagents among the others.

Lines have no `parentUuid`, so what a model is told before it answers is what led to the answer; older versions have no
times either. A `result` ends the run, and a following `init` begins the next one of the same session.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from capture.events import NO_EVENT
from capture.wire.usage import anthropic_usage

from .conversation import AGENT_TOOLS, Agent, Conversation, Denial, agent_word, block_text
from .lines import Lines, items, mapping, read_number, read_record, read_session, read_time, word
from .rest import write_rest

__all__ = ["ClaudeStream", "recognises"]

_TYPES = frozenset({"assistant", "result", "stream_event", "system", "user"})
_CLOSES = _TYPES - {"assistant", "stream_event"}
_STARTED = ("agents", "claude_code_version", "cwd", "mcp_servers", "model", "permissionMode", "skills", "tools")
"""What an `init` says that belongs into an `agent_start`."""


def recognises(record: dict[str, Any]) -> bool:
    """Whether a record is a line of stream-json."""
    return isinstance(record.get("session_id"), str) and record.get("type") in _TYPES


class ClaudeStream:
    """Turns the lines of stream-json into ours."""

    name = "claude-stream-json"

    def __init__(self, path: Path) -> None:
        self._lines = Lines(self.name)
        self._talk = Conversation(self._lines)
        self._agents: dict[str, Agent] = {}
        self._begin(path.stem)

    def _begin(self, session: str) -> None:
        """Begin a session: nothing of the one before belongs to it."""
        self._close()
        self._lines.session = read_session(session)
        self._main = Agent("", NO_EVENT, None, NO_EVENT)
        self._agents = {"": self._main}
        self._led: dict[str, list[str]] = {"": []}
        """The results each agent's model was given since it answered."""
        self._denied: set[str] = set()
        self._open = False
        """Whether an agent has started and not ended."""
        self._cost = 0.0

    @property
    def waiting(self) -> int:
        return 0

    def beside(self) -> list[Path]:
        return []

    def take(self, line: bytes, number: int) -> list[bytes]:
        record = read_record(line)
        if record is None:
            return [line + b"\n"]
        lines, kind = self._lines, word(record.get("type"))
        session = word(record.get("session_id"))
        if session and read_session(session) != lines.session:
            self._begin(session)
        lines.start(record, number, read_time(record.get("timestamp")))
        agent = self._agent(record)
        if kind in _CLOSES:
            self._talk.close(agent)
        self._write(kind, agent, record)
        if not lines.carried:
            write_rest(lines, agent, record, agent.turn)
        return lines.finish()

    def _write(self, kind: str, agent: Agent, record: dict[str, Any]) -> None:
        """Write a line that is a step of the run."""
        match kind, record.get("subtype"):
            case "system", "init" if not self._open:
                self._start(record)
            case "assistant", _:
                self._answer(agent, record)
            case "user", _ if not self._lines.carried:  # as the prompt of a subagent that began with it
                self._user(agent, record)
            case "result", _:
                self._end(record)

    # -- agents ----------------------------------------------------------------------------------------------------

    def _agent(self, record: dict[str, Any]) -> Agent:
        """Return the agent of a line; the first line of a subagent begins it."""
        foreign = word(record.get("parent_tool_use_id"))
        if foreign not in self._agents:
            self._agents[foreign] = self._start_subagent(foreign, record)
            self._led[foreign] = []
        return self._agents[foreign]

    def _start_subagent(self, foreign: str, record: dict[str, Any]) -> Agent:
        lines, caller = self._lines, self._caller(foreign)
        call = caller.calls.get(foreign)
        arguments = call.arguments if call else {}
        kind = word(arguments.get("subagent_type"))
        content = mapping(record.get("message")).get("content")
        said = record.get("type") == "user" and not _results(content)
        data = {"agent_id": foreign, "agent_type": kind or None, "prompt": content if said else arguments.get("prompt")}
        parent = call.id if call else lines.id("tool_call", caller.key, foreign)
        id, shown = lines.id("subagent_start", caller.key, foreign), agent_word(kind, foreign)
        lines.add("subagent_start", id, parent, kind or foreign, data, agent=shown, raw=said)
        return Agent(foreign, id, shown, id)

    def _caller(self, foreign: str) -> Agent:
        """Return the agent that made a call; the run's own when nobody is known to have made it."""
        return next((agent for agent in self._agents.values() if foreign in agent.calls), self._main)

    def _start(self, record: dict[str, Any]) -> None:
        """Write that the run began, or the next one of a session that goes on."""
        lines, again = self._lines, self._main.root != NO_EVENT
        id = lines.line_id("agent_start") if again else lines.id("agent_start")
        data = {"agent_name": "claude-code", "framework": "claude-code"}
        data |= {key: record[key] for key in _STARTED if key in record}
        self._main.root = self._main.turn = lines.add("agent_start", id, NO_EVENT, "claude-code", data)
        self._open = True

    def _close(self) -> None:
        for agent in self._agents.values():
            self._talk.close(agent)

    def _end(self, record: dict[str, Any]) -> None:
        """Write that the run ended, with its own totals, and what it was denied as far as no result said so."""
        self._close()
        lines, failed, root = self._lines, bool(record.get("is_error")), self._main.root
        subtype, text = word(record.get("subtype")), word(record.get("result"))
        errors = record.get("errors")
        message = text or "; ".join(map(word, errors if isinstance(errors, list) else []))
        counts = {"turns": read_number(record.get("num_turns")), "api_ms": read_number(record.get("duration_api_ms"))}
        totals = {key: count for key, count in counts.items() if count is not None}
        totals |= anthropic_usage(mapping(record.get("usage"))) or {}
        lines.add(
            "agent_end",
            lines.line_id("agent_end"),
            root,
            "claude-code",
            {"status": "error" if failed else "completed", "totals": totals, "result": record.get("result")},
            duration_ms=read_number(record.get("duration_ms")),
            error={"type": "error" if subtype in ("", "success") else subtype, "message": message} if failed else None,
            cost_usd=self._spent(record),
        )
        for denied in items(record.get("permission_denials")):
            foreign = word(denied.get("tool_use_id"))
            if foreign not in self._denied:
                self._denied.add(foreign)
                self._talk.deny(self._caller(foreign), foreign, Denial("", {}))
        self._open = False

    def _spent(self, record: dict[str, Any]) -> float | None:
        """Return what this run cost: `result` holds the total of the process so far."""
        total = read_number(record.get("total_cost_usd"))
        if total is None:
            return None
        spent, self._cost = total - self._cost if total >= self._cost else total, total
        return spent

    # -- messages --------------------------------------------------------------------------------------------------

    def _answer(self, agent: Agent, record: dict[str, Any]) -> None:
        message = mapping(record.get("message"))
        said = word(record.get("error"))
        error = {"type": said, "message": block_text(message)} if said else None
        self._talk.answer(agent, message, agent.turn, tuple(self._led[agent.key]), error=error)
        self._led[agent.key] = []

    def _user(self, agent: Agent, record: dict[str, Any]) -> None:
        content = mapping(record.get("message")).get("content")
        results = _results(content)
        about = {word(meta.get("id")): meta for meta in items(record.get("tool_result_meta"))}
        for block in results:
            foreign = word(block.get("tool_use_id"))
            denial = _denial(about.get(foreign, {}))
            if denial is not None:
                self._denied.add(foreign)
            call = agent.calls.get(foreign)
            if call is not None and call.name in AGENT_TOOLS and foreign in self._agents:
                self._talk.close(self._agents[foreign])
                status = "error" if block.get("is_error") else "completed"
                self._talk.end_subagent(agent, foreign, status, foreign, block.get("content"))
            self._led[agent.key].append(self._talk.result(agent, block, denial))
        if not results and not record.get("isSynthetic"):
            lines = self._lines
            id = lines.line_id("user_message")
            agent.turn = lines.add("user_message", id, agent.root, "", {"content": content}, agent=agent.word)


def _results(content: Any) -> list[dict[str, Any]]:
    return [block for block in items(content) if block.get("type") == "tool_result"]


def _denial(meta: dict[str, Any]) -> Denial | None:
    kind, said = word(meta.get("non_execution_kind")), mapping(meta.get("permission_decision"))
    if not kind and said.get("decision") != "reject":
        return None
    names = {"reason_type": "reasonType", "reason_code": "reasonCode"}
    return Denial(kind, {names.get(key, key): value for key, value in said.items()})
