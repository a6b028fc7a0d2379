from __future__ import annotations

from typing import Any

from tests.analysis.run import Run

RULE = "repeated_request"
QUESTION = {"role": "user", "content": "Hi"}
ANSWER = {"role": "assistant", "content": "Ho"}


def ask(run: Run, error: bool = False, **data: Any) -> str:
    request = run.add("llm_request", "model-1", {"messages": [QUESTION], **data})
    failure: dict[str, Any] = {"error": {"type": "E"}} if error else {}
    run.add("llm_response", "model-1", {"content": [{"type": "text", "text": "Ho"}]}, request, **failure)
    return request


def test_same(run: Run) -> None:
    """The same request three times, whatever its headers say."""
    requests = [ask(run, http={"headers": {"date": index}}, system="Be brief.") for index in range(3)]
    [alert] = run.alerts(RULE)
    assert (alert.evidence, alert.title) == (
        tuple(requests),
        "model-1 was asked exactly the same 3 times between 0 and 4",
    )


def test_deltas(run: Run) -> None:
    """A request that adds nothing to one before says the same as that."""
    first = ask(run, messages=[QUESTION, ANSWER, QUESTION])
    second = ask(run, base=first, keep=3, messages=[], same=["system", "tools", "settings"])
    third = ask(run, base=second, keep=3, messages=[], same=["system", "tools", "settings"])
    assert [alert.evidence for alert in run.alerts(RULE)] == [(first, second, third)]


def test_growing(run: Run) -> None:
    """A conversation that goes on repeats nothing."""
    base = ask(run)
    for index in range(5):
        base = ask(run, base=base, keep=1 + 2 * index, messages=[ANSWER, QUESTION])
    assert run.alerts(RULE) == []


def test_retry(run: Run) -> None:
    """A retry of what failed is no repetition."""
    ask(run, error=True)
    ask(run, error=True)
    ask(run)
    assert run.alerts(RULE) == []


def test_two_turns(run: Run) -> None:
    """Nor are two turns that ask the same."""
    ask(run)
    ask(run)
    assert run.alerts() == []


def test_rare(run: Run) -> None:
    """However much others ask meanwhile, only the agent's own requests to that model lie between two of them."""
    asked = []
    for round in range(3):
        asked.append(run.add("llm_request", "model-1", {"messages": [QUESTION]}, agent="rare"))
        for number in range(1500):
            run.add("llm_request", "model-1", {"messages": [{"role": "user", "content": f"{round} {number}"}]})
    assert [alert.evidence for alert in run.alerts(RULE)] == [tuple(asked)]
