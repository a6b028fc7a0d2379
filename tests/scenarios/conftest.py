"""What the stories share: a recorded run, and `peek` in a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from peek_tui.paths import state_directory
from tests.tui.recording import record_demo
from tests.tui.story import record_story

from .terminal import Terminal

Start = Callable[..., Terminal]
StartBoth = Callable[..., list[Terminal]]

PEEK = (sys.executable, "-m", "peek_tui")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trace of the demo's agent."""
    return record_demo(tmp_path_factory)


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trace of a run that is known row by row."""
    path = tmp_path_factory.mktemp("story") / "story.jsonl"
    record_story(path)
    return path


@pytest.fixture
def peek() -> Iterator[Start]:
    """Start `peek` with these arguments in a terminal of this size."""
    with ExitStack() as terminals:

        def start(
            *arguments: str | Path,
            size: tuple[int, int] = (120, 40),
            command: tuple[str, ...] = PEEK,
            **environment: str,
        ) -> Terminal:
            state_directory().mkdir(parents=True, exist_ok=True)  # it is not the first time
            kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLORTERM", "COLUMNS")}
            given = {**kept, "TERM": "xterm-256color", "TZ": "UTC", "LC_ALL": "C.UTF-8", **environment}
            return terminals.enter_context(Terminal([*command, *map(str, arguments)], given, *size))

        yield start


@pytest.fixture
def both(peek: Start) -> StartBoth:
    """Start `peek` with these arguments in a small terminal and in a larger one, side by side."""

    def start(*arguments: str | Path) -> list[Terminal]:
        terminals = [peek(*arguments, size=size) for size in ((80, 24), (120, 40))]
        for terminal in terminals:  # what one remembers when it is left is not for the other
            terminal.wait_for(" ev\n")
        return terminals

    return start


def leave(terminal: Terminal, *keys: str) -> None:
    """Press keys that quit, and expect the program to end well and to leave the terminal as it found it."""
    terminal.press(*keys)
    check_left(terminal, 0)


def check_left(terminal: Terminal, code: int) -> None:
    """Expect the program to end with this code and to leave the terminal as it found it."""
    assert terminal.wait_end() == code
    assert terminal.modes == terminal.modes_before
    end = terminal.output.rpartition("\x1b[?1049h")[2]
    for mode in ("?1049", "?1000", "?1002", "?1003", "?1006", "?1015", "?2004", "?1004"):
        assert end.rfind(f"\x1b[{mode}l") >= end.rfind(f"\x1b[{mode}h"), mode
    assert "\x1b[?1049l" in end
    assert end.rfind("\x1b[?25h") > end.rfind("\x1b[?25l")


def selected(terminal: Terminal) -> str:
    """The line that is marked as selected."""
    marked = [line for line in terminal.lines if line.startswith("▌")]
    return marked[0] if len(marked) == 1 else ""


def wait_selected(terminal: Terminal, *texts: str) -> None:
    """Wait until the selected line says all of this."""
    terminal.wait_until(lambda: all(text in selected(terminal) for text in texts), f"a selected line with {texts}")
