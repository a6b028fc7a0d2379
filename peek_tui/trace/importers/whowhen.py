"""Who&When: failed runs of teams of agents, each a JSON document whose `history` is what the team said in turn.

An entry of the history is a *step*, counted from 0, and the first event it becomes carries it as `source.step` with the
untouched entry. What an entry becomes is told by what it is, not by who wrote it: the output of executed code answers
the code of an earlier entry, a plan or ledger kept for oneself is a decision, what is said to the others is a turn. The
corpus keeps no times, so every event has time 0. What somebody found out about the failure afterwards (`mistake_step`
and its like) stands in `source.raw` and nowhere else.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from capture.events import NO_EVENT

from .lines import Lines, items, read_record, read_session, word

__all__ = ["WhoWhen", "begins", "recognises"]

_START = re.compile(rb'(?<!\\)"history"\s*:\s*\[\s*\{\s*"(?:content|role|name)"\s*:')
_SPEAKER = re.compile(r"^(?P<name>[^()]+?)\s*\((?:->\s*(?P<to>[^()]+)|(?P<aside>[^()]+))\)\s*$")
_CODE = re.compile(r"```[ \t]*(?P<language>[\w+#.-]*)[^\n]*\n(?P<code>.*?)(?:```|\Z)", re.DOTALL)
_OUTPUT = re.compile(r"\s*(?:exitcode: (?P<code>-?\d+)|The script ran\b(?:.*?exit code: (?P<unix>-?\d+))?)", re.DOTALL)
_RAISED = re.compile(r"^(?P<type>(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit))\b:?[ \t]*(?P<says>.*)$", re.MULTILINE)


class _Speaker(NamedTuple):
    """Who an entry is by."""

    name: str
    to: str
    """The agent it is addressed to; empty when that is not said."""
    aside: str
    """What it is when it is said to nobody: `thought`, `termination condition`."""


class _Call(NamedTuple):
    """Code that waits to be run."""

    id: str
    language: str


def recognises(record: dict[str, Any]) -> bool:
    """Whether a document that stands in one line is a run of this corpus."""
    return isinstance(record.get("history"), list) and isinstance(record.get("question"), str)


def begins(head: bytes) -> bool:
    """Whether a file that begins so is a run of this corpus."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and _START.search(head) is not None


class WhoWhen:
    """Turns a run, which comes as one line, into ours."""

    name = "whowhen"

    def __init__(self, path: Path) -> None:
        self._lines = Lines(self.name)
        self._root = NO_EVENT
        self._waiting_call: _Call | None = None

    @property
    def waiting(self) -> int:
        return 0

    def beside(self) -> list[Path]:
        return []

    def take(self, line: bytes, number: int) -> list[bytes]:
        record = read_record(line)
        if record is None:
            return [line + b"\n"]
        history = record.get("history")
        lines = self._lines
        lines.session = read_session(blake2b(line, digest_size=16).hexdigest())
        self._waiting_call = None
        about = {key: value for key, value in record.items() if key != "history"}
        lines.start(about, number, 0)
        data = {"agent_name": self.name, "framework": self.name}
        self._root = lines.add("agent_start", lines.id("agent_start"), NO_EVENT, self.name, data)
        entries = history if isinstance(history, list) else []
        question = word(record.get("question"))
        if question and not (entries and _speaker(_entry(entries[0])).name in _PEOPLE):
            lines.add("user_message", lines.id("user_message"), self._root, "", {"content": question}, raw=False)
        events = lines.finish()
        for step, entry in enumerate(entries):
            lines.start(_entry(entry), number, 0)
            self._entry(step, _entry(entry))
            events += lines.finish()
        return events

    def _entry(self, step: int, entry: dict[str, Any]) -> None:
        speaker, content = _speaker(entry), _text(entry.get("content"))
        self._lines.step = step
        output = _OUTPUT.match(content)
        if speaker.name in _PEOPLE:
            self._add(step, "user_message", "", {"content": content})
        elif speaker.aside == "thought":
            self._add(step, "decision", "", {"reasoning": content}, speaker)
        elif speaker.aside:
            self._add(step, "agent_end", speaker.name, {"status": "completed", "result": content}, speaker)
        elif output and self._waiting_call is not None:
            self._result(step, speaker, content, output)
        else:
            self._turn(step, speaker, content)

    def _turn(self, step: int, speaker: _Speaker, content: str) -> None:
        data = {"speaker": speaker.name, "turn_index": step, "content": content, "to": speaker.to or None}
        turn = self._add(step, "agent_turn", speaker.name, data, speaker)
        blocks = [block for block in _CODE.finditer(content) if block["code"].strip()]
        if blocks:
            language = next((block["language"] for block in blocks if block["language"]), "") or "code"
            arguments = {"code": "\n\n".join(block["code"] for block in blocks)}
            id = self._add(step, "tool_call", language, {"arguments": arguments}, speaker, parent=turn)
            self._waiting_call = _Call(id, language)

    def _result(self, step: int, speaker: _Speaker, content: str, output: re.Match[str]) -> None:
        call, self._waiting_call = self._waiting_call, None
        assert call is not None
        code = output["code"] or output["unix"] or ""
        failed = bool(code.strip("-0"))  # a number of any length: to read one of many digits raises
        raised = list(_RAISED.finditer(content))
        error = {"type": raised[-1]["type"], "message": raised[-1]["says"]} if raised else None
        error = error or {"type": "exit", "message": f"exit code {code}"}
        data = {"result": content, "is_error": failed}
        self._add(step, "tool_result", call.language, data, speaker, parent=call.id, error=error if failed else None)

    def _add(
        self,
        step: int,
        type: str,
        name: str,
        data: dict[str, Any],
        speaker: _Speaker | None = None,
        *,
        parent: str = "",
        error: dict[str, str] | None = None,
    ) -> str:
        id, agent = self._lines.id(type, str(step)), speaker.name if speaker else None
        return self._lines.add(type, id, parent or self._root, name, data, agent=agent, error=error)


_PEOPLE = frozenset({"human", "user", "user_proxy"})


def _entry(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"content": value}


def _speaker(entry: dict[str, Any]) -> _Speaker:
    name, role = word(entry.get("name")), word(entry.get("role"))
    if name:
        return _Speaker(name, "", "")
    said = _SPEAKER.match(role)
    if said is None:
        return _Speaker(role, "", "")
    return _Speaker(said["name"], (said["to"] or "").strip(), (said["aside"] or "").strip())


def _text(content: Any) -> str:
    return "\n".join(word(block.get("text")) for block in items(content))
