from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from peek_tui.analysis import prices
from peek_tui.analysis.cost import Costs, costs
from peek_tui.analysis.prices import price_of
from peek_tui.trace.model import Usage
from peek_tui.trace.store import Store
from tests.state.traces import NOON

from .run import Run


def flat(model: str, provider: str, usage: Usage) -> float | None:
    """A dollar a thousand tokens, for the one model there is a price for."""
    return usage.total / 1000 if model == "known" else None


def answer(run: Run, model: str, tokens: int, parent: str, response: str | None = None, **header: Any) -> str:
    request = run.add("llm_request", model, {}, parent)
    usage = {"input_tokens": tokens - 10, "output_tokens": 10, "cache_read_tokens": 5}
    return run.add("llm_response", model, {"response_id": response}, request, usage=usage, **header)


def totals(found: Costs, by: str) -> dict[Any, int]:
    return {key: spending.usage.total for key, spending in getattr(found, by).items()}


def test_groups(run: Run) -> None:
    """Every call is counted with its agent, model, turn and the tools it called; each grouping sums to the total."""
    agent = run.add("agent_start", "a")
    turn = run.add("agent_turn", "a", parent=agent)
    answer(run, "known", 100, turn)
    run.tool("search", {"q": 1})
    run.tool("read", {"path": "x"})
    run.tool("read", {"path": "y"})
    other = run.add("agent_turn", "b", parent=agent, agent="b")
    answer(run, "other", 51, other, agent="b")
    found = costs(run.snapshot(), flat)
    assert found.total.calls == 2
    assert totals(found, "by_agent") == {"": 100, "b": 51}
    assert totals(found, "by_model") == {"known": 100, "other": 51}
    assert totals(found, "by_turn") == {1: 100, 10: 51}
    assert totals(found, "by_tool") == {"search": 33, "read": 67, "": 51}
    assert found.by_tool["read"].calls == pytest.approx(2 / 3)
    assert found.by_model["known"].usage == Usage(90, 10, 5, 0, 0)


def test_money(run: Run) -> None:
    """What the trace says is recorded, what only a price says is estimated, and the rest is unknown, never 0."""
    turn = run.add("agent_turn", "a")
    answer(run, "known", 100, turn, cost_usd=0.5)
    answer(run, "known", 2000, turn)
    answer(run, "other", 100, turn)
    found = costs(run.snapshot(), flat)
    total = found.total
    assert (total.recorded_usd, total.estimated_usd, total.unknown, total.known_usd) == (0.5, 2.0, 1, 2.5)
    assert found.by_model["other"].known_usd is None


def test_once(run: Run) -> None:
    """A call that two recorders wrote, one that wraps others, a failed attempt, totals of agents: none counts twice."""
    agent = run.add("agent_start", "a")
    turn = run.add("agent_turn", "a", parent=agent)
    answer(run, "known", 100, turn, "resp_1")
    answer(run, "known", 100, turn, "resp_1")
    outer = run.add("llm_request", "known", {}, turn)
    failed = run.add("llm_request", "known", {"attempt": 1}, outer)
    run.add("llm_response", "known", {}, failed, error={"type": "HTTP 529", "message": ""})
    answer(run, "known", 200, outer, "resp_2")
    usage = {"input_tokens": 190, "output_tokens": 10}
    run.add("llm_response", "known", {}, outer, usage=usage)
    subagent = run.add("subagent_start", "s", {}, turn)
    answer(run, "known", 300, subagent, agent="s")
    run.add("subagent_end", "s", {}, subagent, usage={"input_tokens": 300}, cost_usd=0.3)
    run.add("agent_end", "a", {"status": "completed"}, agent, usage={"input_tokens": 600}, cost_usd=0.7)
    found = costs(run.snapshot(), flat)
    assert (found.total.calls, found.total.usage.total) == (3, 600)
    assert found.total.recorded_usd is None
    assert found.reported_usd == 0.7


def test_circles(run: Run) -> None:
    """Parents that go in a circle, or are not there, make no turn and no end of the search."""
    run.add("agent_turn", "a", parent="5f3a9c1e00000001")
    run.add("llm_request", "known", {}, "5f3a9c1e00000000")
    run.add("llm_response", "known", {"response_id": 5}, "5f3a9c1e00000001", usage={"input_tokens": 7})
    run.add("llm_response", "known", {}, "f" * 16, usage={"input_tokens": 8})
    found = costs(run.snapshot(), flat)
    assert totals(found, "by_turn") == {0: 7, -1: 8}


def test_nothing(run: Run) -> None:
    """A trace without model calls cost nothing that is known."""
    run.tool("search")
    found = costs(run.snapshot(), flat)
    assert (found.total.calls, found.total.known_usd, found.reported_usd) == (0, None, None)


def test_prices() -> None:
    """The package's price of a well-known model is what it says; nobody's model has none, whatever its provider."""
    price = price_of("gpt-4o-2024-08-06", "openai", Usage(1_000_000, 0))
    assert price is not None
    assert 1 <= price <= 5
    assert price_of("gpt-4o-2024-08-06", "a proxy", Usage(1_000_000, 0)) == price
    cached = price_of("gpt-4o-2024-08-06", "openai", Usage(1_000_000, 0, 1_000_000))
    assert cached is not None
    assert cached < price
    assert price_of("nobody's", "openai", Usage(10, 10)) is None
    assert price_of("", "", Usage(10, 10)) is None


def test_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package everything is unknown."""
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    prices._genai_prices.cache_clear()
    try:
        assert price_of("gpt-4o-2024-08-06", "openai", Usage(1000, 10)) is None
        assert not prices.prices_are_known()
    finally:
        prices._genai_prices.cache_clear()


def test_sessions_at_once(run: Run, tmp_path: Path) -> None:
    """A call of a tool belongs to the answer before it in its own session, though another one's came in between."""
    other = Run(tmp_path / "other.jsonl", "00000001", "f" * 32)
    answer(run, "known", 100, run.add("agent_turn", "a", ts=NOON + 1), ts=NOON + 2)
    answer(other, "known", 50, other.add("agent_turn", "a", ts=NOON + 3), ts=NOON + 4)
    run.call("search", ts=NOON + 5)
    with closing(Store.load([run.path, other.path])) as store:
        assert totals(costs(store.snapshot(), flat), "by_tool") == {"search": 100, "": 50}
