from __future__ import annotations

import gc
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from peek_tui import Debugger, TraceEvent
from peek_tui.errors import InputError, NoTraceError, UsageError
from tests.state.traces import TraceFile
from tests.trace.importers.foreign import DATA

from .conftest import Load


def indexes(events: Iterable[TraceEvent]) -> list[int]:
    return [event.index for event in events]


class TestLoad:
    def test_formats(self, load: Load, trace: TraceFile) -> None:
        """A file is opened as what it is; a format that is named overrules that."""
        trace.add("log", "one")
        assert load(trace.path).event_counts() == {"log": 1}
        assert load(DATA / "stream.jsonl").count() == 19
        assert load(str(DATA / "stream.jsonl"), format="peek").event_counts() == {
            "assistant": 7,
            "system": 3,
            "user": 3,
            "result": 1,
        }

    def test_several(self, load: Load, tmp_path: Path) -> None:
        """Several files, or a directory of them, are merged in the order of time."""
        for name, writer, start in (("a", "1" * 8, 2), ("b", "2" * 8, 1)):
            TraceFile(tmp_path / f"{name}.jsonl", writer, start=start * 10**18).add("log", name)
        for dbg in (load(tmp_path), load(tmp_path / "a.jsonl", tmp_path / "b.jsonl")):
            assert [event.name for event in dbg.all()] == ["b", "a"]
            assert sorted(dbg.paths) == [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]

    def test_session(self, load: Load, tmp_path: Path) -> None:
        """A session is named by the beginning of its id, and the newest by `latest`."""
        (tmp_path / "traces").mkdir()
        for session, start in (("ab12" * 8, 1), ("cd34" * 8, 2)):
            TraceFile(tmp_path / f"traces/{session}.jsonl", session=session, start=start * 10**18).add("log", session)
        assert [dbg[0].name for dbg in (load("ab1"), load("latest"))] == ["ab12" * 8, "cd34" * 8]

    def test_damaged(self, load: Load, trace: TraceFile) -> None:
        """A damaged line is an event of its own, and its neighbours are as they were."""
        trace.add("log", "one")
        trace.write(b"garbage\n")
        trace.add("log", "two")
        trace.write(b'{"v":1,"ts":17')
        dbg = load(trace.path)
        assert (dbg.count(), dbg.event_counts()) == (3, {"log": 2, "damaged": 1})
        damaged = dbg[1]
        assert (damaged.event_type, damaged.id, damaged.payload["text"]) == ("damaged", "", "garbage")
        assert damaged.damage is not None
        assert damaged.damage.line == 2

    def test_empty(self, load: Load, trace: TraceFile) -> None:
        """A trace without events has none."""
        dbg = load(trace.path)
        assert (dbg.count(), dbg.event_counts(), dbg.first(), list(dbg.all())) == (0, {}, None, [])

    @pytest.mark.parametrize(
        ("source", "error", "says"),
        [
            ("nowhere.jsonl", NoTraceError, "there is no such file"),
            ("abc123", NoTraceError, "no session"),
            ("notes.txt", InputError, "is not a trace Peek can read: line 1 is not JSON"),
        ],
    )
    def test_unreadable(self, tmp_path: Path, source: str, error: type[Exception], says: str) -> None:
        """What cannot be read is an error that says why."""
        (tmp_path / "notes.txt").write_text("Dear diary,\n")
        with pytest.raises(error, match=says):
            Debugger.load(tmp_path / source if "." in source else source)

    def test_unknown_format(self, trace: TraceFile) -> None:
        """So is a format that there is not."""
        with pytest.raises(UsageError, match="there is no such format"):
            Debugger.load(trace.path, format="klingon")


class TestCounts:
    def test_counts(self, load: Load, real: Path) -> None:
        """The counts are those of the events that are there."""
        dbg = load(real)
        types = Counter(event.event_type for event in dbg.all())
        assert dbg.event_counts() == types
        assert list(dbg.event_counts().values()) == sorted(types.values(), reverse=True)
        assert dbg.count() == len(dbg) == types.total()

    def test_repr(self, load: Load, trace: TraceFile) -> None:
        """In a shell it says what it is."""
        trace.add("log", "one")
        assert repr(load(trace.path)) == f"<Debugger {trace.path}: 1 events>"
        assert repr(load(trace.path)[0]) == "<TraceEvent 0 'log' 'one'>"


