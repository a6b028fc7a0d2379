"""A trace is untrusted: all that reads one takes whatever a line holds."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peek_tui.render.summary import summary
from peek_tui.state.browse import Browse
from peek_tui.state.inspect import Outline, Subject
from peek_tui.state.tree import TreeView
from peek_tui.trace.sessions import read_sessions
from peek_tui.trace.sources import trace_files
from peek_tui.trace.store import Store
from tests.state.traces import HOSTILE, obeyed

KEYS = (
    *("v", "ts", "id", "parent", "session", "type", "name", "duration_ms", "error", "agent", "task", "usage"),
    *("cost_usd", "importance", "links", "source", "data"),
)
ID = "5f3a9c1e00000000"
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from((ID, "5f3a9c1e00000001", "0" * 16, 2**62, -(2**63), 10**400, -1, "\ud800", *HOSTILE)),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(
        st.sampled_from(("input_tokens", "output_tokens", "type", "message", "stack", "status", "host")),
        st.one_of(st.integers(), st.floats(), st.sampled_from((2**62, -5, *HOSTILE))),
        max_size=3,
    ),
)
TYPES = st.sampled_from(("agent_start", "agent_end", "llm_response", "tool_call", "tool_result", "\x1b[2J"))
EVENTS = st.lists(st.tuples(TYPES, st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)), min_size=1, max_size=4)


def read_all(path: Path) -> str:
    """Read a trace in every way there is, and return what would be on a screen."""
    store = Store.load([path])
    snapshot = store.snapshot()
    shown = []
    tree = snapshot.tree()
    snapshot.stats()
    store.status()
    for row in range(len(snapshot)):
        event = snapshot.event(row)
        shown.append(summary(event))
        shown += [entry.key + entry.text for entry in Outline(Subject(event), 80).entries]
        tree.sums(row)
        assert event.ts == snapshot.ts(row)
    browse = Browse(snapshot)
    view = TreeView(browse)
    for _ in range(len(snapshot)):
        browse.move(1)
        browse.step(1)
        browse.counts()
        view.update()
        view.up()
    store.close()
    list(read_sessions(trace_files(path.parent)))
    return "".join(shown)


@given(EVENTS)
@example([("llm_response", {"usage": {"input_tokens": -5}})])
@example([("llm_response", {"usage": {"input_tokens": 2**62, "output_tokens": 2**62}})])
@example([("tool_call", {"cost_usd": 10**400})])
def test_any_value_anywhere(events: list[tuple[str, dict[str, Any]]]) -> None:
    """Whatever JSON stands under whichever key, the trace is read, and nothing of it would be obeyed by a terminal."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "trace.jsonl"
        path.write_text("".join(json.dumps({"type": type, **keys}) + "\n" for type, keys in events))
        assert obeyed(read_all(path)) == set()


@pytest.mark.parametrize("depth", [200, 500, 900, 1_000, 1_020, 100_000])
@pytest.mark.parametrize("key", KEYS)
def test_any_depth_anywhere(tmp_path: Path, key: str, depth: int) -> None:
    """A value may be nested as deep as it likes."""
    path = tmp_path / "trace.jsonl"
    value = "[" * depth + "]" * depth
    lines = [f'{{"type":"agent_start","{key}":{value}}}', f'{{"type":"agent_end","{key}":{{"message":{value}}}}}']
    lines.append(f'{{"type":"agent_start","data":{{"host":{value},"status":{value}}}}}')
    path.write_text("\n".join(lines) + "\n")
    assert obeyed(read_all(path)) == set()


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_any_bytes(lines: list[bytes]) -> None:
    """Whatever bytes a file holds, it is read."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "trace.jsonl"
        path.write_bytes(b"\n".join(lines))
        assert obeyed(read_all(path)) == set()
