"""Cases of the demo, worked on by the real agents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import capture
from peek_tui.demo import agent
from peek_tui.demo.books import Books
from peek_tui.demo.client import connect_anthropic, connect_openai
from peek_tui.demo.desk import Desk
from peek_tui.demo.ledger import Ledger
from peek_tui.demo.ledger_model import LedgerModel
from peek_tui.demo.server import Exchange, Model, ModelServer
from peek_tui.demo.support_model import SupportModel

Event = dict[str, Any]


class Case(NamedTuple):
    """What came of a question."""

    answer: str
    events: list[Event]
    """The trace, but for the chunks: how many there are is a matter of time."""
    exchanges: list[Exchange]
    """What the two servers received and sent, the support agent's first."""

    def of(self, *types: str) -> list[Event]:
        return [event for event in self.events if event["type"] in types]

    def called(self, tool: str, type: str = "tool_call") -> list[Event]:
        """The calls of a tool, or their results."""
        return [event for event in self.of(type) if event["name"] == tool]

    def above(self, event: Event) -> list[Event]:
        """What an event hangs beneath, the nearest first."""
        parents = [parent for parent in self.events if parent["id"] == event["parent"]]
        return [line for parent in parents for line in (parent, *self.above(parent))]


def solve(question: str, path: Path, ledger_model: Model | None = None) -> Case:
    """Let the two agents work on a question, with the ledger's model replaced if need be."""
    capture.install()
    with (
        ModelServer(SupportModel()) as first,
        ModelServer(ledger_model or LedgerModel()) as second,
        connect_anthropic(first.base_url) as client,
        connect_openai(second.base_url) as ledger_client,
        capture.TraceContext(agent_name="support_agent", path=path) as trace,
    ):
        answer = agent.work_on(question, client, Desk(Ledger(ledger_client, Books()).ask), trace)
    return Case(answer, read(path), [*first.exchanges, *second.exchanges])


def read(path: Path) -> list[Event]:
    """The events of a trace, but for the chunks."""
    events = [json.loads(line) for line in path.read_bytes().splitlines()]
    return [event for event in events if event["type"] != "llm_chunk"]
