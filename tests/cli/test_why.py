from __future__ import annotations

from pathlib import Path
from typing import Any

from .conftest import Peek, lines


def test_json(peek: Peek, trace: Path, events: list[dict[str, Any]]) -> None:
    """The chain is listed from its root, a cause a line."""
    assert lines(peek("why", trace, events[3]["id"], "--json")) == [
        {"id": events[0]["id"], "row": 0, "relation": "root"},
        {"id": events[1]["id"], "row": 1, "relation": "parent"},
        {"id": events[2]["id"], "row": 2, "relation": "parent"},
        {"id": events[3]["id"], "row": 3, "relation": "call"},
    ]


def test_for_people(peek: Peek, trace: Path, events: list[dict[str, Any]]) -> None:
    """People read how each event follows from the one above it."""
    told = peek("why", trace, events[3]["id"]).stdout.splitlines()
    assert [line.split()[0] for line in told] == ["root", "parent", "parent", "call"]
    assert "tool_result search" in told[-1]


def test_no_such_event(peek: Peek, trace: Path) -> None:
    """An id that is not there is a mistake of the one who asked."""
    assert "there is no event" in peek("why", trace, "f" * 16, code=2).stderr
