"""Each kind of damage that FORMAT.md names, and each thing it says is none, at sizes and depths nobody writes by hand.

Everything is read in both ways, from files that say that `capture` wrote them and from others.
"""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterable
from pathlib import Path

import pytest

from capture.events import NO_EVENT
from capture.format import encode_event
from peek_tui.trace.model import DAMAGED, Damage
from peek_tui.trace.snapshot import MISSING_SHOWN, Snapshot
from tests.state.traces import NOON, SESSION, TraceFile

from .conftest import Load

pytestmark = pytest.mark.usefixtures("half")

WRITER = 0x5F3A9C1E << 32


def line(number: int, parent: int = 0, type: str = "log", name: str = "", session: str = SESSION) -> bytes:
    """Return an event whose id, and whose parent's, are numbers."""
    return encode_event(NOON + number % 2**32, f"{number:016x}", f"{parent:016x}", session, type, name, {}, {})


def with_end(end: bytes) -> bytes:
    """Return an event of which what follows its name is given."""
    return line(WRITER + 2, name="x").removesuffix(b',"data":{}}\n') + end


PAYLOAD_AT = len(with_end(b',"data":'))


@pytest.fixture(params=["ours", "foreign"])
def file(request: pytest.FixtureRequest, trace: TraceFile) -> TraceFile:
    """A file whose first line says that `capture` wrote it, or says nothing of the kind."""
    data = {"capture": {"version": "1"}} if request.param == "ours" else {}
    trace.write(encode_event(NOON, f"{WRITER:016x}", NO_EVENT, SESSION, "agent_start", "desk", {}, data))
    return trace


def between_neighbours(file: TraceFile, load: Load, lines: bytes) -> Snapshot:
    """Read lines that stand between others, which load whatever these are."""
    file.write(line(WRITER + 1) + lines + line(WRITER + 3))
    snapshot = load(file).snapshot()
    assert snapshot.find(f"{WRITER + 1:016x}") == 1
    assert snapshot.find(f"{WRITER + 3:016x}") == len(snapshot) - 1
    return snapshot


