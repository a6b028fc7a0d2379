"""Final answers and unfinished business: what is looked at when a run is over."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.run import Run

ANSWER, BUSINESS = "final_answer", "unfinished_business"


def end(run: Run, start: str, **data: Any) -> str:
    return run.add("agent_end", "coder", {"status": "completed", **data}, start)


def todos(run: Run, *statuses: str) -> str:
    items = [{"content": f"step {index}", "status": status} for index, status in enumerate(statuses)]
    return run.tool("TodoWrite", {"todos": items})


@pytest.fixture
def start(run: Run) -> str:
    return run.add("agent_start", "coder")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the final answer at 2 is empty"),
        (
            "I'm not sure whether that is right.",
            "the final answer at 2 is not sure: “I'm not sure whether that is right.”",
        ),
        ("It might be 7. Perhaps 8.", "the final answer at 2 hedges in 2 of 2 sentences"),
        ("The answer is 7. It may rain. All is well.", None),
    ],
)
def test_final_answer(run: Run, start: str, text: str, says: str | None) -> None:
    """An answer that is empty, or mostly unsure of itself."""
    answer = run.model(text)
    end(run, start)
    found = [(alert.title, alert.evidence) for alert in run.alerts(ANSWER)]
    assert found == ([] if says is None else [(says, (answer,))])


def test_final_answer_of_a_subagent(run: Run, start: str) -> None:
    """What an inner agent answers is not the answer of the run."""
    inner = run.add("agent_start", "inner", parent=start, agent="inner")
    run.add("llm_response", "m", {"content": []}, agent="inner")
    run.add("agent_end", "inner", {"status": "completed"}, inner, agent="inner")
    run.model("Seven.")
    end(run, start)
    assert run.alerts() == []


def test_open_todos(run: Run, start: str) -> None:
    """Items that were not begun."""
    todos(run, "completed", "pending", "pending")
    list = todos(run, "completed", "completed", "pending")
    run.model("All is done.")
    end(run, start)
    [alert] = run.alerts()
    assert (alert.rule, alert.evidence) == (BUSINESS, (list,))
    assert alert.title == "the run ended unfinished: 1 of 3 todos are open, such as step 2"


def test_last_check(run: Run, start: str) -> None:
    """A command that failed, with nothing but looking around after it."""
    run.tool("Bash", {"command": "make test"})
    failed = run.tool("Bash", {"command": "cd src && make test"}, error="2 failed")
    run.tool("Bash", {"command": "ls -la | head -5; cat Makefile"})
    run.model("All tests pass.")
    end(run, start)
    [alert] = run.alerts()
    assert alert.title == "the run ended unfinished: the last command failed: cd src && make test"
    assert alert.evidence[0] == failed


def test_last_result(run: Run, start: str) -> None:
    """The last call failed."""
    call = run.tool("deploy", error="no such host")
    run.model("Deployed.")
    end(run, start)
    assert [alert.evidence[0] for alert in run.alerts()] == [call]


def test_breaks_off(run: Run, start: str) -> None:
    """A run that ends at a call, without its result or a word after it."""
    run.model("I look into it.")
    call = run.call("Bash", {"command": "make"})
    [alert] = run.alerts()
    assert alert.title == "the run ended unfinished: it breaks off: Bash was called and nothing came back"
    assert alert.evidence == (call,)


@pytest.mark.parametrize(
    "text",
    [
        "We were unable to download the video. I wrote down typical commands.",
        "The best model falls short of the target.",
        "Since the API wasn't accessible, I created a CSV file instead.",
        "Note that this implementation is simplified.",
        "I interpreted the question as one about science.",
        "The counting issue is still present.",
    ],
)
def test_admission(run: Run, start: str, text: str) -> None:
    """A last message that says itself that the work is not what was asked for."""
    answer = run.model(f"Here is what I did.\n\n{text}")
    end(run, start)
    [alert] = run.alerts()
    assert (alert.rule, alert.evidence) == (BUSINESS, (answer,))


def test_several_reasons(run: Run, start: str) -> None:
    """All that one run leaves unfinished is one alert."""
    todos(run, "pending")
    run.tool("deploy", error="no such host")
    run.model("I was unable to deploy it.")
    end(run, start)
    [alert] = run.alerts()
    assert len(alert.evidence) == 4


def test_finished(run: Run, start: str) -> None:
    """Nothing is unfinished that was mended, looked for, misused or fixed, nor an item that is being reported."""
    run.tool("Bash", {"command": "make test"}, error="2 failed")
    run.tool("Bash", {"command": "make test"})
    run.tool("Bash", {"command": "ls nowhere"}, error="no such file")
    todos(run, "completed", "in_progress")
    run.tool("Edit", {"path": "a"}, error="no such file")
    run.tool("Read", {"path": "a"}, error="no such file")
    run.add("tool_result", "Edit", {}, run.call("Edit"), error={"type": "tool_use_error", "message": "read it first"})
    run.model(
        "I fixed the error that the file could not be opened: `cannot open`. You can now use it instead of the old one."
    )
    end(run, start)
    assert run.alerts() == []


def test_still_running(run: Run, start: str) -> None:
    """A run that goes on has left nothing behind yet."""
    from peek_tui.analysis.alerts import find_alerts

    todos(run, "pending")
    run.call("deploy")
    assert find_alerts(run.snapshot(), over=False) == []
    assert [alert.rule for alert in find_alerts(run.snapshot())] == [BUSINESS]
