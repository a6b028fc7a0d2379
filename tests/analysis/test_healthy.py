"""Real runs of a coding agent, some of which passed their tests: an alert on those is a defect."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.unfinished import PER_1000, PRECISION, RECALL, RUNS, JudgedRun, read_runs
from peek_tui.analysis.alerts import find_alerts
from peek_tui.demo.agent import run as run_demo
from peek_tui.trace.store import Store

DATA = Path(__file__).parents[1] / "data" / "claude-code"


@pytest.fixture(scope="module")
def runs() -> list[JudgedRun]:
    if not RUNS.exists():
        assert "CI" not in os.environ, f"{RUNS} is not there"
        pytest.skip(f"{RUNS} is not there")
    return read_runs()


def test_passed_runs(runs: list[JudgedRun]) -> None:
    """On the runs that passed there is at most one alert in 1,000 events."""
    passed = [run for run in runs if not run.failed]
    assert len(passed) == 30
    assert 1000 * sum(run.alerts for run in passed) <= PER_1000 * sum(run.events for run in passed)


def test_unfinished(runs: list[JudgedRun]) -> None:
    """Of the runs that are unfinished at least 90 % failed, and of those that failed at least 45 % are."""
    flagged = [run.failed for run in runs if run.rules]
    assert sum(flagged) >= PRECISION * len(flagged)
    assert sum(flagged) >= RECALL * sum(run.failed for run in runs)


def test_transcripts() -> None:
    """Nothing is found in transcripts in which all went as it should, a tool that was denied included."""
    paths = sorted(DATA.glob("*.jsonl"))
    assert len(paths) == 3
    for path in paths:
        store = Store.load([path])
        assert find_alerts(store.snapshot()) == []
        store.close()


def test_demo(tmp_path: Path) -> None:
    """The demo's story is told by two alerts: the ledger agent's loop, and the refund that was refused."""
    path = run_demo(0, tmp_path / "demo.jsonl")
    store = Store.load([path])
    loop, chain = find_alerts(store.snapshot())
    store.close()
    assert (loop.rule, chain.rule) == ("tool_loop", "refusal_chain")
    assert loop.title.startswith("check_export was called 5 times with the same arguments and answered the same each")
    assert chain.title.startswith("refund_limit blocked issue_refund at ")
    assert len(chain.evidence) == 4
