from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from peek_tui.analysis.culprit import Suspect, suspects
from peek_tui.trace.store import Store
from tests.analysis.run import Run
from tests.state.traces import DEEP, HOSTILE


def ranked(path: Path) -> list[Suspect]:
    store = Store.load([path])
    found = suspects(store.snapshot())
    store.close()
    return found


def says(suspect: Suspect, words: str) -> bool:
    return any(words in reason for reason in suspect.reasons)


def team(path: Path, *said: tuple[str, str], **more: Any) -> Path:
    """Write a run of a team in the Who&When format."""
    history = [{"name": name, "role": "user", "content": content} for name, content in said]
    path.write_text(
        json.dumps({"question": "What did the house at 12 Hill Road sell for?", "history": history, **more})
    )
    return path


FABRICATED = (
    ("Manager", "Please find out what the house at 12 Hill Road did sell for, check it, and report the price. " * 3),
    ("Researcher", "I will look for the sales record of the house at 12 Hill Road and come back with the price of it."),
    (
        "Agent",
        "Let us assume for example that 12 Hill Road was sold by Harold Finch for 845000 in March 2019, as houses do.",
    ),
    (
        "Checker",
        "The price of 845000 is formatted well, and 845000 is what was asked for, so the check has passed for us.",
    ),
    ("Manager", "FINAL ANSWER: 845000\nTERMINATE"),
)


def test_made_up(tmp_path: Path) -> None:
    """Who makes a value up is suspected first, with the words, the value and that it is the answer."""
    first = ranked(team(tmp_path / "run.json", *FABRICATED))[0]
    assert first.step == 2
    assert says(first, "rests on assumptions or made-up data")
    assert says(first, "“845000”, appears here first")
    assert says(first, "which nothing before it mentions; 2 later steps use them")


def test_labels_are_not_read(tmp_path: Path) -> None:
    """What somebody found out about the failure stands in the trace and changes no rank."""
    plain = ranked(team(tmp_path / "plain.json", *FABRICATED))
    told = {"mistake_agent": "Checker", "mistake_step": "3", "mistake_reason": "Checker did it", "ground_truth": "1"}
    labelled = ranked(team(tmp_path / "labelled.json", *FABRICATED, **told))
    assert [(one.step, one.score, one.reasons) for one in labelled] == [
        (one.step, one.score, one.reasons) for one in plain
    ]


def test_off_task(tmp_path: Path) -> None:
    """A task that is handed on as another one is suspected first."""
    brief = "Analyze why the code exits with code 1 and unknown language json, debug it and verify the fix. " * 8
    path = team(
        tmp_path / "run.json",
        ("Debugger", brief),
        ("Reviewer", "I looked at the code and the error in it; the language was not recognized by the runner at all."),
        ("Reviewer", "TERMINATE"),
    )
    assert ranked(path)[0].step == 0
    assert says(ranked(path)[0], "hardly mentions what was asked for")


def test_cascade(run: Run) -> None:
    """Of a wrong change and the row of failures it leads to, the change is suspected, and none of the failures."""
    run.add("user_message", "", {"content": "Move the service to port 9000 and restart it"})
    run.model("I look at how the service is set up.")
    run.tool("read_file", {"path": "service.toml"}, "port = 8000")
    change = run.model("The port stands in the deployment too, so I set it there: port 90000 for all replicas.")
    run.tool("edit_file", {"path": "deploy.yaml", "text": "port: 90000"}, "written")
    for attempt in range(8):
        run.model(f"I restart it, attempt {attempt}.")
        run.tool("restart", {"service": "web"}, error="invalid port")
    found = suspects(run.snapshot())
    assert change in [suspect.id for suspect in found[:3]]
    assert {run.snapshot().type(suspect.row) for suspect in found} == {"llm_response"}


def test_currency(run: Run) -> None:
    """A number that changes its currency on the way is said with both."""
    run.add("user_message", "", {"content": "How much was charged?"})
    run.model("I look it up.")
    run.tool("charges", {}, "312.00 PLN")
    wrong = run.model("The customer paid €312.00 for it.")
    run.model("We pay €312.00 back.")
    first = suspects(run.snapshot())[0]
    assert first.id == wrong
    assert says(first, "gives 312 in EUR; where it came from it was PLN")


def test_demo(tmp_path: Path) -> None:
    """In the demo the step that took złoty for euros is among the first three."""
    path = tmp_path / "demo.jsonl"
    command = [sys.executable, "-m", "peek_tui.demo.agent", "--speed", "0", "--out", str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    texts = {}
    for line in path.read_bytes().splitlines():
        event = json.loads(line)
        if event["type"] == "llm_response":
            texts[event["id"]] = json.dumps(event["data"].get("content"), ensure_ascii=False)
    assert any("with €312.00" in texts[suspect.id] for suspect in ranked(path)[:3])


def test_same_twice(run: Run) -> None:
    """Shares sum to one, and every suspect has a reason, where nothing tells one from the other."""
    for _ in range(5):
        run.add("agent_turn", "worker", {"content": "The same words again and again"}, agent="worker")
    found = suspects(run.snapshot())
    assert sum(suspect.score for suspect in found) == pytest.approx(1)
    assert all(suspect.reasons for suspect in found)
    assert sorted(suspect.row for suspect in found) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "content", [*HOSTILE[-3:], "x" * 300_000, 5, None, DEEP, {"$blob": "no"}, [["a"], {"text": 1}]]
)
def test_hostile(run: Run, content: Any) -> None:
    """Whatever an event holds, there is an answer."""
    for type in ("user_message", "agent_turn", "decision", "llm_response", "tool_call", "tool_result", "agent_end"):
        run.add(type, "x", {"content": content, "reasoning": content, "arguments": content, "result": content})
    assert len(suspects(run.snapshot())) <= 7


def test_nothing_done(run: Run) -> None:
    """Where no agent did anything, nobody is suspected."""
    assert suspects(run.snapshot()) == []
    run.add("user_message", "", {"content": "Hello"})
    run.add("log", "", {"text": "…"})
    assert suspects(run.snapshot()) == []
