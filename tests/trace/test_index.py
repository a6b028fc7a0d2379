"""What is kept of all lines that were read."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from capture.events import NO_EVENT
from capture.format import encode_event
from peek_tui.trace.columns import Words
from peek_tui.trace.line_numbers import LineNumbers
from peek_tui.trace.store import Store
from peek_tui.trace.tail import Block
from tests.state.traces import NOON, SESSION, TraceFile

from .conftest import Load

pytestmark = pytest.mark.usefixtures("half")


class TestLineNumbers:
    LINES = b"x\n" * 5_000

    def numbers(self) -> LineNumbers:
        made = LineNumbers()
        made.add(Block(0, self.LINES), 5_000)
        made.add(Block(len(self.LINES), self.LINES), 5_000)
        return made

    def test_each_is_counted_once(self) -> None:
        """To ask for every line's number reads the file once, not once a line."""
        read = 0

        def bytes_at(offset: int, length: int) -> bytes:
            nonlocal read
            read += length
            return (self.LINES * 2)[offset : offset + length]

        made = self.numbers()
        assert [made.at(offset, bytes_at) for offset in range(0, 20_000, 2)] == list(range(1, 10_001))
        assert read == 2 * (len(self.LINES) - 2)

    @pytest.mark.parametrize("offsets", [(19_998, 0, 9_998, 10_000, 4), (10_000, 9_998, 10_002, 10_002)])
    def test_any_order(self, offsets: tuple[int, ...]) -> None:
        """Lines may be asked for in any order."""
        made = self.numbers()
        for offset in offsets:
            assert made.at(offset, lambda at, length: (self.LINES * 2)[at : at + length]) == offset // 2 + 1


def line(number: int, session: str = SESSION, ts: int = NOON, writer: str = "5f3a9c1e", **header: Any) -> bytes:
    return encode_event(ts, f"{writer}{number:08x}", NO_EVENT, session, "log", "", header, {})


@pytest.fixture(params=["ours", "foreign"])
def file(request: pytest.FixtureRequest, trace: TraceFile) -> TraceFile:
    """A file that says that `capture` wrote it, or one that does not."""
    data = {"capture": {"version": "1"}} if request.param == "ours" else {}
    trace.add("agent_start", "desk", data, ts=NOON)
    return trace


class TestSessions:
    def test_order(self, file: TraceFile, load: Load) -> None:
        """Sessions stand in the order in which they appear, whatever their names."""
        names = [SESSION, "f" * 32, "a" * 32, "0" * 32, "run 7", "c" * 32]
        file.write(b"".join(line(number, name) for number, name in enumerate(names[1:], 1)))
        assert [facts.session for facts in load(file).sessions()] == names

    @pytest.mark.parametrize("times", [(-5, 0, 0), (0, -5, 5), (0, 0, 0), (1 - 2**63, 0, -1), (7, 8, 0)])
    def test_times(self, file: TraceFile, load: Load, times: tuple[int, ...]) -> None:
        """The span of a run is that of its events that have a time, before 1970 too."""
        file.write(b"".join(line(number, "5" * 32, ts) for number, ts in enumerate(times, 1)))
        facts = load(file).sessions()[1]
        known = [ts for ts in times if ts] or [0]
        assert (facts.first_ts, facts.last_ts) == (min(known), max(known))

    def test_without_times(self, file: TraceFile, load: Load) -> None:
        """A run that says no time does not stretch the span of the trace to 1970."""
        file.write(line(1, ts=NOON + 5_000_000) + line(2, "5" * 32, 0))
        assert load(file).snapshot().stats().duration_ms == 5.0


class TestIds:
    def test_of_no_writer(self, file: TraceFile, load: Load) -> None:
        """An id of no writer of ours is found when it is there, and is no other's number."""
        file.write(b"".join(b'{"type":"log","id":"span-%d"}\n' % number for number in range(8)))
        file.write(b'{"type":"log","id":"0000000000000007"}\n')
        snapshot = load(file).snapshot()
        assert [snapshot.find(f"{number:016x}") for number in range(9)] == [None] * 7 + [9, None]
        assert [snapshot.find(f"span-{number}") for number in range(8)] == list(range(1, 9))


class TestWriters:
    IMPORTED = line(0, writer="ffffffff", source={"kind": "other"})
    FIRST, SECOND = line(0, writer="00000001"), line(0, writer="00000002")

    @pytest.mark.parametrize("at_once", [True, False])
    @pytest.mark.parametrize(
        ("before", "order"),
        [(b"", [FIRST, SECOND]), (b"damaged\n", [FIRST, SECOND]), (IMPORTED, [SECOND, IMPORTED, FIRST])],
    )
    def test_first_event(
        self, trace: TraceFile, load: Load, tmp_path: Path, before: bytes, order: list[bytes], at_once: bool
    ) -> None:
        """Whose a file is, the first event in it says, however much of the file is read at a time."""
        trace.write(self.SECOND)
        other = TraceFile(tmp_path / "other.jsonl")
        other.write(before)
        store = None if at_once else load(trace, other)
        other.write(self.FIRST)
        store = store or load(trace, other)
        while store.advance():
            pass
        snapshot = store.snapshot()
        events = [snapshot.raw(row) + b"\n" for row in range(len(snapshot)) if snapshot.event(row).id]
        assert events == order


def test_hole(trace: TraceFile) -> None:
    """A file that claims terabytes is read as far as it goes."""
    trace.write(line(0) + line(1))
    with trace.path.open("r+b") as stream:
        stream.truncate(2**43)
    store = Store([trace.path])
    store.advance(1_000)
    assert store.advance(1_000)
    assert len(store.snapshot()) == 2
    store.close()


def test_words_of_two_threads() -> None:
    """A word has one number, also when two threads meet it at once."""
    words, each = Words(), range(20_000)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            numbers = list(threads.map(lambda _: [words.code(str(number)) for number in each], range(4)))
    finally:
        sys.setswitchinterval(interval)
    assert sorted(words.words) == sorted(map(str, each))
    assert all([words.words[code] for code in codes] == list(map(str, each)) for codes in numbers)
