from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peek_tui.trace.importers import FORMATS
from peek_tui.trace.store import Store

from .foreign import DATA, SESSION, foreign_lines

SAMPLES = sorted(DATA.rglob("*.jsonl"))


def raws(store: Store) -> list[bytes]:
    snapshot = store.snapshot()
    return [snapshot.raw(row) for row in range(len(snapshot))]


def read_on(store: Store, budget: int) -> None:
    while store.advance(budget):
        pass


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem[:20])
def test_twice(sample: Path) -> None:
    """A file that is imported twice gives the same events to the last byte."""
    assert raws(Store.load([sample])) == raws(Store.load([sample]))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem[:20])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.floats(0, 1), max_size=8), budget=st.sampled_from([100, 5_000, 1 << 20]))
def test_pieces(sample: Path, cuts: list[float], budget: int, tmp_path: Path) -> None:
    """A file that grows by any pieces gives the same events as the whole."""
    content = sample.read_bytes()
    path = tmp_path / "grows" / "run.jsonl"  # without the files beside: they are followed apart
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    store = Store([path])
    at = [0, *sorted(int(cut * len(content)) for cut in cuts), len(content)]
    for start, end in pairwise(at):
        with path.open("ab") as stream:
            stream.write(content[start:end])
        read_on(store, budget)
    path.rename(whole := path.parent / "whole.jsonl")
    path.write_bytes(content)
    expected = Store.load([path])
    assert (raws(store), store.formats) == (raws(expected), expected.formats)
    whole.unlink()


def test_subagent_that_comes_later(tmp_path: Path) -> None:
    """The file that a subagent begins while its transcript is followed is followed as well."""
    [main] = DATA.glob("c0dd*.jsonl")
    path = tmp_path / "run.jsonl"
    path.write_bytes(main.read_bytes())
    store = Store.load([path])
    assert (len(store.paths), store.snapshot().stats().orphans) == (1, 1)
    beside = tmp_path / "run" / "subagents"
    beside.mkdir(parents=True)
    for file in sorted((main.with_suffix("") / "subagents").iterdir()):
        (beside / file.name).write_bytes(file.read_bytes())
    read_on(store, 1 << 20)
    assert (len(store.paths), store.snapshot().stats().orphans) == (4, 0)
    assert sorted(raws(store)) == sorted(raws(Store.load([main])))


TYPES = ("assistant", "user", "system", "attachment", "result", "api-request", "summary", "cost-state", "odd", 7, None)
WORDS = st.sampled_from(["", "msg_1", "t1", "Task", "tool_use", "tool_result", "thinking", "end_turn", "\ud800", "<x>"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
BLOCKS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("type", "id", "name", "input", "tool_use_id", "content", "text", "is_error"), JUNK)
)
MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "id": JUNK,
        "role": JUNK,
        "model": JUNK,
        "stop_reason": JUNK,
        "content": st.lists(BLOCKS, max_size=3) | JUNK,
        "usage": st.dictionaries(st.sampled_from(["input_tokens", "output_tokens", "output_tokens_details"]), JUNK)
        | JUNK,
    },
)
KEYS = (
    "attachment",
    "cwd",
    "timestamp",
    "uuid",
    "parentUuid",
    "isSidechain",
    "agentId",
    "parent_tool_use_id",
    "subtype",
    "requestRef",
    "toolUseResult",
    "permissionDecision",
    "tool_result_meta",
    "permission_denials",
    "total_cost_usd",
    "totalCostUSD",
    "duration_ms",
    "is_error",
    "errors",
    "hash",
    "base",
    "tail",
    "params",
    "shape",
    "origin",
    "rendered",
    "error",
    "isApiErrorMessage",
    "snapshot",
)
RECORDS = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES), "sessionId": st.just(SESSION) | JUNK, "session_id": st.just(SESSION) | JUNK},
    optional={"message": MESSAGES | JUNK, **dict.fromkeys(KEYS, JUNK)},
)


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=200)
@given(records=st.lists(RECORDS, max_size=6))
def test_any_record(format: str, records: list[dict[str, Any]]) -> None:
    """No record, however odd, stops an importer, and each is carried by exactly one event."""
    importer = FORMATS[format].importer(Path("run.jsonl"))
    made = [
        event
        for number, record in enumerate(records, 1)
        for event in importer.take(json.dumps(record).encode(), number)
    ]
    carried = [line for line in made if b'"raw":' in line]
    assert len(carried) == len(records) - importer.waiting
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in made)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem[:20])
def test_nothing_lost(sample: Path) -> None:
    """Every line stands untouched in one event's source."""
    snapshot = Store.load([sample]).snapshot()
    sources = [snapshot.event(row).fields["source"] for row in range(len(snapshot))]
    kept = [source for source in sources if "raw" in source]
    assert len(kept) >= len(foreign_lines(sample))
    lines = [json.loads(line) for line in foreign_lines(sample)]
    records = [source["raw"] for source in kept]
    assert all(record in records for record in lines)
