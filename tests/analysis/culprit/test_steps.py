from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from peek_tui.analysis.culprit.outputs import read_output, speaker
from peek_tui.analysis.culprit.steps import Step, read_runs
from peek_tui.trace.store import Store
from tests.analysis.run import Run

CODE = "I count them.\n```python\nprint(len(moons))\n```"


def steps(run: Run) -> list[Step]:
    [found] = read_runs(run.snapshot()).values()
    return found


def test_answer_and_calls(run: Run) -> None:
    """A model's answer, the decision it is and the calls it makes are one act; what came back belongs to it."""
    run.add("user_message", "", {"content": "Do it"})
    answer = run.model("I read both.")
    run.add("decision", "read", {"reasoning": "because"})
    first, second = run.call("read", {"path": "x"}), run.call("read", {"path": "y"})
    run.result(second, "read", "why", error="gone")
    run.result(first, "read", "ex")
    later = run.call("write", {"path": "z"})
    found = steps(run)
    assert [step.kind for step in found] == ["told", "told", "act", "seen", "seen", "act"]
    act, last = found[2], found[5]
    assert (act.id, act.tools, act.failed, act.answered) == (answer, ["read", "read"], True, True)
    assert (act.said, act.done, act.result) == ("I read both.\nbecause", "x\ny\n", "why\nex")
    assert (last.id, last.tools, last.answered) == (later, ["write"], False)


@pytest.mark.parametrize("form", ["agent_turn", "llm_response", "tool_result"])
def test_environment(run: Run, form: str) -> None:
    """What a terminal says is seen, not done, whatever event it is, and belongs to the code that was run."""
    run.add("user_message", "", {"content": "How many moons?"})
    run.add("agent_turn", "Coder", {"content": CODE}, agent="Coder")
    said: dict[str, Any] = {"content": "exitcode: 1\nNameError: moons", "result": "exitcode: 1\nNameError: moons"}
    run.add(form, "Computer_terminal", said, agent="Computer_terminal")
    found = steps(run)
    assert [step.kind for step in found] == ["told", "act", "seen"]
    assert (found[1].tools, found[1].answered) == (["python"], True)
    assert found[1].result == "exitcode: 1\nNameError: moons"
    if form != "tool_result":  # one of those says whether it failed
        assert found[1].failed
        assert found[2].failed


@pytest.mark.parametrize(
    ("agent", "text", "is_output"),
    [
        ("Computer_terminal", "Nothing to run", True),
        ("ComputerTerminal", "The script ran", True),
        ("environment", "You are in a room", True),
        ("Executor", "done", True),
        ("Coder", "exitcode: 0\nCode output: 3", True),
        ("Coder", "Traceback (most recent call last):", True),
        ("Coder", "I get a Traceback (most recent call last)", False),
        ("Toolsmith", "I make a tool", False),
        ("Systems_Expert", "It runs", False),
    ],
)
def test_outputs(agent: str, text: str, is_output: bool) -> None:
    """An output is told by how it begins, or by who says it."""
    assert (read_output(agent, text) is not None) == is_output


def test_speaker() -> None:
    """What stands behind a name in brackets is how it speaks, not who."""
    assert [speaker(name) for name in ("Orchestrator (thought)", "Orchestrator (-> Web)", "(x)", "")] == [
        "Orchestrator",
        "Orchestrator",
        "(x)",
        "",
    ]


def test_empty_turns(run: Run) -> None:
    """A turn that only begins is no act."""
    run.add("agent_turn", "a", {"goal": "understand"})
    run.add("llm_response", "m", {"content": []})
    assert read_runs(run.snapshot())[run.snapshot().event(0).session] == []


def test_sessions(run: Run, tmp_path: Path) -> None:
    """What the agent was told before it did anything is read of each session."""
    other = Run(tmp_path / "other.jsonl", "00000001", "f" * 32)
    for one in (run, other):
        one.model("I begin.")
        one.model("I go on.")
    with closing(Store.load([run.path, other.path])) as store:
        found = read_runs(store.snapshot())
    assert [[step.kind for step in steps] for steps in found.values()] == [["told", "act", "act"]] * 2
