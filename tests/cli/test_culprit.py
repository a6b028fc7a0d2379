from __future__ import annotations

import json
from pathlib import Path

from .conftest import Peek, lines

TEAM = {
    "question": "How many moons has Mars?",
    "history": [
        {"content": "Let us assume that Mars has 3 moons, Phobos and two that nobody has seen.", "name": "Guesser"},
        {"content": "So it is 3.", "name": "Checker"},
    ],
}


def test_json(peek: Peek, trace: Path) -> None:
    """A suspect a line, the first first; what was recorded here has no step of a source."""
    found = lines(peek("culprit", trace, "--json"))
    assert [(one["rank"], one["row"]) for one in found] == [(1, 1), (2, 5)]
    assert found[0]["score"] > found[1]["score"] > 0
    for one in found:
        assert list(one) == ["rank", "id", "row", "score", "reasons"]
        assert all(isinstance(reason, str) for reason in one["reasons"])


def test_imported(peek: Peek, tmp_path: Path) -> None:
    """What was imported has its place in the source, and as many are named as were asked for."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps(TEAM))
    found = lines(peek("culprit", path, "--json", "--format", "whowhen"))
    assert [one["step"] for one in found] == [0, 1]
    assert lines(peek("culprit", path, "-n", "1", "--json")) == found[:1]


def test_for_people(peek: Peek, tmp_path: Path) -> None:
    """People read each suspect with its reasons below it."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps(TEAM))
    first, reason, *_ = peek("culprit", path).stdout.splitlines()
    assert first.startswith("1. ")
    assert "row 2 (step 0) Guesser agent_turn" in first
    assert reason.startswith("          ")


def test_nobody(peek: Peek, tmp_path: Path) -> None:
    """Where no agent acted there is nobody to suspect, and that is said."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"question": "Who?", "history": []}))
    done = peek("culprit", path)
    assert done.stdout == ""
    assert "no step of an agent" in done.stderr
