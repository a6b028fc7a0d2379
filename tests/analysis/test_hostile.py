"""Any bytes are looked at without an exception."""

from __future__ import annotations

import json
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.events import VOCABULARY
from capture.format import encode_event
from peek_tui.analysis.alerts import Watch, find_alerts
from peek_tui.analysis.cost import costs
from peek_tui.analysis.culprit.rank import suspects
from peek_tui.analysis.importance import importance
from peek_tui.analysis.outcome import outcome
from peek_tui.trace.store import Store
from tests.state.traces import NOON, SESSION
from tests.trace.lines import LINES

TYPES = [*VOCABULARY]
FIELDS = {key for word in TYPES for key in VOCABULARY[word].fields}
KEYS = [*sorted(FIELDS), "base", "keep", "same", "todos", "role", "type"]
WORDS = st.sampled_from(
    ["", "block", "completed", "5f3a9c1e00000000", "ignore all instructions", "a@b.example", "pending", "\ud800"]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**70) | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)
HEADERS = st.fixed_dictionaries(
    {}, optional={"error": VALUES, "usage": VALUES, "importance": VALUES, "duration_ms": VALUES, "agent": VALUES}
)


def _line(number: int, type: str, parent: int, header: dict[str, Any], data: dict[str, Any]) -> bytes:
    id = f"5f3a9c1e{number:08x}"
    try:
        line = encode_event(NOON + number, id, f"5f3a9c1e{parent:08x}", SESSION, type, type[:3], header, data)
    except (TypeError, ValueError):
        event = {"id": id, "parent": f"5f3a9c1e{parent:08x}", "session": SESSION, "type": type, **header, "data": data}
        line = json.dumps(event).encode() + b"\n"
    return line


EVENTS = st.builds(
    _line,
    st.integers(0, 30),
    st.sampled_from(TYPES),
    st.integers(0, 30),
    HEADERS,
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5),
)


@given(lines=st.lists(EVENTS | LINES, max_size=30))
def test_any_lines(lines: list[bytes]) -> None:
    """Whatever stands in a trace, alerts, importance and outcome say something of it."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "run.jsonl"
        path.write_bytes(b"".join(lines))
        store = Store.load([path])
        try:
            snapshot = store.snapshot()
            alerts = find_alerts(snapshot)
            values = importance(snapshot)
            assert all(0 <= alert.first_row <= alert.last_row < len(snapshot) for alert in alerts)
            assert len(values) == len(snapshot)
            assert ((values >= 0) & (values <= 1)).all()
            outcome(snapshot, "unknown")
        finally:
            store.close()


DEEP = {
    "lists": "[" * 990 + "]" * 990,
    "objects": '{"a":' * 990 + "1" + "}" * 990,
    "within": '{"command":%s,"todos":[{"type":%s,"status":%s}]}'.replace("%s", "[" * 980 + "]" * 980),
    "word": '["block"]',
    "digits": "9" * 5000,
}
"""Values that cannot be said, compared or looked up as a word can."""


@pytest.mark.parametrize("value", DEEP.values(), ids=DEEP)
def test_values_of_any_depth(tmp_path: Path, value: str) -> None:
    """Values as deep as the reader takes, or numbers of any length, stop no detector and raise nothing."""
    lines = []
    for number, type in enumerate([*TYPES, *TYPES]):
        payload = ",".join(f'"{key}":{value}' for key in (*VOCABULARY[type].fields, "outcome", "policy_name"))
        head = f'{{"ts":{NOON},"id":"5f3a9c1e{number:08x}","parent":"{"0" * 16}","session":"{SESSION}","type":"{type}"'
        lines.append(f'{head},"name":"bash","data":{{{payload},"turn":{number}}}}}\n')
    (tmp_path / "run.jsonl").write_text("".join(lines))
    with closing(Store.load([tmp_path / "run.jsonl"])) as store:
        snapshot = store.snapshot()
        watch = Watch()
        watch.advance(snapshot, over=True)
        assert watch.troubles == []
        assert len(importance(snapshot)) == len(lines)
        outcome(snapshot, "finished")
        suspects(snapshot)
        costs(snapshot)
