from __future__ import annotations

from typing import Any

from hypothesis import given

from peek_tui.analysis.importance import FAILED, RECOVERED, Importance, importance
from peek_tui.trace.query import parse_query
from peek_tui.trace.store import Store

from .cuts import CUTS, STORIES, Story, cut_up, whole
from .run import Run


def rated(run: Run) -> dict[str, float]:
    """Return the importance of each event by its id."""
    snapshot = run.snapshot()
    return {snapshot.event(row).id: value for row, value in enumerate(importance(snapshot).tolist())}


def decided(run: Run, confidence: object = None, **header: Any) -> str:
    return run.add("decision", "go", {} if confidence is None else {"confidence": confidence}, **header)


def test_errors_first(run: Run) -> None:
    """An error outranks every decision, call, message and check, whatever kind of event it is on."""
    failed = [run.add(type, error={"type": "E"}) for type in ("tool_result", "llm_response", "log", "agent_end")]
    failed.append(run.add("error", error={"type": "E"}))
    others = [decided(run, confidence / 10) for confidence in range(11)]
    others += [run.add(type) for type in ("user_message", "tool_call", "refusal", "novel")]
    others.append(run.add("safety_check", data={"outcome": "block"}))
    values = rated(run)
    assert min(values[id] for id in failed) > max(values[id] for id in others)


def test_confidence(run: Run) -> None:
    """The less sure the agent was the more a decision matters; not to say is neither sure nor unsure."""
    ids = [decided(run, confidence) for confidence in (1, 0.9, 0.5, 0.1, 0.0)]
    values = rated(run)
    said = [values[id] for id in ids]
    assert said == sorted(set(said))
    unsaid, odd = decided(run), decided(run, "high")
    values = rated(run)
    assert values[unsaid] == values[odd] == values[ids[2]]


def test_author(run: Run) -> None:
    """What the author said wins over every rule, cut to 0–1; what is no number says nothing."""
    low = run.tool("search", error="no")
    result = run.add("tool_result", "search", {}, low, error={"type": "E"}, importance=0.01)
    run.tool("search")
    high, odd = run.add("llm_chunk", importance=7), run.add("llm_chunk", importance="high")
    values = rated(run)
    assert (values[result], values[high], values[odd]) == (0.01, 1.0, 0.05)


def test_recovered(run: Run) -> None:
    """A failure sinks once the same call has worked, or one with mended arguments; another call of the tool is none."""
    same = run.result(run.call("search", {"q": "x"}), "search", error="busy")
    mended = run.result(run.call("pay", {"customer": 4127, "month": "October"}), "pay", error="no such month")
    other = run.result(run.call("bash", {"command": "make test"}), "bash", error="2 failed")
    run.tool("search", {"q": "x"})
    run.tool("pay", {"customer": 4127, "month": "2026-10"})
    run.tool("bash", {"command": "ls -la"})
    values = rated(run)
    assert (values[same], values[mended], values[other]) == (RECOVERED, RECOVERED, FAILED)


def test_recovered_model_call(run: Run) -> None:
    """A model call that failed sinks once the next one worked."""
    failed = run.model(error={"type": "HTTP 529"})
    assert rated(run)[failed] == FAILED
    run.model()
    assert rated(run)[failed] == RECOVERED


def test_query(run: Run) -> None:
    """`importance>0.8` asks for this measure where the store has it, and for what authors said where it has not."""
    failed = run.result(run.call("search"), "search", error="no")
    run.add("log", importance=0.85)
    store = Store.load([run.path], rate=Importance().of)
    rows = store.snapshot().rows(parse_query("importance>0.8"))
    assert (rows, store.snapshot().event(1).id) == ([1, 2], failed)
    assert run.snapshot().rows(parse_query("importance>0.8")) == [2]
    store.close()


def test_older_snapshot(run: Run) -> None:
    """An older snapshot can be asked about after a newer one."""
    run.add("log")
    store = Store.load([run.path])
    rate = Importance()
    older = store.snapshot()
    run.add("log")
    store.advance()
    assert len(rate.of(store.snapshot())) == 2
    assert len(rate.of(older)) == 1
    store.close()


@given(story=STORIES, cuts=CUTS)
def test_cuts(story: Story, cuts: list[int]) -> None:
    """The importance of an event does not depend on how the trace was cut into appends."""
    rate = Importance()
    values = cut_up(story, cuts, lambda snapshot: rate.of(snapshot).tolist())
    with whole(story) as snapshot:
        assert values[-1] == importance(snapshot).tolist()
