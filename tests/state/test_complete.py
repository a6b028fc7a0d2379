from __future__ import annotations

import pytest

from peek_tui.state.complete import complete_filter, mistake_in
from peek_tui.trace.query import KEYS, parse_query
from peek_tui.trace.store import Snapshot

from .traces import HOSTILE, TraceFile


@pytest.fixture
def snapshot(trace: TraceFile) -> Snapshot:
    """Two types, the more frequent one last in the alphabet, and names of which one needs quotes."""
    trace.add("tool_call", "search")
    trace.add("tool_call", "send mail", agent="planner")
    trace.add("decision", "say")
    return trace.snapshot()


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("na", ["name:"]),
        ("error -ses", ["error -session:"]),
        ("type:", ["type:tool_call", "type:decision"]),
        ("(type:decision OR type:t", ["(type:decision OR type:tool_call"]),
        ("type:decision,t", ["type:decision,tool_call"]),
        ("name:se", ["name:search", 'name:"send mail"']),
        ('name:"sen', ['name:"send mail"']),
        ("agent:", ["agent:planner"]),
        ("dur", ["dur>"]),
        ("data", ["data."]),
        ("dur>", []),
        ("refund", []),
    ],
)
def test_completed(snapshot: Snapshot, text: str, completed: list[str]) -> None:
    """The last term is completed from the language and from the trace, types with the most frequent first."""
    completion = complete_filter(text, snapshot)
    assert [text[: completion.start] + word for word in completion.words] == completed


def test_every_key(snapshot: Snapshot) -> None:
    """An empty line may become any key of the language."""
    words = complete_filter("", snapshot).words
    assert [word.rstrip(":>.") for word in words] == list(KEYS)


def test_hostile(trace: TraceFile) -> None:
    """Whatever a name holds, what it is completed to is a query for events of that name."""
    for text in HOSTILE:
        trace.add("tool_call", text)
    snapshot = trace.snapshot()
    completion = complete_filter("name:", snapshot)
    assert len(completion.words) == 40
    for word in completion.words:
        [row] = snapshot.rows(parse_query(f"name:{word}"))
        assert snapshot.name(row) in HOSTILE


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("type:tool_call dur>2s", None),
        ("error agnet:x", (6, "unknown key 'agnet': give agent, or put quotes around a text")),
        ("(error", (0, "a parenthesis is not closed")),
        ("", None),
    ],
)
def test_mistake(text: str, mistake: tuple[int, str] | None) -> None:
    """A mistake is told with its column, counted from 0."""
    assert mistake_in(text) == mistake
