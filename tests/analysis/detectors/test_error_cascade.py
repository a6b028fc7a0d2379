from __future__ import annotations

from tests.analysis.run import Run

RULE = "error_cascade"


def test_cascade(run: Run) -> None:
    """Five of six outcomes fail, of two tools."""
    failed = []
    for index in range(6):
        run.tool(f"tool-{index % 2}", {"q": index}, error="" if index == 2 else f"no {index}")
        failed += [] if index == 2 else [run.ids[-1]]
    [alert] = run.alerts(RULE)
    assert alert.evidence == tuple(failed)
    assert alert.title == "5 failures came close together between 1 and 11: tool-0, tool-1"


def test_up_the_tree(run: Run) -> None:
    """A failure that brings down one agent after the other."""
    for type in ("tool_result", "llm_response", "subagent_end", "agent_end", "error"):
        run.add(type, type, error={"type": "E"})
    assert [alert.rule for alert in run.alerts(RULE)] == [RULE]


def test_healthy(run: Run) -> None:
    """Failures of one tool alone, or with as many successes between them, are no cascade."""
    for index in range(20):
        run.tool("search", {"q": index}, error=f"no {index}")
    run.tool("search")
    run.tool("read")
    for index in range(20):
        run.tool(f"tool-{index}", error=f"no {index}" if index % 2 else "")
    assert run.alerts(RULE) == []
