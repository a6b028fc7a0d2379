"""Transcripts of Claude Code: `~/.claude/projects/<directory>/<session>.jsonl`, subagents in files beside it.

The conversation is a tree of lines by `parentUuid`, not their order: after a rewind the file goes on from an earlier
line. A prompt is a turn, and what its lines lead to belongs to it; `links` say which result or answer led to what.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from capture.events import NO_EVENT
from peek_tui.trace.names import subagent_files

from .conversation import Agent, Conversation, Denial, block_text
from .lines import Lines, Origin, items, mapping, read_number, read_record, read_session, read_time, word
from .requests import REQUEST_LINES, Requests
from .rest import write_rest
from .subagents import NOTICE, Subagents

__all__ = ["ClaudeCode", "recognises"]

_SAID = frozenset({"assistant", "attachment", "system", "user"})
_CLOSES = _SAID - {"assistant"} | {"cost-state", "last-prompt"}
"""Lines after which no more of an answer comes; others are written beside it at any time."""


_PATIENCE = 64
"""Lines that wait for one that says whose they are, at the most."""


class _Place(NamedTuple):
    """Where a line stands in the conversation."""

    cause: str
    """The event it stands for, or the one that led to it."""
    turn: str
    agent: str


def recognises(record: dict[str, Any]) -> bool:
    """Whether a record is a line of a transcript."""
    kind = record.get("type")
    if isinstance(record.get("sessionId"), str):
        return isinstance(kind, str)
    return (kind == "summary" and "leafUuid" in record) or (kind == "file-history-snapshot" and "messageId" in record)


class ClaudeCode:
    """Turns the lines of a transcript into ours."""

    name = "claude-code"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = Lines(self.name)
        self._talk = Conversation(self._lines)
        self._requests = Requests(self._lines)
        self._subagents = Subagents(self._lines, self._talk, path)
        self._agents: dict[str, Agent] = {}
        self._places: dict[str, _Place] = {}
        self._waiting: list[tuple[dict[str, Any], int]] = []
        self._first: tuple[dict[str, Any], int] | None = None
        """The line that said whose file this is."""
        self._cost = 0.0

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def beside(self) -> list[Path]:
        return subagent_files(self._path)

    def take(self, line: bytes, number: int) -> list[bytes]:
        record = read_record(line)
        if record is None:
            return [line + b"\n"]
        self._waiting.append((record, number))
        if self._first is None and not self._begin(record, number):
            return []
        waiting, self._waiting = self._waiting, []
        return [event for waited in waiting for event in self._take(*waited)]

    def _take(self, record: dict[str, Any], number: int) -> list[bytes]:
        lines, kind = self._lines, word(record.get("type"))
        lines.start(record, number, read_time(record.get("timestamp")))
        agent = self._agent(record)
        if kind in _CLOSES:
            self._talk.close(agent)
        before = self._places.get(word(record.get("parentUuid")) or word(record.get("logicalParentUuid")))
        here = before if before and before.agent == agent.key else _Place(agent.turn, agent.turn, agent.key)
        here = self._write(kind, agent, record, here)
        if not lines.carried:
            here = here._replace(cause=write_rest(lines, agent, record, here.turn, self._spent(record)) or here.cause)
        if uuid := word(record.get("uuid")):
            self._places[uuid] = here
        return lines.finish()

    # -- whose line it is ------------------------------------------------------------------------------------------

    def _begin(self, record: dict[str, Any], number: int) -> bool:
        """Return whether a line says whose file this is; the ones before it need not."""
        if "cwd" not in record and record.get("type") not in _SAID and len(self._waiting) < _PATIENCE:
            return False
        self._first = record, number
        sessions = (word(record.get("sessionId")) for record, _ in reversed(self._waiting))
        self._lines.session = read_session(next(filter(None, sessions), self._path.stem))
        self._lines.own = self._key(record)
        return True

    def _key(self, record: dict[str, Any]) -> str:
        """Return what the agent of a line is known by, `""` for the run's own."""
        sidechain, id = record.get("isSidechain"), word(record.get("agentId"))
        if sidechain is False or id:
            return "" if sidechain is False else id
        if sidechain is None:
            return self._lines.own
        before = self._places.get(word(record.get("parentUuid")))  # older versions: all in one file, without ids
        return before.agent if before and before.agent else word(record.get("uuid"))

    def _agent(self, record: dict[str, Any]) -> Agent:
        key = self._key(record)
        agent = self._agents.get(key)
        if agent is None:
            main = self._agents.get("")
            agent = self._agents[key] = self._subagents.start(key, record, main) if key else self._start()
        return agent

    def _start(self) -> Agent:
        """Write that the run began, from what the first line that says so says of it."""
        assert self._first is not None
        lines, (record, number) = self._lines, self._first
        branch = word(record.get("gitBranch"))
        data = {
            "agent_name": self.name,
            "framework": self.name,
            "cwd": record.get("cwd"),
            "git": {"branch": branch} if branch else None,
            "version": record.get("version"),
        }
        origin = Origin(word(record.get("type")), (number,))
        root = lines.add("agent_start", lines.id("agent_start"), NO_EVENT, self.name, data, origin=origin, raw=False)
        return Agent("", root, None, root)

    # -- what it says ----------------------------------------------------------------------------------------------

    def _write(self, kind: str, agent: Agent, record: dict[str, Any], here: _Place) -> _Place:
        """Write a line of the conversation, and return where it leaves it."""
        if kind == "assistant":
            return here._replace(cause=self._answer(agent, record, here))
        if kind == "user" and not self._lines.carried:  # as the prompt of a subagent that began with it
            return self._user(agent, record, here)
        if kind in REQUEST_LINES:
            self._requests.take(agent, record)
        return here

    def _answer(self, agent: Agent, record: dict[str, Any], here: _Place) -> str:
        message = mapping(record.get("message"))
        request = self._requests.sent.get(word(record.get("requestRef")))
        self._requests.said(agent, word(message.get("id")), message)
        links = [here.cause] if here.cause != here.turn else []
        failed = record.get("isApiErrorMessage")
        error = {"type": word(record.get("error")) or "api_error", "message": block_text(message)} if failed else None
        parent, since = (request.id, request.ts) if request else (here.turn, 0)
        return self._talk.answer(agent, message, parent, links, since, error)

    def _user(self, agent: Agent, record: dict[str, Any], here: _Place) -> _Place:
        message = mapping(record.get("message"))
        self._requests.said(agent, "", message)
        blocks = items(message.get("content"))
        results = [block for block in blocks if block.get("type") == "tool_result"]
        if not results:
            return self._prompt(agent, record, message.get("content"), here)
        denial = _denial(record)
        for block in results:
            if denial is None:
                self._subagents.end(agent, block, mapping(record.get("toolUseResult")))
            here = here._replace(cause=self._talk.result(agent, block, denial))
        others = [block for block in blocks if block.get("type") != "tool_result"]
        return self._prompt(agent, record, others, here) if others else here

    def _prompt(self, agent: Agent, record: dict[str, Any], content: Any, here: _Place) -> _Place:
        """Begin a turn with what a person says, or the program in their place."""
        if record.get("isMeta") or record.get("isCompactSummary"):
            return here
        lines, speaker = self._lines, word(mapping(record.get("origin")).get("kind"))
        if word(content).startswith(NOTICE):
            self._subagents.notice(agent, word(content))
            speaker = speaker or "task-notification"
        said = speaker in ("", "human", "user")
        type, name = ("user_message", "") if said else ("agent_turn", speaker)
        data = {"speaker": name or None, "content": content}
        links = [here.cause] if here.cause != agent.root else None
        turn = lines.add(type, lines.line_id(type), agent.root, name, data, agent=agent.word, links=links)
        agent.turn = turn
        return _Place(turn, turn, agent.key)

    def _spent(self, record: dict[str, Any]) -> float | None:
        """Return what a `cost-state` adds to what the one before said: it holds the session's total."""
        total = read_number(record.get("totalCostUSD")) if record.get("type") == "cost-state" else None
        if total is None:
            return None
        spent, self._cost = total - self._cost if total >= self._cost else total, total
        return spent


def _denial(record: dict[str, Any]) -> Denial | None:
    kind, decision = word(record.get("toolDenialKind")), mapping(record.get("permissionDecision"))
    return Denial(kind, decision) if kind or decision.get("decision") == "reject" else None
