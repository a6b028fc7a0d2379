"""Runs as the tests of analysis write them: an event a method, with the parents that `capture` would give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from capture.events import NO_EVENT
from peek_tui.analysis.alerts import Alert, find_alerts
from tests.state.traces import NOON, SESSION, TraceFile

__all__ = ["Run"]


class Run(TraceFile):
    """A trace file with an agent in it."""

    def __init__(self, path: Path, writer: str = "5f3a9c1e", session: str = SESSION) -> None:
        super().__init__(path, writer, session)
        self.ids: list[str] = []
        """Of all events so far."""
        self.clock = NOON // 1_000_000_000
        """Seconds since 1970, for who sets times."""

    def add(
        self, type: str, name: str = "", data: Any = None, parent: str = NO_EVENT, ts: int = 0, **header: Any
    ) -> str:
        """Append an event and return its id."""
        self.ids.append(super().add(type, name, data, parent, ts, **header))
        return self.ids[-1]

    def call(self, name: str, arguments: dict[str, Any] | None = None, **header: Any) -> str:
        """Append a call of a tool and return its id."""
        return self.add("tool_call", name, {"arguments": arguments or {}}, **header)

    def result(self, call: str, name: str, result: Any = "done", error: str = "", **header: Any) -> str:
        """Append the result of a call, or its failure, and return its id."""
        if error:
            header["error"] = {"type": "ToolError", "message": error}
        return self.add("tool_result", name, {"result": result}, call, **header)

    def tool(
        self, name: str, arguments: dict[str, Any] | None = None, result: Any = "done", error: str = "", **header: Any
    ) -> str:
        """Append a call with its result, and return the call's id."""
        call = self.call(name, arguments, **header)
        self.result(call, name, result, error, **header)
        return call

    def model(self, text: str = "Well.", **header: Any) -> str:
        """Append a request to a model with its answer, and return the answer's id."""
        request = self.add("llm_request", "model-1", {"messages": [{"role": "user", "content": f"{self._count}"}]})
        return self.add("llm_response", "model-1", {"content": [{"type": "text", "text": text}]}, request, **header)

    def alerts(self, rule: str = "") -> list[Alert]:
        """Return the alerts of the run as it is now, of one rule or of all."""
        return [alert for alert in find_alerts(self.snapshot()) if rule in ("", alert.rule)]
