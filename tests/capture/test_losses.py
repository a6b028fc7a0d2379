"""Places that do not take a trace: the host does not notice, and the reader knows exactly what is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import capture
from capture import TraceContext, trace_tool
from capture.testing import read_events
from peek_tui.trace.store import Store
from tests.conftest import RunPython

LIMITED = """
import json, os, resource, sys
import capture

@capture.trace_tool
def double(number):
    return number * 2

with capture.TraceContext("desk", path=sys.argv[1]) as ctx:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(sys.argv[1]) + 1000, hard))
    ids = [ctx.record_log("stdout", "x" * 100) for _ in range(20)]
    results = [double(number) for number in range(5)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    ids.append(ctx.record_log("stdout", "after"))
print(json.dumps({"ids": ids, "results": results}))
"""


def stats(*paths: Path | None) -> Any:
    store = Store.load([path for path in paths if path])
    try:
        return store.snapshot().stats()
    finally:
        store.close()


def test_limited_file(tmp_path: Path, run_python: RunPython) -> None:
    """A file that may not grow costs its events and nothing else; what is missing is what was not written."""
    path = tmp_path / "run.jsonl"
    said = json.loads(run_python(LIMITED, path).stdout)
    assert said["results"] == [0, 2, 4, 6, 8]
    start, *logs, torn, loss, after, end = [line for line in path.read_bytes().split(b"\n") if line]
    writer = json.loads(start)["id"][:8]
    assert said["ids"] == [f"{writer}{number:08x}" for number in [*range(1, 21), 32]]
    assert [json.loads(line)["id"] for line in logs] == said["ids"][:3]
    assert [json.loads(line)["id"] for line in (loss, after, end)] == [f"{writer}{n:08x}" for n in (31, 32, 33)]
    data = json.loads(loss)["data"]
    assert data.pop("bytes") > 17 * 296  # the lines of the calls have durations of unknown lengths
    assert data == {"events": 27, "reasons": {"wrote 112 of 296 bytes": 1, "File too large": 26}}
    assert len(torn) == 112
    found = stats(path)
    assert found.missing == tuple(f"{writer}{number:08x}" for number in range(4, 31))
    assert [(damage.part, damage.line) for damage in found.damaged] == [("line", 5)]


class TestNoPlace:
    def run(self, path: Path | str) -> TraceContext:
        @trace_tool
        def work(argument: object) -> object:
            return argument

        failure, result = KeyError("theirs"), object()
        ctx = TraceContext("desk", path=path)

        def agent() -> None:
            with ctx:
                assert work(result) is result
                assert ctx.record_decision("why") != "0" * 16
                raise failure

        with pytest.raises(KeyError) as raised:
            agent()
        assert raised.value is failure
        return ctx

    def test_below_a_file(self, tmp_path: Path) -> None:
        """A path below a regular file costs the host nothing."""
        (tmp_path / "blocked").write_text("a file")
        ctx = self.run(tmp_path / "blocked/run.jsonl")
        assert ctx.path == tmp_path / "blocked/run.jsonl"
        assert (tmp_path / "blocked").read_text() == "a file"

    def test_full_disk(self) -> None:
        """Neither does a disk without space."""
        self.run("/dev/full")

    def test_no_state_directory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither does a state directory that cannot be made."""
        (tmp_path / "blocked").write_text("a file")
        monkeypatch.setenv("PEEK_DIR", str(tmp_path / "blocked"))
        with TraceContext("desk") as ctx:
            ctx.record_log("x")
        assert capture.current() is not ctx
        assert capture.current().record_log("x") != "0" * 16

    def test_a_place_that_comes_back(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """When the place is there again the file begins with the loss, and the lost ids are missing."""
        monkeypatch.setattr("capture.sinks.file._REOPEN_AFTER", 0.0)
        blocked = tmp_path / "blocked"
        blocked.write_text("a file")
        with TraceContext("desk", path=blocked / "run.jsonl") as ctx:
            lost = ctx.record_log("lost")
            blocked.unlink()
            kept = ctx.record_log("kept")
        events = read_events(ctx.path)
        assert [event["type"] for event in events] == ["capture_loss", "log", "agent_end"]
        assert events[0]["data"]["events"] == 2
        assert events[0]["data"]["reasons"] == {"Not a directory": 2}
        assert events[1]["id"] == kept
        assert stats(ctx.path).missing == (f"{lost[:8]}00000000", lost)
        assert stats(ctx.path).orphans == 3