class TestDamage:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            pytest.param(b"[1,2]", "not a JSON object but an array", id="array"),
            pytest.param(b"7", "not a JSON object but a number", id="number"),
            pytest.param(b"{}", 'a JSON object without a "type"', id="no event"),
            pytest.param(b"\0" * 4096, "NUL bytes from byte 0", id="NUL run"),
            pytest.param(with_end(b"}")[:40] + b"\0" * 99, "NUL bytes from byte 40", id="NUL run in a header"),
            pytest.param(
                with_end(b',"task":"\xff","data":{}}'), f"not UTF-8 at byte {len(with_end(b'')) + 9}", id="UTF-8"
            ),
            pytest.param(
                with_end(b',"task":,"data":{}}'),
                f"not JSON: Expecting value at character {len(with_end(b'')) + 8}",
                id="syntax",
            ),
            pytest.param(with_end(b"")[:90], "not JSON: Unterminated string at character 84", id="torn"),
            pytest.param(b"[" * 100_000, "JSON nested too deep", id="deep"),
        ],
    )
    def test_lines(self, file: TraceFile, load: Load, text: bytes, reason: str) -> None:
        """What cannot be read as an event is one row with its file, line number and bytes."""
        snapshot = between_neighbours(file, load, text + b"\n")
        damage = Damage(str(file.path), 3, reason, "line")
        row = snapshot.event(2)
        assert (len(snapshot), row.type, row.raw, row.damage) == (4, DAMAGED, text, damage)
        stats = snapshot.stats()
        assert (stats.events, stats.damaged, stats.missing) == (3, (damage,), (f"{WRITER + 2:016x}",))

    @pytest.mark.parametrize(
        ("payload", "reason"),
        [
            pytest.param(b'{"x":"\xff"}}', f"not UTF-8 at byte {PAYLOAD_AT + 6}", id="UTF-8"),
            pytest.param(b'{"x":tru}}', f"not JSON: Expecting value at character {PAYLOAD_AT + 5}", id="syntax"),
            pytest.param(b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}", "JSON nested too deep", id="deep"),
            pytest.param(b'{"x":' + b'{"x":' * 100_000 + b"}}", "JSON nested too deep", id="deep objects"),
            pytest.param(b"[]}", '"data" is not an object', id="array"),
        ],
    )
    def test_payloads(self, file: TraceFile, load: Load, payload: bytes, reason: str) -> None:
        """An event whose payload cannot be read is one, shown raw."""
        text = with_end(b',"data":' + payload)
        snapshot = between_neighbours(file, load, text + b"\n")
        damage = Damage(str(file.path), 3, reason, "payload")
        stats = snapshot.stats()
        assert (stats.events, stats.damaged, stats.missing) == (4, (damage,), ())
        event = snapshot.event(2)
        assert (event.type, event.name, event.raw, event.data, event.damage) == ("log", "x", text, {}, damage)

    @pytest.mark.parametrize(
        "lines",
        [
            pytest.param(with_end(b',"data":{}}\r\n'), id="CRLF"),
            pytest.param(b"\n \n\t\r\n" + with_end(b',"data":{}}\n') + b"\r\n", id="blank lines"),
            pytest.param(with_end(b',"name":"y","name":"x","data":{"k":1,"k":2}}\n'), id="duplicate keys"),
            pytest.param(with_end(b',"data":{"x":[NaN,Infinity,-Infinity]}}\n'), id="NaN"),
            pytest.param(with_end(b',"duration_ms":NaN,"data":{}}\n'), id="NaN in the header"),
            pytest.param(with_end(b',"data":{"x":"\\udcff"}}\n'), id="lone surrogates"),
            pytest.param(with_end(b',"task":"\\udcff","data":{}}\n'), id="lone surrogates in the header"),
            pytest.param(with_end(b',"data":{"x":%b}}\n' % (b"9" * 4000)), id="big integers"),
            pytest.param(with_end(',"task":"\u2028\x85\x0b","data":{"x":"\u2028\x85\x0b"}}\n'.encode()), id="text"),
            pytest.param(with_end(b',"novel":{"data":{"a":[]}},"data":{}}\n'), id="extra keys"),
        ],
    )
    def test_none(self, file: TraceFile, load: Load, lines: bytes) -> None:
        """What is no damage is one event like others."""
        snapshot = between_neighbours(file, load, lines)
        event, stats = snapshot.event(2), snapshot.stats()
        assert (len(snapshot), event.name, snapshot.name(2), event.damage) == (4, "x", "x", None)
        assert (stats.events, stats.damaged, stats.missing) == (4, (), ())

    def test_byte_order_mark(self, file: TraceFile, load: Load) -> None:
        """A BOM at the start is none."""
        file.path.write_bytes(b"\xef\xbb\xbf" + file.path.read_bytes())
        snapshot = between_neighbours(file, load, line(WRITER + 2))
        assert (snapshot.type(0), snapshot.stats().damaged, snapshot.stats().missing) == ("agent_start", (), ())

    def test_unfinished(self, file: TraceFile, load: Load) -> None:
        """A last line without its end is unfinished, whatever it holds."""
        file.write(line(WRITER + 1)[:-1])
        stats = load(file).snapshot().stats()
        assert (stats.events, stats.unfinished, stats.damaged) == (1, True, ())

    def test_truncated_gzip(self, file: TraceFile, load: Load, tmp_path: Path) -> None:
        """A gzip that is cut off holds what comes out of it, and says so."""
        file.write(b"".join(line(WRITER + number) for number in range(1, 5_000)))
        whole = gzip.compress(file.path.read_bytes())
        (path := tmp_path / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
        stats = load(path).snapshot().stats()
        (damage,) = stats.damaged
        assert damage == Damage(
            str(path), stats.events, f"the gzip stream is cut off after {stats.events:,} lines", "line"
        )
        assert 1_000 < stats.events < 4_000
        assert stats.missing == ()


def test_long_line(file: TraceFile, load: Load) -> None:
    """A line of 100 MB is an event like others."""
    text = with_end(b',"data":{"x":"' + b"x" * 100_000_000 + b'"}}')
    snapshot = between_neighbours(file, load, text + b"\n")
    assert (len(snapshot), len(snapshot.raw(2)), snapshot.stats().damaged) == (4, len(text), ())


# -- trees -------------------------------------------------------------------------------------------------------------


class TestTrees:
    DEPTH = 200_000

    def test_chain(self, trace: TraceFile, load: Load) -> None:
        """A chain of parents may be as deep as the trace is long."""
        trace.write(
            line(WRITER) + b"".join(line(WRITER + number, WRITER + number - 1) for number in range(1, self.DEPTH))
        )
        snapshot = load(trace).snapshot()
        tree = snapshot.tree()
        assert (tree.depth(self.DEPTH - 1), tree.sums(0).events, list(tree.roots)) == (self.DEPTH - 1, self.DEPTH, [0])
        assert (snapshot.stats().orphans, snapshot.stats().cycles) == (0, 0)

    def test_long_cycle(self, trace: TraceFile, load: Load) -> None:
        """So may a cycle be, which is broken at its earliest event; so may a chain be whose children come first."""
        numbers = range(1, self.DEPTH)
        trace.write(
            line(WRITER) + b"".join(line(WRITER + number, WRITER + number % (self.DEPTH - 1) + 1) for number in numbers)
        )
        snapshot = load(trace).snapshot()
        tree = snapshot.tree()
        assert (tree.broken, list(tree.roots), snapshot.stats().cycles) == (frozenset({1}), [0, 1], 1)
        assert (tree.depth(2), tree.sums(1).events) == (self.DEPTH - 2, self.DEPTH - 1)

    def test_self_parents_and_orphans(self, trace: TraceFile, load: Load) -> None:
        """Events that are their own parents, and events whose parents are not there, are roots and counted."""
        ids = [WRITER + number for number in range(1, 3_001)]
        trace.write(line(WRITER) + b"".join(line(id, id if id % 2 else id + (1 << 40)) for id in ids))
        snapshot = load(trace).snapshot()
        tree, stats = snapshot.tree(), snapshot.stats()
        assert (stats.cycles, stats.orphans, len(tree.roots)) == (1_500, 1_500, 3_001)
        assert (len(tree.broken), len(tree.orphans)) == (1_500, 1_500)


# -- numbers -----------------------------------------------------------------------------------------------------------


def ids_of(snapshot: Snapshot, rows: Iterable[int]) -> list[str]:
    return [snapshot.event(row).id for row in rows]


class TestNumbers:
    def test_types_and_names(self, file: TraceFile, load: Load) -> None:
        """A trace may have more types and names than small numbers can count."""
        file.write(b"".join(line(WRITER + n, type=f"t{n}", name=f"n{n}") for n in range(1, 70_001)))
        snapshot = load(file).snapshot()
        rows = (1, 65_535, 65_536, 65_537, 70_000)
        assert [(snapshot.type(row), snapshot.name(row)) for row in rows] == [(f"t{row}", f"n{row}") for row in rows]
        assert len(snapshot.stats().types) == 70_001

    def test_sessions(self, file: TraceFile, load: Load) -> None:
        """It may have thousands of sessions."""
        lines = ((WRITER + n, f"{n % 2_000:032x}") for n in range(1, 6_001))
        file.write(b"".join(line(number, session=session) for number, session in lines))
        store = load(file)
        sessions = store.sessions()
        assert [facts.session for facts in sessions] == [SESSION, *(f"{n % 2_000:032x}" for n in range(1, 2_001))]
        assert {facts.events for facts in sessions[1:]} == {3}
        assert store.snapshot().stats().sessions == 2_001

    def test_writers(self, file: TraceFile, load: Load) -> None:
        """It may have thousands of writers, whose events find their parents."""
        writers = [(0x10000000 + number) << 32 for number in range(5_000)]
        starts = [line(writer) for writer in writers]
        file.write(b"".join([*starts, *(line(writer + 1, writer) for writer in writers)]))
        snapshot = load(file).snapshot()
        tree = snapshot.tree()
        assert [tree.parent(5_001 + number) for number in range(5_000)] == list(range(1, 5_001))
        assert [snapshot.find(f"{writer + 1:016x}") for writer in writers] == list(range(5_001, 10_001))
        assert (snapshot.stats().orphans, snapshot.stats().missing) == (0, ())

    def test_counters(self, file: TraceFile, load: Load) -> None:
        """A counter may claim billions: its event is found, its parent too, and only some missing ids are named."""
        last = WRITER + 2**32 - 1
        file.write(line(last) + line(WRITER + 8_192, last) + line(WRITER + 1, WRITER + 8_192))
        snapshot = load(file).snapshot()
        assert ids_of(snapshot, range(1, 4)) == [f"{n:016x}" for n in (last, WRITER + 8_192, WRITER + 1)]
        assert [snapshot.find(f"{n:016x}") for n in (last, WRITER + 8_192, WRITER + 1)] == [1, 2, 3]
        assert [snapshot.tree().parent(row) for row in range(1, 4)] == [-1, 1, 2]
        gaps = itertools.chain(range(2, 8_192), range(8_193, 2**32))
        named = [f"{WRITER + n:016x}" for n in itertools.islice(gaps, MISSING_SHOWN)]
        assert list(snapshot.stats().missing) == named
