from __future__ import annotations

import pytest

from peek_tui.state.command import COMMANDS, complete_command, mistake_in_command, split

from .traces import TraceFile


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("", []),
        ("br", ["break"]),
        ("ne", ["near", "next-error"]),
        ("break ty", ["break type:"]),
        ("filter error type:", ["filter error type:log"]),
        ("near l", ["near log"]),
        ("note x", []),
        ("17", []),
    ],
)
def test_completed(trace: TraceFile, text: str, completed: list[str]) -> None:
    """Commands and actions are completed, and then what they take."""
    trace.add("log")
    completion = complete_command(text, ["next-error"], trace.snapshot())
    assert [text[: completion.start] + word for word in completion.words] == completed


def test_mistake() -> None:
    """What is wrong with a filter is pointed at where it stands in the line."""
    assert mistake_in_command("break agnet:x") == (6, "unknown key 'agnet': give agent, or put quotes around a text")
    assert [mistake_in_command(text) for text in ("break", "break ", "break error", "agnet:x", "17")] == [None] * 5


def test_split() -> None:
    """A line is a command and what it takes."""
    assert split("  break  type:log error ") == ("break", "type:log error")
    assert split("") == ("", "")
    assert all(split(name) == (name, "") for name in COMMANDS)
