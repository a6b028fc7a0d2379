"""Any bytes at all may stand in a file: no question asked of them raises, and every run ends."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.events import NO_EVENT
from capture.format import encode_event
from peek_tui.trace import index
from peek_tui.trace.importers import FORMATS
from peek_tui.trace.model import Event
from peek_tui.trace.needle import Needle
from peek_tui.trace.query import parse_query
from peek_tui.trace.search import search
from peek_tui.trace.snapshot import Snapshot
from peek_tui.trace.store import Store
from tests.state.traces import NOON, SESSION

from .importers.foreign import DATA, foreign_lines
from .lines import LINES

FIRST = encode_event(NOON, "5f3a9c1e00000000", NO_EVENT, SESSION, "agent_start", "", {}, {"capture": {"version": "1"}})
FOREIGN = [line + b"\n" for path in sorted(DATA.glob("*.jsonl")) for line in foreign_lines(path)[:9]]
MAGIC = [
    b"\x1f\x8b",
    b"\x1f\x8b\x08\x08",
    b"\x28\xb5\x2f\xfd",
    b"\x50\x2a\x4d\x18\xff\xff\xff\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
]
QUERIES = [
    parse_query(text)
    for text in ("", "error", "type:log,tool_*", "-name:search", "agent:* OR session:5*", "dur>1 tokens>0", "cost>=0",
                 "ts>10:00", "conf<1", "importance>0", "row>1", "data.a:*", "data.a.b>1", "text:a*b", '"\\""')
]  # fmt: skip
NEEDLES = [Needle("a"), Needle("É", ignore_case=True), Needle("[a-z]+", regex=True)]

Change = Callable[[bytes], bytes]
COMPRESS: list[Change] = [bytes, gzip.compress, zstandard.ZstdCompressor().compress]

PIECES = st.one_of(LINES, LINES, st.binary(max_size=60), st.sampled_from([FIRST, *FOREIGN]), st.sampled_from(MAGIC))
TEXTS = st.lists(PIECES, max_size=8).map(b"".join)
MEMBERS = st.builds(lambda text, change: change(text), TEXTS, st.sampled_from(COMPRESS))
WRITTEN = st.lists(MEMBERS, min_size=1, max_size=2).map(b"".join)


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    """Draw what a file holds: text or compressed text, cut off or with some of its bytes changed."""
    content = draw(WRITTEN)
    if draw(st.booleans()):
        return content
    at = draw(st.integers(0, len(content)))
    return content[:at] + draw(st.binary(max_size=4) | st.sampled_from(MAGIC)) + content[at + draw(st.integers(0, 9)) :]


def look_at(event: Event) -> list[Any]:
    """Read whatever an event may have."""
    return [getattr(event, name) for name in ("data", "error", "usage", "links", "agent", "task", "importance")]


def ask_everything(snapshot: Snapshot) -> None:
    """Ask all there is to ask of a snapshot."""
    rows = range(len(snapshot))
    events = [snapshot.event(row) for row in rows]
    for event in events:
        look_at(event)
        assert snapshot.row(event.handle) == event.row
        assert snapshot.type(event.row) == event.type
    for query in QUERIES:
        hits = list(snapshot.rows(query))
        assert list(snapshot.matching(query, reverse=True)) == hits[::-1]
        assert snapshot.next(query, -1) == (hits[0] if hits else None)
    stats, tree = snapshot.stats(), snapshot.tree()
    assert stats.events == sum(event.damage is None or event.damage.part == "payload" for event in events)
    assert sorted(tree.preorder) == list(rows)
    assert sum(tree.sums(root).events for root in tree.roots) == len(rows)
    assert snapshot.types().total() == len(rows)
    assert snapshot.at_time(NOON) <= max(0, len(rows) - 1)
    assert (snapshot.usage(), snapshot.errors()) == (stats.usage, stats.errors)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(contents(), min_size=1, max_size=2),
    st.sampled_from([None, None, "peek", *FORMATS]),
    st.sampled_from([index.SMALL, 0, 300]),
)
def test_any_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[bytes], format: str | None, small: int
) -> None:
    """Whatever bytes stand in files, every question about them is answered."""
    monkeypatch.setattr(index, "SMALL", small)
    paths = [tmp_path / str(number) for number in range(len(files))]
    for path, content in zip(paths, files, strict=True):
        path.write_bytes(content)
    store = Store.load(paths, format)
    ask_everything(store.snapshot())
    assert store.status() in ("finished", "crashed", "unknown")
    assert len(store.formats) == len(files)
    assert store.changed == []
    store.close()


@given(TEXTS, st.sampled_from(NEEDLES), st.booleans())
def test_any_search(text: bytes, needle: Needle, reverse: bool) -> None:
    """Whatever bytes are searched, a search ends, and what it finds holds the text."""
    found = search(lambda at, length: text[at : at + length], 0, len(text), needle, reverse=reverse)
    lines = [line for slice in found for line in slice.lines]
    assert all(needle.found_in(text[line:].split(b"\n")[0]) for line in lines)
