from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.analysis import alerts
from peek_tui.analysis.alerts import Watch, find_alerts
from peek_tui.analysis.importance import Importance, importance
from peek_tui.trace.store import Store
from tests.state.traces import NOON, TraceFile

from .run import Run

SECOND = 1_000_000_000


@pytest.mark.parametrize("settled", [10, 4096])
def test_late_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settled: int) -> None:
    """Events of another file that belong among those already looked at: the end is as if all had been read at once."""
    monkeypatch.setattr(alerts, "SETTLED", settled)
    first, second = TraceFile(tmp_path / "a.jsonl", "aaaaaaaa"), TraceFile(tmp_path / "b.jsonl", "bbbbbbbb")
    store, watch, rate = Store([first.path, second.path]), Watch(), Importance()
    for moment in range(0, 200, 5):
        for file, late in ((first, 0), (second, 7)):
            for step in range(5):
                ts = NOON + (moment + step - late) * SECOND
                failing = {"error": {"type": "E", "message": "no"}} if moment % 40 < 20 else {}
                call = file.add("tool_call", "search", {"arguments": {"q": moment // 40}}, ts=ts)
                file.add("tool_result", "search", {"result": step}, call, ts + 1, **failing)
            while store.advance():
                pass
            watch.advance(store.snapshot())
            rate.of(store.snapshot())
    snapshot = store.snapshot()
    assert watch.alerts == find_alerts(snapshot, over=False)
    assert len(watch.alerts) >= 5
    assert rate.of(snapshot).tolist() == importance(snapshot).tolist()
    store.close()


def test_read_again(run: Run) -> None:
    """When a file is rewritten, what was found in it before is gone."""
    for _ in range(5):
        run.tool("search", error="no")
    store, watch = Store([run.path]), Watch()
    while store.advance():
        pass
    watch.advance(store.snapshot())
    assert len(watch.alerts) == 1
    run.path.write_bytes(b"")
    run.tool("read")
    while store.advance():
        pass
    watch.advance(store.snapshot())
    assert (len(store.snapshot()), watch.alerts) == (2, [])
    store.close()
