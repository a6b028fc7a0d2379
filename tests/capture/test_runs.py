"""How the runs end that libraries tell of. What the libraries tell is told by hand; `tests/sdks` has the real ones."""

from __future__ import annotations

import asyncio
import weakref
from types import SimpleNamespace

import pytest

from capture import TraceContext
from capture.instrument.adapters import claude_agent, strands
from capture.instrument.adapters.runs import Runs
from capture.testing import read_events


def ends(ctx: TraceContext) -> list[tuple[str, str]]:
    """Return how each agent ended so far: its status, and its error's text."""
    return [
        (event["data"]["status"], event.get("error", {}).get("message", ""))
        for event in read_events(ctx.path)
        if event["type"] == "agent_end"
    ]


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (None, ("completed", "")),
        (ValueError("no"), ("error", "no")),
        ("no", ("error", "no")),
        ({"type": "E", "message": "no"}, ("error", "no")),
        (asyncio.CancelledError(), ("cancelled", "")),
    ],
)
def test_status(ctx: TraceContext, error: BaseException | str | None, end: tuple[str, str]) -> None:
    """An agent ends as what left it says: a cancellation is no error."""
    runs = Runs("library")
    runs.agent("a", None, "helper")
    runs.end("a", error=error)
    assert ends(ctx) == [end]


def test_keeps_no_failure(ctx: TraceContext) -> None:
    """A failure that was told is told once of all the turns it leaves, and nothing of where it was raised is kept."""

    class Local:
        pass

    def fail() -> weakref.ref[Local]:
        local = Local()
        try:
            raise ValueError("no")
        except ValueError as error:
            for key in ("inner", "outer"):
                runs.end(key, error=error)
        return weakref.ref(local)

    runs = Runs("library")
    runs.turn("outer", None, "planner")
    runs.turn("inner", "outer", "writer")
    assert fail()() is None
    assert [event["type"] for event in read_events(ctx.path)].count("error") == 1


class TestStrands:
    EVENT = SimpleNamespace(agent=SimpleNamespace(name="helper"))

    def test_old_error(self, ctx: TraceContext) -> None:
        """An agent that the host runs while it deals with an exception did not fail of that one."""
        hooks = strands._Hooks()
        try:
            raise ValueError("the host's")
        except ValueError:
            hooks.agent_begins(self.EVENT)
            hooks.agent_ends(self.EVENT)
        assert ends(ctx) == [("completed", "")]

    def test_its_own(self, ctx: TraceContext) -> None:
        """It failed of what goes by while it ends."""
        hooks = strands._Hooks()
        hooks.agent_begins(self.EVENT)
        try:
            raise ValueError("its own")
        except ValueError:
            hooks.agent_ends(self.EVENT)
        assert ends(ctx) == [("error", "its own")]


def test_interrupted_prompt(ctx: TraceContext) -> None:
    """A prompt of the Claude Agent SDK that is interrupted is cancelled when the session's next one comes."""
    hooks = claude_agent._Hooks()
    for name in ("UserPromptSubmit", "UserPromptSubmit", "Stop"):
        hooks.saw({"hook_event_name": name, "session_id": "s", "prompt": "hi"})
    assert ends(ctx) == [("cancelled", ""), ("completed", "")]
    starts = [event for event in read_events(ctx.path) if event["type"] == "agent_start"]
    assert [event["parent"] for event in starts[1:]] == [starts[0]["id"]] * 2
