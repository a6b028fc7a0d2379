"""Whole traces against a plain reading of them: rows, tree, sums, statistics and queries, on both halves."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from capture.events import NO_EVENT
from capture.format import encode_event
from peek_tui.trace import batch, index
from peek_tui.trace.query import parse_query
from peek_tui.trace.snapshot import Snapshot
from peek_tui.trace.store import Store
from tests.state.traces import NOON, SESSION

from .lines import LINES
from .naive import naive_reading, naively_said, said_by
from .query.test_agree import HEADERS, QUERIES, Wanted
from .test_readers_agree import in_order

FIRST = encode_event(
    NOON, "5f3a9c1e00000000", NO_EVENT, SESSION, "agent_start", "desk", {}, {"capture": {"version": "1"}}
)
FILES = st.lists(st.lists(LINES.filter(in_order), max_size=12), min_size=1, max_size=3)

pytestmark = pytest.mark.usefixtures("small")
on_files = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=[(index.SMALL, 0), (0, 0), (0, 4), (700, 0), (700, 4)])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is read as lists, everything as vectors, or the beginning as lists and the rest as vectors.

    Of those, blocks of a few lines are decoded, or none is.
    """
    small, few = request.param
    monkeypatch.setattr(index, "SMALL", small)
    monkeypatch.setattr(batch, "FEW", few)


def write(directory: Path, files: Sequence[bytes]) -> dict[str, bytes]:
    contents = {f"{number}.jsonl": content for number, content in enumerate(files)}
    for name, content in contents.items():
        (directory / name).write_bytes(content)
    return contents


@contextmanager
def read(directory: Path, names: Sequence[str]) -> Iterator[Snapshot]:
    store = Store.load([directory / name for name in names], "peek")
    yield store.snapshot()
    store.close()


@pytest.mark.parametrize("ours", [True, False])
@on_files
@given(FILES)
def test_any_lines(tmp_path: Path, ours: bool, files: list[list[bytes]]) -> None:
    """Whatever the lines, a trace says of itself what a plain reading says."""
    contents = write(tmp_path, [FIRST * ours + b"".join(lines) for lines in files])
    with read(tmp_path, list(contents)) as snapshot:
        assert said_by(snapshot) == naively_said(naive_reading(contents))


@on_files
@given(FILES, st.data())
def test_any_appends(tmp_path: Path, files: list[list[bytes]], data: st.DataObject) -> None:
    """However the files grow, in the end their trace is the one that is read at once, and its handles are the first."""
    contents = write(tmp_path, [FIRST + b"".join(lines) for lines in files])
    assume(not copied(contents))
    cuts = [sorted(data.draw(st.sets(st.integers(0, len(content)), max_size=4))) for content in contents.values()]
    pieces = [
        (name, content[start:end])
        for (name, content), ends in zip(contents.items(), cuts, strict=True)
        for start, end in zip([0, *ends], [*ends, len(content)], strict=True)
    ]
    for name in contents:
        (tmp_path / name).write_bytes(b"")
    growing = Store([tmp_path / name for name in contents], "peek")
    before: list[bytes] = []
    order = data.draw(st.permutations(range(len(pieces))).map(lambda order: in_file_order(order, pieces)))
    for name, piece in order:
        with (tmp_path / name).open("ab") as stream:
            stream.write(piece)
        while growing.advance(data.draw(st.sampled_from([50, 10_000]))):
            pass
        snapshot = growing.snapshot()
        now = [snapshot.raw(snapshot.row(handle)) for handle in range(len(snapshot))]
        assert now[: len(before)] == before
        before = now
    with read(tmp_path, list(contents)) as whole:
        assert said_by(growing.snapshot()) == said_by(whole)
    assert growing.begun_again is None
    growing.close()


def in_file_order(order: list[int], pieces: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return pieces in some order between files, and in their own within each."""
    rest: dict[str, list[bytes]] = {}
    for name, piece in pieces:
        rest.setdefault(name, []).append(piece)
    return [(pieces[place][0], rest[pieces[place][0]].pop(0)) for place in order]


def copied(contents: dict[str, bytes]) -> bool:
    """Whether two files hold an event of the same id: which of them is there once depends on which is read first."""
    alone = sum(len(naive_reading({name: content})) for name, content in contents.items())
    return alone > len(naive_reading(contents))


# -- queries -----------------------------------------------------------------------------------------------------------


def line(number: int, event: dict[str, Any], parent: int) -> bytes:
    header = {key: value for key, value in event.items() if key not in ("type", "name", "data", "ts", "session")}
    parents = f"5f3a9c1e{parent:08x}" if parent else NO_EVENT
    id = f"5f3a9c1e{number:08x}"
    return encode_event(event["ts"], id, parents, event["session"], event["type"], event["name"], header, event["data"])


@on_files
@given(
    wanted=st.lists(QUERIES, min_size=1, max_size=4),
    files=st.lists(st.lists(st.tuples(HEADERS, st.integers(0, 20)), max_size=8), min_size=1, max_size=3),
    row=st.integers(0, 20),
)
def test_any_query(
    tmp_path: Path, wanted: list[Wanted], files: list[list[tuple[dict[str, Any], int]]], row: int
) -> None:
    """Which rows a query wants, and which are nearest before and after one, is what a plain reading says."""
    numbers = iter(range(1, 99))
    contents = write(
        tmp_path, [FIRST + b"".join(line(next(numbers), event, parent) for event, parent in file) for file in files]
    )
    rows = naive_reading(contents)
    facts = [{"data": {}, **row.fields, "row": place} for place, row in enumerate(rows)]
    with read(tmp_path, list(contents)) as snapshot:
        for query in wanted:
            hits = [place for place, fact in enumerate(facts) if query.holds(fact)]
            parsed = parse_query(query.text)
            assert list(snapshot.rows(parsed)) == hits
            assert list(snapshot.rows(parsed, row)) == [hit for hit in hits if hit >= row]
            assert list(snapshot.matching(parsed, reverse=True)) == hits[::-1]
            assert snapshot.next(parsed, row) == min((hit for hit in hits if hit > row), default=None)
            before = min(row, len(rows))
            assert snapshot.next(parsed, before, -1) == max((hit for hit in hits if hit < before), default=None)
        clocks = list(accumulate((row.ts for row in rows), max))
        for ts in (0, NOON, NOON + 1, NOON + 10**10):
            assert snapshot.at_time(ts) == min(bisect_left(clocks, ts), len(rows) - 1)
