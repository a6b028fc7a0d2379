"""A run in several files, and what is not a file."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

import capture
from capture import TraceContext
from capture.sinks.memory import MemorySink
from capture.testing import read_events
from peek_tui.trace.sources import resolve
from peek_tui.trace.store import Store


def record(path: Path | None, count: int = 100) -> list[str]:
    with TraceContext("desk", path=path) as ctx:
        return [ctx.record_log("stdout", "x" * 200) for _ in range(count)]


def parts_of(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.glob("*.jsonl"))


class TestParts:
    def test_by_size(self, tmp_path: Path) -> None:
        """A trace goes on in another file when one is long enough; together they are one run without a gap."""
        capture.init(rotate_bytes=10_000)
        ids = record(tmp_path / "run.jsonl")
        names = parts_of(tmp_path)
        assert names == ["run.2.jsonl", "run.3.jsonl", "run.4.jsonl", "run.jsonl"]
        assert all(10_000 <= (tmp_path / name).stat().st_size < 11_000 for name in names if name != "run.4.jsonl")
        store = Store.load(resolve(str(tmp_path), tmp_path))
        snapshot, stats = store.snapshot(), store.snapshot().stats()
        assert [snapshot.event(row).id for row in range(1, 101)] == ids
        assert (stats.sessions, stats.missing, stats.orphans, store.status()) == (1, (), 0, "finished")
        store.close()

    def test_by_time(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Or when it is old enough."""
        now = 0.0
        monkeypatch.setattr("capture.sinks.parts.time.monotonic", lambda: now)
        capture.init(rotate_seconds=60)
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            ctx.record_log("stdout", "one")
            now = 61.0
            ctx.record_log("stdout", "two")
            ctx.record_log("stdout", "three")
        assert parts_of(tmp_path) == ["run.2.jsonl", "run.jsonl"]
        assert [event["data"].get("text") for event in read_events(tmp_path / "run.2.jsonl")] == ["three", None]

    def test_retention(self, tmp_path: Path) -> None:
        """Of many parts the first and the latest stay; what was in the others is not reported as lost."""
        capture.init(rotate_bytes=5_000, keep_parts=3)
        ids = record(tmp_path / "run.jsonl")
        names = parts_of(tmp_path)
        assert len(names) == 3
        assert names[-1] == "run.jsonl"
        store = Store.load(resolve(str(tmp_path), tmp_path))
        snapshot, stats = store.snapshot(), store.snapshot().stats()
        assert snapshot.event(0).type == "agent_start"
        assert [snapshot.event(row).id for row in range(len(snapshot) - 3, len(snapshot) - 1)] == ids[-2:]
        assert (stats.sessions, stats.missing, stats.damaged, store.status()) == (1, (), (), "finished")
        store.close()

    def test_last_part_is_full(self, tmp_path: Path) -> None:
        """The line that fills a part may be the last one: the part after it is never written, and counts for none."""
        capture.init(rotate_bytes=1, keep_parts=3)
        ids = record(tmp_path / "run.jsonl", 10)
        assert parts_of(tmp_path) == ["run.11.jsonl", "run.12.jsonl", "run.jsonl"]
        assert [event["id"] for event in read_events(tmp_path / "run.11.jsonl")] == ids[-1:]
        assert [event["type"] for event in read_events(tmp_path / "run.12.jsonl")] == ["agent_end"]

    def test_requests(self, tmp_path: Path) -> None:
        """A part holds whole requests: none builds on one in another file."""
        capture.init(rotate_bytes=3_000)
        messages = []
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            for number in range(20):
                messages.append({"role": "user", "content": f"{number} {'x' * 300}"})
                ctx.record_llm_request("claude", list(messages))
        for name in parts_of(tmp_path):
            events = read_events(tmp_path / name)
            bases = {event["data"]["base"] for event in events if "base" in event["data"]}
            assert bases <= {event["id"] for event in events}

    def test_queued(self, tmp_path: Path) -> None:
        """Behind a queue parts are as without one: each is a writer of its own."""
        capture.init(mode="queued", rotate_bytes=10_000)
        ids = record(tmp_path / "run.jsonl", 300)
        found = []
        for name in sorted(parts_of(tmp_path), key=lambda name: int(name.split(".")[1].replace("jsonl", "1"))):
            events = read_events(tmp_path / name)
            assert [event["id"][8:] for event in events] == [f"{number:08x}" for number in range(len(events))]
            found += [event["id"] for event in events if event["type"] == "log"]
        assert found == ids
        assert len(parts_of(tmp_path)) > 1

    def test_blobs(self, tmp_path: Path) -> None:
        """A big value stands beside the part that refers to it, though the thread that writes has yet to come there."""
        capture.init(mode="queued", tee=(lines := SlowSink()), rotate_bytes=5_000, blob_bytes=1_000)
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            for number in range(60):
                ctx.record_log("stdout", f"{number} " * 1_000)
            lines.gate.set()
        assert len(parts_of(tmp_path)) > 1
        for name in parts_of(tmp_path):
            logs = [event["data"]["text"]["$blob"] for event in read_events(tmp_path / name) if event["type"] == "log"]
            assert {path.name for path in (tmp_path / f"{name}.blobs").iterdir()} == set(logs)


class SlowSink(MemorySink):
    """Takes nothing before it is let to."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def write(self, line: bytes) -> None:
        self.gate.wait(60)
        super().write(line)


class TestElsewhere:
    def test_callback(self, tmp_path: Path) -> None:
        """A function gets every line instead of a file."""
        lines: list[bytes] = []
        capture.init(directory=tmp_path, sink=lines.append)
        ids = record(None, 3)
        assert [line.count(b"\n") for line in lines] == [1] * 5
        assert [id.encode() in line for id, line in zip(ids, lines[1:-1], strict=True)] == [True] * 3
        assert list(tmp_path.iterdir()) == []

    def test_raising_callback(self) -> None:
        """What a function does not take is lost and counted; the agent does not notice."""
        lines: list[bytes] = []

        def take(line: bytes) -> None:
            if b'"stdout"' in line and len(lines) < 2:
                lines.append(b"")
                raise KeyError("full")
            lines.append(line)

        capture.init(sink=take)
        ids = record(None, 3)
        assert len(set(ids)) == 3
        [loss] = [line for line in lines if b'"capture_loss"' in line]
        assert b'"reasons":{"the callback raised KeyError":1}' in loss

    def test_tee(self, tmp_path: Path) -> None:
        """A file and something else get the same lines."""
        sink = MemorySink()
        capture.init(tee=sink)
        record(tmp_path / "run.jsonl", 3)
        assert b"".join(sink.lines) == (tmp_path / "run.jsonl").read_bytes()

    def test_tee_that_fails(self, tmp_path: Path) -> None:
        """What only the other one did not take stands in the file, which says so."""

        def fail(line: bytes) -> None:
            raise ConnectionError

        capture.init(tee=fail)
        ids = record(tmp_path / "run.jsonl", 2)
        events = read_events(tmp_path / "run.jsonl")
        assert [event["id"] for event in events if event["type"] == "log"] == ids
        assert {"the callback raised ConnectionError": 1} in [event["data"].get("reasons") for event in events]
