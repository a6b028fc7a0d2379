from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.state.session_list import SessionList
from peek_tui.trace.model import Usage
from peek_tui.trace.sessions import Session


def session(id: str, agent: str, status: str = "finished", outcome: str | None = "completed") -> Session:
    return Session(id, agent, status, outcome, 0, 0.0, 1, 0, 0, 0, Usage(), None, (Path("x"),), f"why {id}")


ALL = [session("1", "planner"), session("2", "coder", outcome="error"), session("3", "Coder", "crashed", None)]


@pytest.fixture
def sessions() -> SessionList:
    listed = SessionList()
    listed.take(ALL)
    return listed


def test_failed(sessions: SessionList) -> None:
    """Those that failed are those that crashed or ended in an error."""
    sessions.toggle_failed()
    assert [one.id for one in sessions.shown] == ["2", "3"]
    sessions.toggle_failed()
    assert sessions.shown == ALL


def test_words(sessions: SessionList) -> None:
    """All words must be held, in any case, by the agent, the state, the outcome, the id or the reason."""
    sessions.look_for("coder")
    assert [one.id for one in sessions.shown] == ["2", "3"]
    sessions.look_for("coder crash")
    assert [one.id for one in sessions.shown] == ["3"]
    sessions.look_for("why 2")
    assert [one.id for one in sessions.shown] == ["2"]


def test_selection(sessions: SessionList) -> None:
    """The selected session stays selected while it is shown, wherever it moves."""
    sessions.move(2)
    sessions.look_for("coder")
    assert sessions.selected == ALL[2]
    sessions.look_for("")
    sessions.take([session("0", "new"), *ALL])
    assert sessions.selected == ALL[2]
    sessions.move(99)
    assert sessions.position == 3
    sessions.look_for("nowhere")
    assert sessions.selected is None
