from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from capture.values import restore
from peek_tui.trace.importers import HEAD, detect
from peek_tui.trace.store import Snapshot, Store

RUNS = Path(__file__).parents[4] / "shared" / "traces" / "whowhen" / "runs"

TEAM: dict[str, Any] = {
    "question": "How many moons has Mars?",
    "level": 1,
    "history": [
        {"content": "Count the moons.\n```python\nprint(len(moons))\n```", "role": "assistant", "name": "Planner"},
        {"content": "exitcode: 1 (execution failed)\nCode output: Traceback\nNameError: name 'moons'", "name": "Shell"},
        {"content": "Let me guess: 3.", "role": "user", "name": "Guesser"},
        {"content": "There is no code to run", "role": "user", "name": "Shell"},
    ],
}
LEADER: dict[str, Any] = {
    "history": [
        {"content": "How many moons has Mars?", "role": "human"},
        {"content": "Initial plan: look it up", "role": "Orchestrator (thought)"},
        {"content": "Please look it up", "role": "Orchestrator (-> WebSurfer)"},
        {"content": "I typed 'moons'", "role": "WebSurfer"},
        {"content": "FINAL ANSWER: 3", "role": "Orchestrator (termination condition)"},
    ],
    "question": "How many moons has Mars?",
}


def written(path: Path, run: Any, indent: int | None = 4, end: str = "") -> Path:
    path.write_text(json.dumps(run, indent=indent, ensure_ascii=False) + end, encoding="utf-8")
    return path


def read(path: Path, format: str | None = None) -> Snapshot:
    return Store.load([path], format).snapshot()


def rows(snapshot: Snapshot) -> list[tuple[str, str, Any]]:
    events = map(snapshot.event, range(len(snapshot)))
    return [(event.type, event.agent or "", event.fields["source"].get("step")) for event in events]


def real() -> list[Path]:
    paths = sorted(RUNS.glob("*.json"))
    if not paths and os.environ.get("CI") == "true":
        pytest.fail(f"{RUNS} is not there")
    if not paths:
        pytest.skip(f"{RUNS} is not there")
    return paths


@pytest.mark.parametrize(("indent", "end"), [(4, ""), (4, "\n"), (None, ""), (None, "\n\n"), (1, " \r\n")])
def test_team(tmp_path: Path, indent: int | None, end: str) -> None:
    """A run is told by what it says, however it is laid out: turns, code as calls, its output as their results."""
    snapshot = read(written(tmp_path / "run.json", TEAM, indent, end))
    assert rows(snapshot) == [
        ("agent_start", "", None),
        ("user_message", "", None),
        ("agent_turn", "Planner", 0),
        ("tool_call", "Planner", 0),
        ("tool_result", "Shell", 1),
        ("agent_turn", "Guesser", 2),
        ("agent_turn", "Shell", 3),
    ]
    call, result = snapshot.event(3), snapshot.event(4)
    assert (call.name, call.data["arguments"], result.parent) == ("python", {"code": "print(len(moons))\n"}, call.id)
    assert result.error is not None
    assert result.error[:2] == ("NameError", "name 'moons'")
    assert not snapshot.unfinished


def test_leader(tmp_path: Path) -> None:
    """What a leader thinks is a decision, what it says a turn, its last word the end; the person's question is one."""
    snapshot = read(written(tmp_path / "run.json", LEADER))
    assert rows(snapshot) == [
        ("agent_start", "", None),
        ("user_message", "", 0),
        ("decision", "Orchestrator", 1),
        ("agent_turn", "Orchestrator", 2),
        ("agent_turn", "WebSurfer", 3),
        ("agent_end", "Orchestrator", 4),
    ]
    assert snapshot.event(3).data["to"] == "WebSurfer"


@pytest.mark.parametrize(
    "history",
    [None, [], {}, "text", [1, None, ["x"]], [{"role": 5, "content": {"a": 1}}], [{"content": [{"text": 7}, None]}]],
)
def test_odd(tmp_path: Path, history: Any) -> None:
    """Entries that are none of what is expected are steps all the same."""
    snapshot = read(written(tmp_path / "run.json", {"question": "q", "history": history}), "whowhen")
    steps = [step for _, _, step in rows(snapshot) if step is not None]
    assert steps == list(range(len(history) if isinstance(history, list) else 0))


def test_grows(tmp_path: Path) -> None:
    """A document that is still being written is unfinished, and read once when it is whole."""
    path = written(tmp_path / "run.json", LEADER)
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    store = Store([path])
    while store.advance():
        pass
    assert store.snapshot().unfinished
    assert len(store.snapshot()) == 0
    with path.open("ab") as file:
        file.write(whole[-40:])
    while store.advance():
        pass
    assert not store.snapshot().unfinished
    assert store.snapshot().stats().damaged == ()
    assert len(store.snapshot()) == 6
    store.close()


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (b"", "it does not end with a brace"),
        (b"\xff}", "not UTF-8 at byte "),
        (b",}", "not JSON: Expecting property name enclosed in double quotes at character "),
        (b'}\n{"history": []}', "not JSON: Extra data at character "),
    ],
)
def test_damaged(tmp_path: Path, end: bytes, why: str) -> None:
    """A document that is damaged is not an empty run: why it cannot be read is said."""
    path = written(tmp_path / "run.json", LEADER)
    path.write_bytes(path.read_bytes().rstrip()[:-1] + end)
    snapshot = read(path, "whowhen")
    (damage,) = snapshot.stats().damaged
    assert (len(snapshot), damage.file, damage.part) == (0, str(path), "line")
    assert damage.reason.startswith(f"the document cannot be read ({why}")


def test_not_one() -> None:
    """A document is not taken for a run of this corpus because some text in it speaks of a history."""
    assert detect(b'{\n "note": "\\"history\\": [{\\"content\\": 1}]"\n}') is None
    assert detect(b'{\n "history": [1, 2]\n}') is None


def test_real() -> None:
    """Every real run is recognised; every entry of its history is there, untouched, under its step."""
    for path in real():
        document = json.loads(path.read_bytes())
        assert detect(path.read_bytes()[:HEAD]) == "whowhen", path
        snapshot = read(path)
        sources = [restore(snapshot.event(row).fields["source"]) for row in range(len(snapshot))]
        steps = {source["step"]: source["raw"] for source in sources if "step" in source and "raw" in source}
        assert steps == dict(enumerate(document["history"])), path
        assert snapshot.stats().damaged == (), path


def test_exit_code_of_any_length(tmp_path: Path) -> None:
    """An exit code of more digits than Python reads as a number is a failure like any other but 0."""
    code = {"content": "Count.\n```python\nprint(1)\n```", "name": "Planner"}
    said = ["exitcode: " + "1" * 5000, "exitcode: -00"]
    history = [entry for content in said for entry in (code, {"content": content, "name": "Shell"})]
    snapshot = read(written(tmp_path / "run.json", {"question": "How many?", "history": history}))
    events = map(snapshot.event, range(len(snapshot)))
    assert [event.error is not None for event in events if event.type == "tool_result"] == [True, False]
