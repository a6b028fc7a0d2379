"""What writers write is what is read, in the order of the run, whichever way their files are found and damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import accumulate
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture._core.recorder import Recorder, Totals
from capture.events import NO_EVENT
from capture.sinks.file import FileSink
from capture.testing import ManualClock
from capture.values import restore
from peek_tui.trace.snapshot import Snapshot
from peek_tui.trace.store import Store
from tests.state.traces import NOON, SESSION

from .lines import PAYLOADS, TYPES, WORDS

pytestmark = pytest.mark.usefixtures("half")
on_files = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

WRITERS = ["0000000a", "5f3a9c1e", "fffffff0"]


class Step(NamedTuple):
    """Something one of the writers records."""

    writer: int
    seconds: float
    """How far its clock has moved since the last time, backwards too."""
    type: str
    name: str
    parent: int
    """Which of the earlier events, of any writer, it belongs to; 0 for none."""
    header: dict[str, Any]
    data: dict[str, Any]


HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "duration_ms": st.floats(0, 1e9) | st.integers(0, 10**6),
        "error": st.fixed_dictionaries({"type": WORDS, "message": WORDS}),
        "agent": WORDS,
        "usage": st.fixed_dictionaries({"input_tokens": st.integers(0, 9), "output_tokens": st.integers(0, 9)}),
        "cost_usd": st.floats(0, 1),
    },
)
STARTS = [Step(writer, 0, "agent_start", "desk", 0, {}, {"capture": {"version": "1"}}) for writer in range(3)]
STEPS = st.builds(
    list.__add__,
    st.sampled_from([[], STARTS]),  # only files that begin so are taken for `capture`'s own
    st.lists(
        st.builds(
            Step,
            st.integers(0, 2),
            st.sampled_from([0, 0, 1, -1, 2.5]),
            TYPES,
            WORDS,
            st.integers(0, 9),
            HEADERS,
            PAYLOADS,
        ),
        max_size=12,
    ),
)
INSERTIONS = st.binary(min_size=1) | st.sampled_from([b"\n", b"\n\n", b"}\n{", b'{"v":1', b"\0" * 99, b"}}\n", b'"'])


class Written(NamedTuple):
    """An event as its writer was told it."""

    id: str
    ts: int
    parent: str
    step: Step


def write(directory: Path, steps: list[Step]) -> dict[Path, list[Written]]:
    """Record steps, each writer into a file of its own, and return what is in each."""
    paths = [directory / f"{9 - number}.jsonl" for number in range(len(WRITERS))]
    clocks = [ManualClock(NOON) for _ in paths]
    written: dict[Path, list[Written]] = {path: [] for path in paths}
    ids = [NO_EVENT]
    with ExitStack() as closing:
        recorders = []
        for path, writer, clock in zip(paths, WRITERS, clocks, strict=True):
            path.unlink(missing_ok=True)
            path.touch()
            recorders.append(Recorder(SESSION, writer, FileSink(path), clock))
            closing.callback(recorders[-1].close)
        for step in steps:
            clock, parent = clocks[step.writer], ids[step.parent % len(ids)]
            clock.set_wall(clock.time_ns() + int(step.seconds * 1e9))
            ids.append(recorders[step.writer].record(step.type, step.name, parent, step.header, step.data, Totals()))
            written[paths[step.writer]].append(Written(ids[-1], clock.time_ns(), parent, step))
    return written


def in_order(written: dict[Path, list[Written]]) -> list[Written]:
    """Return the events in the order of the run: by each writer's running maximum of the time, then by writer."""
    placed = [
        ((clock, event.id[:8]), event)
        for events in written.values()
        for clock, event in zip(accumulate((event.ts for event in events), max), events, strict=True)
    ]
    return [event for _, event in sorted(placed, key=itemgetter(0))]


@contextmanager
def read(paths: list[Path], later: list[Path]) -> Iterator[Snapshot]:
    """Read files, some of which are discovered only when the others have been read."""
    coming = [later]
    store = Store(paths, "peek", lambda: coming.pop() if coming else [])
    while store.advance():
        pass
    yield store.snapshot()
    store.close()


@on_files
@given(STEPS, st.permutations(range(3)), st.integers(0, 3))
def test_any_interleaving(tmp_path: Path, steps: list[Step], order: list[int], known: int) -> None:
    """Events of any writers are read back equal, in one order however their files are given or discovered."""
    written = write(tmp_path, steps)
    paths = [list(written)[place] for place in order]
    expected = in_order(written)
    with read(paths[:known], paths[known:]) as snapshot:
        events = [snapshot.event(row) for row in range(len(snapshot))]
        rows = {event.id: row for row, event in enumerate(expected)}
        tree = snapshot.tree()
        assert [event.id for event in events] == list(rows)
        assert [snapshot.find(event.id) for event in events] == [event.handle for event in events]
        for row, (event, (_, ts, parent, step)) in enumerate(zip(events, expected, strict=True)):
            assert (event.ts, event.parent, event.session, event.damage) == (ts, parent, SESSION, None)
            assert [restore(value) for value in (event.fields["type"], event.fields["name"])] == [step.type, step.name]
            assert (snapshot.type(row), snapshot.name(row)) == (step.type, step.name)
            assert tree.parent(row) == rows.get(parent, -1)
            said = {key: restore(value) for key, value in event.fields.items() if key in step.header}
            assert repr(said) == repr({key: step.header[key] for key in said})
            assert said.keys() == step.header.keys()
            assert repr(restore(event.data)) == repr(step.data)
        stats = snapshot.stats()
        assert (stats.missing, stats.damaged, stats.orphans) == ((), (), 0)


@on_files
@given(
    STEPS.filter(len), st.floats(0, 1), st.binary(min_size=1) | st.sampled_from([b"\n", b"}\n{", b'{"v":1', b"\0" * 99])
)
def test_any_insertion(tmp_path: Path, steps: list[Step], where: float, bytes: bytes) -> None:
    """Bytes that land anywhere in a file cost at most the line they land in; the lines they make are damage."""
    path, events = max(write(tmp_path, steps).items(), key=lambda item: len(item[1]))
    content = path.read_bytes()
    at = int(where * len(content))
    start = content.rfind(b"\n", 0, at) + 1
    end = content.find(b"\n", at) + 1
    untouched = content[:start].split(b"\n")[:-1] + content[end or len(content) :].split(b"\n")[:-1]
    path.write_bytes(content[:at] + bytes + content[at:])
    with read([path], []) as snapshot:
        rows = [snapshot.event(row) for row in range(len(snapshot))]
        whole = [row.raw for row in rows if row.damage is None]
        assert [raw for raw in whole if raw in untouched] == untouched
        assert len(events) - len(untouched) <= 1
        others = [row for row in rows if row.raw not in untouched]
        assert len(others) <= 2 + bytes.count(b"\n")
        stats = snapshot.stats()
        assert len(stats.damaged) == sum(row.damage is not None for row in others)
        assert set(stats.missing) <= {event.id for event in events}
