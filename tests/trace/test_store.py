from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import capture
from capture.events import NO_EVENT
from capture.format import encode_event
from capture.testing import ManualClock, SeededRandomness, read_events
from peek_tui.trace.model import Usage
from peek_tui.trace.query import EVERYTHING, parse_query
from peek_tui.trace.snapshot import MISSING_SHOWN, Snapshot, Stats
from peek_tui.trace.store import Store
from tests.state.traces import NOON, SESSION, TraceFile

from .conftest import Load

pytestmark = pytest.mark.usefixtures("half")

SECOND = 1_000_000_000


def names(snapshot: Snapshot) -> list[str]:
    return [snapshot.name(row) for row in range(len(snapshot))]


def read_on(store: Store) -> Snapshot:
    while store.advance():
        pass
    return store.snapshot()


def everything(snapshot: Snapshot) -> tuple[Any, ...]:
    """All that a snapshot says."""
    rows = range(len(snapshot))
    return (
        [snapshot.event(row) for row in rows],
        [snapshot.handle(row) for row in rows],
        [snapshot.find(f"5f3a9c1e{number:08x}") for number in range(9)],
        [snapshot.rows(parse_query(query)) for query in ("", "type:log", "error")],
        [snapshot.next(EVERYTHING, row) for row in rows],
        snapshot.stats(),
        snapshot.types(),
        list(snapshot.tree().preorder),
        snapshot.agent_name(),
    )


class TestSnapshots:
    def test_immutable(self, trace: TraceFile, tmp_path: Path, load: Load) -> None:
        """A snapshot says the same however the files grow, losses, orphans and unfinished lines included."""
        other = TraceFile(tmp_path / "other.jsonl", "00000001", "f" * 32)
        trace.add("agent_start", "desk", {"host": "here"})
        trace.add("log", "orphan", parent="0000000100000002")
        trace.write(
            encode_event(NOON, "5f3a9c1e00000004", NO_EVENT, SESSION, "log", "after a gap", {"error": {}}, {})[:-3]
        )
        store = load(trace, other)
        snapshot = store.snapshot()
        before = everything(snapshot)
        assert store.snapshot() is snapshot
        trace.write(b"{}}\n")
        trace.add("log", "late", ts=NOON + SECOND // 2)
        trace.add("llm_response", "late", usage={"input_tokens": 5}, cost_usd=1.0)
        trace.write(b"nonsense\n")
        for _ in range(3):
            other.add("tool_result", "other", error={"type": "E", "message": ""})
        later = read_on(store)
        assert later is not snapshot
        assert len(later) == 2 + 4 + 3
        assert everything(snapshot) == before

    def test_losses_that_turn_up(self, trace: TraceFile, load: Load) -> None:
        """An event that arrives late is missing before and not afterwards."""

        def line(number: int) -> bytes:
            return encode_event(NOON, f"5f3a9c1e{number:08x}", NO_EVENT, SESSION, "log", "", {}, {})

        trace.write(line(0) + line(2))
        store = load(trace)
        before = store.snapshot()
        trace.write(line(1))
        after = read_on(store)
        assert (before.stats().missing, after.stats().missing) == (("5f3a9c1e00000001",), ())

    def test_nothing_new(self, trace: TraceFile, load: Load) -> None:
        """While nothing is added there is one snapshot."""
        trace.add("log")
        store = load(trace)
        first = store.snapshot()
        assert store.advance() is False
        assert store.snapshot() is first

    def test_empty(self, load: Load, trace: TraceFile) -> None:
        """An empty trace has nothing in it, and answers everything."""
        for store in (load(), load(trace)):
            snapshot = store.snapshot()
            assert len(snapshot) == 0
            assert snapshot.stats() == Stats(0, {}, 0, 0.0, 0, Usage(), None, (), False, (), 0, 0)
            assert (snapshot.at_time(NOON), snapshot.next(EVERYTHING, 0), snapshot.find("x")) == (0, None, None)
            assert (list(snapshot.rows()), snapshot.agent_name(), store.status()) == ([], "", "unknown")

    @pytest.mark.parametrize("row", [-1, 1])
    def test_no_such_row(self, trace: TraceFile, load: Load, row: int) -> None:
        """A row or a handle that is not there raises IndexError."""
        trace.add("log")
        snapshot = load(trace).snapshot()
        for ask in (snapshot.handle, snapshot.row, snapshot.event, snapshot.type, snapshot.name, snapshot.failed):
            with pytest.raises(IndexError):
                ask(row)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.integers(1, 400), min_size=1, max_size=6))
    def test_slices(self, trace: TraceFile, budgets: list[int]) -> None:
        """However little is read at a time, all is read."""
        if not trace.path.stat().st_size:
            for number in range(6):
                trace.add("log", str(number), {"text": "x" * 100 * number})
        store = Store([trace.path])
        reads = 0
        while store.advance(budgets[reads % len(budgets)]):
            reads += 1
        assert names(store.snapshot()) == ["0", "1", "2", "3", "4", "5"]
        store.close()