class TestEvents:
    def test_by_index(self, load: Load, real: Path) -> None:
        """Events have the indexes they are asked for with, from either end."""
        dbg = load(real)
        count = dbg.count()
        assert indexes(dbg) == indexes(dbg.all()) == list(range(count))
        assert (dbg[7].index, dbg[-1].index, dbg[-count].index) == (7, count - 1, 0)
        for index in (count, -count - 1):
            with pytest.raises(IndexError):
                dbg[index]

    def test_by_id(self, load: Load, real: Path) -> None:
        """An event is found by its id, and so is the one it belongs to."""
        dbg = load(real)
        for event in dbg.all():
            assert dbg.find(event.id) == event
            parent = None if event.parent is None else dbg.find(event.parent)
            assert (parent is None) == (event.parent is None)
        assert dbg.find("f" * 16) is None

    def test_the_same_event(self, load: Load, trace: TraceFile) -> None:
        """An event read twice is one event; another one, or another trace's, is not."""
        trace.add("log")
        trace.add("log")
        dbg, other = load(trace.path), load(trace.path)
        assert dbg[0] == dbg[0]
        assert len({dbg[0], dbg[0], dbg[1], other[0]}) == 3
        assert dbg[0] != dbg[0].id


class TestWhere:
    @pytest.mark.parametrize(
        ("types", "wanted"),
        [
            ("tool_call", {"tool_call"}),
            (["tool_call", "tool_result"], {"tool_call", "tool_result"}),
            (iter(["tool_call"]), {"tool_call"}),
            ({"nothing"}, set()),
            ([], set()),
            ("tool_*", set()),
        ],
        ids=["one", "several", "iterator", "unknown", "none", "star"],
    )
    def test_types(self, load: Load, generated: Path, types: str | list[str], wanted: set[str]) -> None:
        """One type is wanted, or any of several; a star is only a star."""
        dbg = load(generated)
        expected = [event.index for event in dbg.all() if event.event_type in wanted]
        assert bool(expected) is bool(wanted)
        assert indexes(dbg.where(event_type=types)) == expected

    def test_first(self, load: Load, generated: Path) -> None:
        """The first is the first of those, or None when there are none."""
        dbg = load(generated)
        assert dbg.first() == dbg[0]
        assert dbg.first("tool_call") == next(dbg.where("tool_call"))
        assert dbg.first("nothing") is None
        assert dbg.first(where=lambda event: event.index < 0) is None

    def test_predicate(self, load: Load, generated: Path) -> None:
        """Anything true says yes."""
        dbg = load(generated)
        failed = [event.index for event in dbg.all() if event.error is not None]
        assert indexes(dbg.where(where=lambda event: event.error)) == failed
        calls = [index for index in failed if dbg[index].event_type == "tool_result"]
        assert indexes(dbg.where("tool_result", lambda event: event.error)) == calls
        first = dbg.first(event_type="tool_result", where=lambda event: event.error is not None)
        assert first == dbg[calls[0]]

    def test_lazy(self, load: Load, generated: Path) -> None:
        """Nothing is looked at before it is asked for."""
        looked: list[int] = []

        def third(event: TraceEvent) -> bool:
            looked.append(event.index)
            return event.index % 3 == 2

        events = load(generated).where(where=third)
        assert looked == []
        assert (next(events).index, looked) == (2, [0, 1, 2])


class TestNearest:
    def test_any(self, load: Load, real: Path) -> None:
        """The nearest events are those that a list of all of them, searched from the event outwards, gives."""
        dbg = load(real)
        every = list(dbg.all())
        rng = random.Random(1)
        for _ in range(200):
            event = rng.choice(every)
            types = rng.sample([*dbg.event_counts(), "nothing"], rng.randint(0, 3)) or None
            n = rng.randint(0, 5)
            odd = rng.choice([None, lambda event: event.index % 2])
            near = [other for other in every if types is None or other.event_type in types]
            near = [other for other in near if odd is None or odd(other)]
            before = [other for other in reversed(near) if other.index < event.index][:n]
            after = [other for other in near if other.index > event.index][:n]
            assert dbg.before(event, types, n, odd) == before
            assert dbg.after(event, types, n, odd) == after

    def test_one(self, load: Load, generated: Path) -> None:
        """Without a number it is the nearest one."""
        dbg = load(generated)
        assert (dbg.before(dbg[5]), dbg.after(dbg[5])) == ([dbg[4]], [dbg[6]])
        assert (dbg.before(dbg[0]), dbg.after(dbg[-1])) == ([], [])

    def test_of_another_trace(self, load: Load, trace: TraceFile) -> None:
        """An event of another trace is refused: its index says nothing here."""
        trace.add("log")
        with pytest.raises(ValueError, match="<TraceEvent 0 'log' ''> is from another trace"):
            load(trace.path).before(load(trace.path)[0])


