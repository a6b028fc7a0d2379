from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from peek_tui.analysis import alerts, news
from peek_tui.analysis.alerts import Watch, find_alerts
from peek_tui.analysis.importance import FAILED, Importance, importance
from peek_tui.trace.store import Store
from tests.state.traces import NOON, TraceFile

from .run import Run

SECOND = 1_000_000_000


@pytest.mark.parametrize("most", [None, 15])
@pytest.mark.parametrize("settled", [10, 4096])
def test_late_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settled: int, most: int | None) -> None:
    """Events of another file that belong among those already looked at: the end is as if all had been read at once.

    It is the same for who falls behind.
    """
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
            watch.advance(store.snapshot(), most=most)
            rate.of(store.snapshot())
    snapshot = store.snapshot()
    while watch.seen < len(snapshot):
        watch.advance(snapshot, most=most)
    assert watch.alerts == find_alerts(snapshot, over=False)
    assert len(watch.alerts) >= 5
    assert rate.of(snapshot).tolist() == importance(snapshot).tolist()
    store.close()


def test_pieces_of_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a run of two files a result belongs to its call, in however small pieces the rows are looked at."""
    first, second = TraceFile(tmp_path / "a.jsonl", "aaaaaaaa"), TraceFile(tmp_path / "b.jsonl", "bbbbbbbb")
    for step in range(24):
        for file in (first, second):
            name, ts = f"read {file.path.stem}", NOON + step * SECOND
            failing = {"error": {"type": "E", "message": "no"}} if step % 6 == 0 else {}
            other = {"path": "readme"} if failing else {"url": "index"}
            call = file.add("tool_call", name, {"arguments": other}, ts=ts)
            file.add("tool_result", name, {"result": "x"}, call, ts + 1, **failing)
    with closing(Store.load([first.path, second.path])) as store:
        together = find_alerts(store.snapshot()), importance(store.snapshot()).tolist()
        monkeypatch.setattr(news, "PIECE", 7)
        assert (find_alerts(store.snapshot()), importance(store.snapshot()).tolist()) == together
        assert together[1].count(FAILED) == 8
        assert {alert.rule for alert in together[0]} == {"tool_loop", "oscillation"}


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
