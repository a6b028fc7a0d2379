"""What a trace may hold and what is wrong with it: damage costs what is damaged, and nothing else is damage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from peek_tui.trace.model import DAMAGED, Damage, Usage
from tests.state.traces import SESSION, TraceFile

from .conftest import Load

pytestmark = pytest.mark.usefixtures("half")

GOOD = b'{"v":1,"ts":1,"id":"5f3a9c1e00000000","parent":"0000000000000000","session":"s","type":"log","name":"a"'
"""The header of an event, up to what is optional."""


class TestLines:
    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b"nonsense", "not JSON: Expecting value at character 0"),
            (b"[1,2]", "not a JSON object but an array"),
            (b"{}", 'a JSON object without a "type"'),
            (b'{"type":5}', 'a JSON object without a "type"'),
            (b"\0" * 300, "NUL bytes from byte 0"),
            (b'{"v":1,"ts":176362', "not JSON: Expecting ',' delimiter at character 18"),
            (b'{"v":1,"type":"\xff"}', "not UTF-8 at byte 15"),
            (b"\x1f\x8b\x08\0", "NUL bytes from byte 3"),
        ],
    )
    def test_damaged(self, trace: TraceFile, load: Load, line: bytes, reason: str) -> None:
        """A line that is no event is one row that says where it stands and what is wrong; its neighbours load."""
        first = trace.add("log", "before")
        trace.write(line + b"\n")
        last = trace.add("log", "after")
        snapshot = load(trace).snapshot()
        damage = Damage(str(trace.path), 2, reason, "line")
        row = snapshot.event(1)
        assert [snapshot.event(0).id, row.id, snapshot.event(2).id] == [first, "", last]
        assert (row.type, row.name, row.damage, row.raw) == (DAMAGED, "", damage, line)
        assert row.data == {
            "file": str(trace.path), "line": 2, "reason": reason, "bytes": len(line),
            "text": line.decode("utf-8", "backslashreplace"),
        }  # fmt: skip
        stats = snapshot.stats()
        assert (stats.events, stats.types, stats.damaged, stats.missing) == (2, {"log": 2}, (damage,), ())
        assert snapshot.types() == {"log": 2, DAMAGED: 1}

    def test_only_damage(self, trace: TraceFile, load: Load) -> None:
        """A file of nothing but damage is not an empty one."""
        trace.write(b"a\nb\n")
        store = load(trace)
        assert (len(store.snapshot()), len(store.snapshot().stats().damaged)) == (2, 2)
        assert store.status() == "unknown"

    def test_an_event_of_that_name(self, trace: TraceFile, load: Load) -> None:
        """An event whose own type is `damaged` is one, and is counted as one."""
        trace.add(DAMAGED, "x")
        trace.write(b"nonsense\n")
        stats = load(trace).snapshot().stats()
        assert (stats.events, stats.types, len(stats.damaged)) == (1, {DAMAGED: 1}, 1)


class TestPayloads:
    @pytest.mark.parametrize(
        ("payload", "part"),
        [
            (b'{"x":"\xff"}}', "not UTF-8 at byte 117"),
            (b'{"x":tru}}', "not JSON: Expecting value at character 116"),
            (b'{"x":"cut', "not JSON: Unterminated string at character 116"),
            (b'{"x":' + b"[" * 100_000, "JSON nested too deep"),
            (b"[]}", '"data" is not an object'),
            (b"null}", '"data" is not an object'),
        ],
    )
    def test_damaged(self, trace: TraceFile, load: Load, payload: bytes, part: str) -> None:
        """A payload that cannot be read costs the payload only: the event has its header, and its line is kept."""
        line = GOOD + b',"data":' + payload
        trace.write(line + b"\n")
        event = load(trace).snapshot().event(0)
        damage = Damage(str(trace.path), 1, part, "payload")
        assert (event.id, event.type, event.name, event.session) == ("5f3a9c1e00000000", "log", "a", "s")
        assert (event.damage, event.data, event.raw) == (damage, {}, line)
        stats = load(trace).snapshot().stats()
        assert (stats.events, stats.damaged) == (1, (damage,))


class TestNoDamage:
    def one(self, trace: TraceFile, load: Load, text: bytes) -> dict[str, Any]:
        trace.write(text)
        snapshot = load(trace).snapshot()
        assert (len(snapshot), snapshot.stats().damaged) == (1, ())
        return dict(snapshot.event(0).fields)

    def test_line_ends(self, trace: TraceFile, load: Load) -> None:
        """CRLF, blank lines and a BOM at the start are none."""
        fields = self.one(trace, load, b"\xef\xbb\xbf" + GOOD + b',"data":{"x":1}}\r\n\r\n\n  \n')
        assert (fields["v"], fields["data"]) == (1, {"x": 1})

    def test_duplicate_keys(self, trace: TraceFile, load: Load) -> None:
        """Neither is a key that stands there twice: the last one counts."""
        fields = self.one(trace, load, b'{"type":"a","name":"x","type":"b","name":"y","data":{"k":1,"k":2}}\n')
        assert fields == {"type": "b", "name": "y", "data": {"k": 2}}
        snapshot = load(trace).snapshot()
        assert (snapshot.type(0), snapshot.name(0)) == ("b", "y")

    def test_values(self, trace: TraceFile, load: Load) -> None:
        """Nor are infinities, lone surrogates, big integers, and text with any separator."""
        text = "\u2028\u2029\x85\x0b\x7f"
        payload = f'{{"i":[Infinity,-Infinity],"s":"\\udcff","n":{10**400},"t":"{text}"}}'.encode()
        fields = self.one(trace, load, GOOD + b',"data":' + payload + b"}\n")
        assert fields["data"] == {"i": [float("inf"), float("-inf")], "s": "\udcff", "n": 10**400, "t": text}

    def test_nan(self, trace: TraceFile, load: Load) -> None:
        """NaN is a number."""
        fields = self.one(trace, load, GOOD + b',"data":{"x":NaN}}\n')
        assert str(fields["data"]["x"]) == "nan"

    def test_any_order_and_extra_keys(self, trace: TraceFile, load: Load) -> None:
        """Keys in any order, keys nobody knows, and types nobody knows come back as they were."""
        event = {
            "data": {"z": 1, "a": [{}]}, "novel": {"deep": [1, None, "Zoë"]}, "name": "n", "type": "from_the_future",
            "ts": 5, "session": "run 7", "id": "span-1", "parent": "span-0",
        }  # fmt: skip
        assert self.one(trace, load, json.dumps(event).encode() + b"\n") == event
        snapshot = load(trace).snapshot()
        read = snapshot.event(0)
        assert (read.id, read.parent, read.session, read.ts) == ("span-1", "span-0", "run 7", 5)
        assert snapshot.stats().types == {"from_the_future": 1}
        assert snapshot.find("span-1") == 0

    def test_missing_keys(self, trace: TraceFile, load: Load) -> None:
        """What may be left out may be: all but the type."""
        self.one(trace, load, b'{"type":"log"}\n')
        event = load(trace).snapshot().event(0)
        assert (event.ts, event.id, event.parent, event.session, event.name) == (0, "", "0" * 16, "", "")
        assert (event.data, event.is_root, event.error, event.usage, event.links) == ({}, True, None, None, ())
        assert (event.duration_ms, event.cost_usd, event.importance, event.agent, event.task) == (None,) * 5

    def test_events_without_ids(self, trace: TraceFile, load: Load) -> None:
        """Events without ids, or with null for one, are events of their own."""
        trace.write(b'{"type":"a"}\n{"type":"b","id":null}\n{"type":"c","id":""}\n{"type":"d","id":null}\n')
        snapshot = load(trace).snapshot()
        assert [snapshot.type(row) for row in range(len(snapshot))] == ["a", "b", "c", "d"]
        assert [snapshot.event(row).id for row in range(4)] == [""] * 4
        assert snapshot.find("") is None

    def test_null_words(self, trace: TraceFile, load: Load) -> None:
        """Null is no name and no session."""
        trace.write(b'{"type":"a","name":null,"session":null,"agent":null}\n')
        snapshot = load(trace).snapshot()
        event = snapshot.event(0)
        assert (event.name, event.session, event.agent, snapshot.name(0)) == ("", "", None, "")


class TestUnfinished:
    def test_half_a_line(self, trace: TraceFile, load: Load) -> None:
        """A last line without its end is unfinished, and not damage."""
        trace.add("log", "whole")
        trace.write(GOOD[:60])
        stats = load(trace).snapshot().stats()
        assert (stats.events, stats.unfinished, stats.damaged) == (1, True, ())

    @pytest.mark.parametrize("before", [b"", GOOD + b"}\n"])
    def test_half_a_line_arrives(self, trace: TraceFile, load: Load, before: bytes) -> None:
        """Half a line that comes to a trace which is followed is said at once."""
        trace.write(before)
        store = load(trace)
        assert store.snapshot().stats().unfinished is False
        trace.write(GOOD[:60])
        assert store.advance() is False
        assert store.snapshot().stats().unfinished is True

    def test_the_rest_arrives(self, trace: TraceFile, load: Load) -> None:
        """When its rest arrives it is one event, once."""
        trace.add("log", "whole")
        line = GOOD.replace(b"00000000", b"00000001") + b',"data":{"x":1}}\n'
        trace.write(line[:60])
        store = load(trace)
        trace.write(line[60:-1])
        assert len(store.snapshot()) == 1
        store.advance()
        assert len(store.snapshot()) == 1
        trace.write(line[-1:])
        while store.advance():
            pass
        snapshot = store.snapshot()
        assert (len(snapshot), snapshot.name(1), snapshot.event(1).data) == (2, "a", {"x": 1})
        assert (snapshot.stats().unfinished, snapshot.stats().damaged) == (False, ())

    def test_half_a_line_in_the_middle(self, trace: TraceFile, load: Load) -> None:
        """Half a line that another one follows was torn: its header is no event, and the next line is whole."""
        trace.write(GOOD[:60] + b"\n")
        trace.add("log", "next")
        stats = load(trace).snapshot().stats()
        assert (stats.events, stats.unfinished, [damage.line for damage in stats.damaged]) == (1, False, [1])


class TestHostileNumbers:
    @pytest.mark.parametrize(
        "usage",
        [
            b'{"input_tokens":NaN,"output_tokens":3}',
            b'{"input_tokens":1e999,"output_tokens":3}',
            b'{"input_tokens":' + b"9" * 4000 + b',"output_tokens":3}',
            b'{"input_tokens":"7","output_tokens":3}',
            b'{"input_tokens":true,"output_tokens":3}',
            b'{"input_tokens":null,"output_tokens":3.0}',
            b'{"input_tokens":[],"output_tokens":3}',
        ],
    )
    def test_usage(self, trace: TraceFile, load: Load, usage: bytes) -> None:
        """What is no count of tokens counts nothing."""
        trace.write(b'{"type":"llm_response","usage":' + usage + b"}\n")
        snapshot = load(trace).snapshot()
        assert snapshot.stats().usage == snapshot.event(0).usage == Usage(0, 3)

    @pytest.mark.parametrize("usage", [b"[]", b"7", b'"x"', b"null", b"{}"])
    def test_no_usage(self, trace: TraceFile, load: Load, usage: bytes) -> None:
        """A usage of another kind is none."""
        trace.write(b'{"type":"llm_response","usage":' + usage + b"}\n")
        assert load(trace).snapshot().stats().usage == Usage()

    @pytest.mark.parametrize("cost", [b"NaN", b"1e999", b"-Infinity", b"9" * 4000, b'"1"', b"true", b"[]", b"null"])
    def test_cost(self, trace: TraceFile, load: Load, cost: bytes) -> None:
        """What is no cost adds nothing to one."""
        trace.write(b'{"type":"a","cost_usd":' + cost + b"}\n")
        assert load(trace).snapshot().stats().cost_usd is None
        trace.write(b'{"type":"a","cost_usd":0.25}\n')
        assert load(trace).snapshot().stats().cost_usd == 0.25

    @pytest.mark.parametrize(
        "ts", [b"18446744073709551615", b"-9223372036854775809", b"-9223372036854775808", b"1e300", b"NaN", b'"x"']
    )
    def test_time(self, trace: TraceFile, load: Load, ts: bytes) -> None:
        """A time that no clock can show is the beginning of time."""
        trace.write(b'{"type":"a","ts":' + ts + b"}\n")
        snapshot = load(trace).snapshot()
        assert (snapshot.ts(0), snapshot.event(0).ts) == (0, 0)

    @pytest.mark.parametrize("key", ["duration_ms", "importance", "cost_usd"])
    @pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"1e999", b"9" * 400, b"true", b'"1"', b"{}"])
    def test_numbers(self, trace: TraceFile, load: Load, key: str, value: bytes) -> None:
        """A number that cannot be shown or added is none."""
        trace.write(b'{"type":"a","' + key.encode() + b'":' + value + b"}\n")
        assert getattr(load(trace).snapshot().event(0), key) is None


def test_many_types(trace: TraceFile, load: Load) -> None:
    """A trace may have more types and names than small numbers can count."""
    trace.write(b"".join(b'{"type":"t%d","name":"n%d"}\n' % (n % 300, n) for n in range(70_000)))
    snapshot = load(trace).snapshot()
    assert (snapshot.type(69_999), snapshot.name(69_999)) == ("t99", "n69999")
    assert len(snapshot.stats().types) == 300


def test_session_of_the_writer(trace: TraceFile, load: Load, tmp_path: Path) -> None:
    """What our own encoder writes is no damage at all."""
    trace.add("log", "a\ud800", {"x": (b"\xff", float("nan"), {1: 2})})
    stats = load(trace).snapshot().stats()
    assert (stats.events, stats.damaged) == (1, ())
    assert load(trace).sessions()[0].session == SESSION