class TestUpdate:
    def test_grows(self, load: Load, trace: TraceFile) -> None:
        """What was appended is there once it was asked for, and not before."""
        trace.add("log", "one")
        dbg = load(trace.path)
        first = dbg[0]
        trace.add("log", "two")
        trace.write(b'{"type":"log","name":"th')
        assert (dbg.count(), dbg.after(first)) == (1, [])
        assert dbg.update()
        assert (dbg.count(), [event.name for event in dbg.after(first, n=2)]) == (2, ["two"])
        assert not dbg.update()
        trace.write(b'ree"}\n')
        assert dbg.update()
        assert [event.name for event in dbg.all()] == ["one", "two", "three"]

    def test_while_listing(self, load: Load, trace: TraceFile) -> None:
        """A listing that has begun ends where the trace ended when it was asked for."""
        trace.add("log", "one")
        dbg = load(trace.path)
        listing = dbg.all()
        names = [next(listing).name]
        trace.add("log", "two")
        assert dbg.update()
        assert names + [event.name for event in listing] == ["one"]

    def test_rows_move(self, load: Load, tmp_path: Path) -> None:
        """An event is the same, and its neighbours are found, when a late one moves it."""
        one, two = TraceFile(tmp_path / "a.jsonl"), TraceFile(tmp_path / "b.jsonl", "22222222")
        one.add("log", "old", ts=100)
        one.add("log", "new", ts=300)
        dbg = load(one.path, two.path)
        new = dbg[1]
        two.add("log", "late", ts=200)
        assert dbg.update()
        assert [event.name for event in dbg.before(new, n=9)] == ["late", "old"]
        assert dbg.find(new.id) == new == dbg[2]

    def test_request_whose_base_comes_late(self, load: Load, trace: TraceFile) -> None:
        """What an event says is looked up among all that has been read by then."""
        trace.add("log")
        dbg = load(trace.path)
        first = trace.add("llm_request", "m", {"messages": [1]})
        trace.add("llm_request", "m", {"messages": [2], "base": first, "keep": 1, "same": []})
        dbg.update()
        assert dbg[2].content == [1, 2]


class TestClose:
    @staticmethod
    def is_open(path: Path) -> bool:
        files = Path("/proc/self/fd")
        return any(file.readlink() == path for file in files.iterdir() if file.is_symlink())

    def test_with(self, trace: TraceFile) -> None:
        """`with` closes the files, and what is asked afterwards is refused, not answered wrongly."""
        trace.add("log", "one")
        with Debugger.load(trace.path) as dbg:
            event = dbg[0]
            assert self.is_open(trace.path)
        assert not self.is_open(trace.path)
        dbg.close()
        assert (event.name, dbg.count()) == ("one", 1)
        for ask in (lambda: dbg[0], lambda: list(dbg.all()), lambda: event.payload, dbg.update):
            with pytest.raises(ValueError, match="this trace is closed"):
                ask()

    def test_forgotten(self, trace: TraceFile) -> None:
        """Files are closed when neither the debugger nor an event of it is left, and not before."""
        trace.add("log", "one", {"text": "Hi"})
        event = Debugger.load(trace.path).first()
        gc.collect()
        assert event is not None
        assert event.payload == {"text": "Hi"}
        assert self.is_open(trace.path)
        del event
        gc.collect()
        assert not self.is_open(trace.path)

    def test_unreadable(self, tmp_path: Path) -> None:
        """What turns out to be no trace is closed too."""
        path = tmp_path / "notes.txt"
        path.write_text("Dear diary,\n")
        with pytest.raises(InputError):
            Debugger.load(path)
        gc.collect()
        assert not self.is_open(path)