class TestSeveralFiles:
    @pytest.fixture
    def files(self, tmp_path: Path) -> tuple[TraceFile, TraceFile]:
        """Two files of one run; the second one's events fall between the first one's."""
        first = TraceFile(tmp_path / "a.jsonl", "0000000a")
        second = TraceFile(tmp_path / "b.jsonl", "0000000b", start=NOON + SECOND // 2)
        for number in range(3):
            first.add("log", f"a{number}")
        return first, second

    def test_merged(self, files: tuple[TraceFile, TraceFile], load: Load) -> None:
        """Files of one run are merged by time."""
        for number in range(3):
            files[1].add("log", f"b{number}")
        assert names(load(*files).snapshot()) == ["a0", "b0", "a1", "b1", "a2", "b2"]
        assert names(load(*reversed(files)).snapshot()) == ["a0", "b0", "a1", "b1", "a2", "b2"]

    def test_handles(self, files: tuple[TraceFile, TraceFile], load: Load) -> None:
        """An event keeps its handle when a late file moves its row."""
        store = load(*files)
        before = store.snapshot()
        handles = {before.name(row): before.handle(row) for row in range(3)}
        for number in range(3):
            files[1].add("log", f"b{number}")
        after = read_on(store)
        assert names(after) == ["a0", "b0", "a1", "b1", "a2", "b2"]
        assert [after.row(handles[name]) for name in ("a0", "a1", "a2")] == [0, 2, 4]
        assert [after.row(after.handle(row)) for row in range(6)] == list(range(6))
        assert [after.event(row).handle for row in range(6)] == [after.handle(row) for row in range(6)]
        assert after.find("0000000a00000002") == before.find("0000000a00000002") == handles["a2"]
        assert after.same_rows(before) == before.same_rows(after) == 1
        files[0].add("log", "a3")
        files[1].add("log", "b3")
        last = read_on(store)
        assert names(last) == ["a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"]
        assert (last.same_rows(after), last.same_rows(before), last.same_rows(last)) == (6, 1, 8)

    def test_same_rows_of_one_file(self, trace: TraceFile, load: Load) -> None:
        """The rows of one file never move."""
        trace.add("log")
        store = load(trace)
        before = store.snapshot()
        trace.add("log")
        assert read_on(store).same_rows(before) == 1

    def test_clock_that_steps_back(self, files: tuple[TraceFile, TraceFile], load: Load) -> None:
        """A writer's clock that steps back puts no event before one that the writer wrote earlier."""
        first, second = files
        call = first.add("tool_call", "call", ts=NOON + 10 * SECOND)
        first.add("tool_result", "result", parent=call, ts=NOON + SECOND)
        second.add("log", "between", ts=NOON + 5 * SECOND)
        second.add("log", "after", ts=NOON + 10 * SECOND)
        snapshot = load(*files).snapshot()
        assert names(snapshot) == ["a0", "a1", "a2", "between", "call", "result", "after"]
        assert [snapshot.ts(row) - NOON for row in (4, 5)] == [10 * SECOND, SECOND]

    def test_twice(self, files: tuple[TraceFile, TraceFile], load: Load, tmp_path: Path) -> None:
        """A file given twice, or copied into another, is read once."""
        copy = tmp_path / "copy.jsonl"
        copy.write_bytes(files[0].path.read_bytes() + b'{"type":"log","name":"new"}\n')
        snapshot = load(files[0], files[0], copy).snapshot()
        assert sorted(names(snapshot)) == ["a0", "a1", "a2", "new"]
        assert snapshot.stats().events == 4

    def test_lone_orphan(self, trace: TraceFile, tmp_path: Path, load: Load) -> None:
        """An event whose parent is not there may be the only one in several files."""
        trace.add("log", "orphan", parent="0000000100000002")
        snapshot = load(trace, TraceFile(tmp_path / "empty.jsonl")).snapshot()
        assert (snapshot.stats().orphans, list(snapshot.tree().roots)) == (1, [0])

    def test_parents_across_files(self, files: tuple[TraceFile, TraceFile], load: Load) -> None:
        """A parent may stand in another file."""
        files[1].add("log", "child", parent="0000000a00000001")
        snapshot = load(*files).snapshot()
        assert names(snapshot) == ["a0", "child", "a1", "a2"]
        assert snapshot.stats().orphans == 0
        assert snapshot.tree().parent(1) == 2


class TestAsking:
    @pytest.fixture
    def snapshot(self, trace: TraceFile, load: Load) -> Snapshot:
        trace.add("tool_call", "search")
        trace.add("tool_result", "search", error={"type": "E", "message": ""})
        trace.add("log", "stdout")
        trace.write(b"nonsense\n")
        trace.add("tool_call", "lookup")
        return load(trace).snapshot()

    @pytest.mark.parametrize(
        ("query", "start", "rows"),
        [
            ("", 0, [0, 1, 2, 3, 4]),
            ("", 3, [3, 4]),
            ("type:tool_call", 0, [0, 4]),
            ("type:tool_call", 1, [4]),
            ("type:tool_*", 0, [0, 1, 4]),
            ("name:search", 0, [0, 1]),
            ("error", 0, [1]),
            ("-error", 0, [0, 2, 3, 4]),
            ("type:tool_* -error", 0, [0, 4]),
            ("type:damaged", 0, [3]),
            ("type:nothing", 0, []),
        ],
    )
    def test_rows(self, snapshot: Snapshot, query: str, start: int, rows: list[int]) -> None:
        """The rows whose events a query wants, from one on."""
        assert list(snapshot.rows(parse_query(query), start)) == rows

    @pytest.mark.parametrize(
        ("query", "row", "step", "found"),
        [
            ("", 0, 1, 1), ("", 4, 1, None), ("", 4, -1, 3), ("", 0, -1, None), ("", -1, 1, 0), ("", 5, -1, 4),
            ("type:tool_call", 0, 1, 4), ("type:tool_call", 4, -1, 0), ("type:tool_call", 4, 1, None),
            ("error", 4, -1, 1), ("error", 1, 1, None), ("error", 1, -1, None),
        ],
    )  # fmt: skip
    def test_next(self, snapshot: Snapshot, query: str, row: int, step: int, found: int | None) -> None:
        """The nearest row after or before one, which is not itself an answer."""
        assert snapshot.next(parse_query(query), row, step) == found

    def test_find(self, snapshot: Snapshot) -> None:
        """An event is found by its id."""
        assert snapshot.find("5f3a9c1e00000003") == 4
        assert snapshot.find("5f3a9c1e00000009") is None
        assert snapshot.find("") is None

    def test_failed(self, snapshot: Snapshot) -> None:
        """Whether an event failed is known without its line."""
        assert [snapshot.failed(row) for row in range(5)] == [False, True, False, False, False]
        assert snapshot.errors() == 1

    @pytest.mark.parametrize(("seconds", "row"), [(-1, 0), (0, 0), (0.5, 1), (1, 1), (2, 2), (2.5, 4), (3, 4), (99, 4)])
    def test_at_time(self, snapshot: Snapshot, seconds: float, row: int) -> None:
        """The first row that is not older than a moment, or the last; a damaged line has its neighbour's time."""
        assert snapshot.at_time(NOON + round(seconds * SECOND)) == row

    def test_event(self, snapshot: Snapshot, trace: TraceFile) -> None:
        """An event is read with its place, its keys and its line."""
        event = snapshot.event(1)
        assert (event.row, event.handle, event.id, event.type, event.name) == (
            1, 1, "5f3a9c1e00000001", "tool_result", "search"
        )  # fmt: skip
        assert event.raw == trace.path.read_bytes().splitlines()[1]
        assert event.fields["error"] == {"type": "E", "message": ""}

    def test_truncated(self, snapshot: Snapshot, trace: TraceFile, load: Load) -> None:
        """What was cut from a file after it was read is an event without a payload, and the store says which file."""
        store = load(trace)
        read = store.snapshot()
        assert store.changed == []
        os.truncate(trace.path, 10)
        assert store.changed == [trace.path]
        assert (read.event(4).type, read.event(4).name, read.event(4).data) == ("tool_call", "lookup", {})


class TestStats:
    def test_recorded_run(self, tmp_path: Path, load: Load) -> None:
        """The counts and sums of a run that was recorded."""
        clock = ManualClock()
        capture.init(clock=clock, randomness=SeededRandomness())
        with capture.TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            ctx.record_llm_request("claude")
            clock.advance(1.5)
            usage = {"input_tokens": 10, "output_tokens": 4, "cache_read_tokens": 3, "cache_write_tokens": 2}
            ctx.record_llm_response("claude", usage={**usage, "reasoning_tokens": 1}, cost_usd=0.25)
            ctx.record_llm_response("claude", usage=usage, cost_usd=0.5)
            ctx.record_tool_call("search", usage={"input_tokens": 1000})
            clock.advance(0.5)
            ctx.record_tool_result("search", is_error=True)
        store = load(tmp_path / "run.jsonl")
        stats = store.snapshot().stats()
        assert stats == Stats(
            events=7,
            types={
                "llm_response": 2, "agent_start": 1, "llm_request": 1, "tool_call": 1, "tool_result": 1, "agent_end": 1
            },
            sessions=1,
            duration_ms=2000.0,
            errors=1,
            usage=Usage(20, 8, 6, 4, 1),
            cost_usd=0.75,
            damaged=(),
            unfinished=False,
            missing=(),
            orphans=0,
            cycles=0,
        )  # fmt: skip
        assert (stats.usage.total, store.snapshot().usage()) == (28, stats.usage)
        [facts] = store.sessions()
        assert (facts.session, facts.agent, facts.outcome, facts.finished, facts.duration_ms) == (
            ctx.session, "desk", "completed", True, 2000.0
        )  # fmt: skip
        assert (facts.first_ts, facts.last_ts) == (1763625600000000000, 1763625602000000000)
        assert store.snapshot().agent_name() == "desk"

    def test_sessions(self, tmp_path: Path, load: Load) -> None:
        """Several runs in one file are told apart, in the order in which they appear."""
        path = tmp_path / "run.jsonl"
        for name in ("first", "second"):
            with capture.TraceContext(name, path=path) as ctx:
                ctx.record_log("x")
        store = load(path)
        assert [(facts.agent, facts.events) for facts in store.sessions()] == [("first", 3), ("second", 3)]
        assert store.snapshot().stats().sessions == 2

    def test_missing(self, trace: TraceFile, load: Load) -> None:
        """Lost ids are named, each of them."""
        for number in (0, 1, 2, 4, 7):
            trace.write(encode_event(NOON, f"5f3a9c1e{number:08x}", NO_EVENT, SESSION, "log", "", {}, {}))
        assert load(trace).snapshot().stats().missing == tuple(f"5f3a9c1e{number:08x}" for number in (3, 5, 6))

    def test_missing_by_the_billion(self, trace: TraceFile, load: Load) -> None:
        """Of more than can be listed the first are."""
        for number in (0, 2**32 - 1):
            trace.write(encode_event(NOON, f"5f3a9c1e{number:08x}", NO_EVENT, SESSION, "log", "", {}, {}))
        assert len(load(trace).snapshot().stats().missing) == MISSING_SHOWN == 10_000

    def test_orphans(self, trace: TraceFile, load: Load) -> None:
        """A parent that is not there makes an orphan; one that comes later does not."""
        trace.add("log", "a", parent="5f3a9c1e00000001")
        trace.add("log", "b", parent="ffffffff00000000")
        trace.add("log", "c", parent="not an id")
        assert load(trace).snapshot().stats().orphans == 2

    @pytest.mark.parametrize(
        ("parents", "cycles"),
        [([0], 1), ([1, 0], 1), ([1, 2, 0], 1), ([1, 0, 3, 2], 2), ([0, 1, 2], 3), ([1, 1, 1], 1), ([1, 2, 1, 0], 1)],
    )
    def test_cycles(self, trace: TraceFile, load: Load, parents: list[int], cycles: int) -> None:
        """Events that are their own ancestors make cycles; each is broken at its earliest event."""
        for number, parent in enumerate(parents):
            trace.add("log", str(number), parent=f"5f3a9c1e{parent:08x}")
        snapshot = load(trace).snapshot()
        assert (snapshot.stats().cycles, snapshot.stats().orphans) == (cycles, 0)
        assert sorted(snapshot.tree().preorder) == list(range(len(parents)))

    def test_totals_of_a_hostile_trace(self, trace: TraceFile, load: Load) -> None:
        """Counts below zero, or beyond any bill, do not break the sums."""
        for count in (-5, 2**62, 2**62, 2**62, 2**62):
            trace.add("llm_response", usage={"input_tokens": count}, cost_usd=1e300)
        snapshot = load(trace).snapshot()
        assert snapshot.stats().events == 5
        assert [snapshot.tree().sums(row).events for row in range(5)] == [1] * 5


def test_written_and_read(tmp_path: Path, load: Load) -> None:
    """What is recorded is what is read."""
    with capture.TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
        ctx.record_decision("why", 0.5, "go", importance=0.25, links=["5f3a9c1e00000001"], agent="planner")
        ctx.record_tool_result("search", error=ValueError("no"), duration_ms=1.5)
    snapshot = load(tmp_path / "run.jsonl").snapshot()
    assert [dict(snapshot.event(row).fields) for row in range(4)] == read_events(ctx.path)
    decision, result = snapshot.event(1), snapshot.event(2)
    assert (decision.importance, decision.links, decision.agent, snapshot.agent(1)) == (
        0.25, ("5f3a9c1e00000001",), "planner", "planner"
    )  # fmt: skip
    assert result.error is not None
    assert (result.error.type, result.error.message, result.duration_ms) == ("ValueError", "no", 1.5)
    assert result.parent == snapshot.event(0).id
