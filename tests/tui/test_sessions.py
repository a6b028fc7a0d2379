from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import capture
from peek_tui.tui.screens.debug import Debug
from peek_tui.tui.widgets.rows import RowView
from tests.state.traces import NOON, TraceFile

from .screens import Peek, check_strips, opened, text_of

CRASHER = "Its writer is gone and wrote no end; the last it wrote is agent_start crasher."
FAILER = "failer ended as error: E: no."


@pytest.fixture
def directory(tmp_path: Path, story: Path) -> Path:
    """The traces of three runs: one that is finished, one that crashed, one that failed."""
    directory = tmp_path / "traces"
    directory.mkdir()
    shutil.copy(story, directory / "story.jsonl")
    crashed = TraceFile(directory / "crashed.jsonl", "22222222", "c" * 32, start=NOON - 5 * 3600 * 10**9)
    crashed.add("agent_start", "crasher")
    failed = TraceFile(directory / "failed.jsonl", "33333333", "f" * 32, start=NOON - (5 * 3600 + 1) * 10**9)
    start = failed.add("agent_start", "failer")
    failed.add("agent_end", "failer", {"status": "error"}, parent=start, error={"type": "E", "message": "no"})
    return directory


def rows(peek: Peek) -> list[list[str]]:
    """The words of each line of the list."""
    lines = text_of(peek.sessions.query_one(RowView)).splitlines()
    return [line.split() for line in lines if line.strip()]


async def test_list(directory: Path) -> None:
    """Sessions are listed newest first with their status, outcome and counts."""
    async with opened(directory=directory, size=(200, 24)) as peek:
        first, *others = rows(peek)
        assert first[:5] == ["▌", "■", "2025-11-20", "08:00:00", "shopper"]
        assert first[5:] == ["finished", "completed", "34.0s", "69", "2", "8.4k"]
        assert others == [
            ["✗", "2025-11-20", "07:00:00", "crasher", "crashed", "·", "0.0ms", "1", "·", "0", *CRASHER.split()],
            ["■", "2025-11-20", "06:59:59", "failer", "finished", "error", "1.0s", "2", "1", "0", *FAILER.split()],
        ]
        assert peek.bar("title").split() == ["peek", "▸", "sessions", "3", "in", "all"]


async def test_narrow(directory: Path) -> None:
    """On 80 columns each session has all its numbers and how it ended, under words that say what they are."""
    async with opened(directory=directory, size=(80, 24)) as peek:
        first, *others = rows(peek)
        assert first[4:] == ["shopper", "completed", "34.0s", "69", "2", "8.4k"]
        assert [words[3:] for words in others] == [
            ["crasher", "crashed", "0.0ms", "1", "·", "0"],
            ["failer", "error", "1.0s", "2", "1", "0"],
        ]
        assert peek.bar("head").split() == ["started", "agent", "ended", "took", "events", "✗", "tokens"]
        await peek.pilot.resize_terminal(120, 24)
        await peek.until(lambda: "outcome" in peek.bar("head"))
        assert rows(peek)[0][5:7] == ["finished", "completed"]


async def test_running_first(directory: Path) -> None:
    """A run that is still running stands before all others, and is counted in the title."""
    path = directory / "live.jsonl"
    with capture.TraceContext(agent_name="live", path=path):
        async with opened(directory=directory) as peek:
            assert rows(peek)[0][:2] == ["▌", "●"]
            assert rows(peek)[0][4:6] == ["live", "running"]
            assert "1 running  4 in all" in peek.bar("title")


async def test_open_and_back(directory: Path) -> None:
    """Enter opens the selected session; leaving it comes back to the list, on the same line."""
    async with opened(directory=directory) as peek:
        await peek.press("j", "j", "enter")
        await peek.until(lambda: isinstance(peek.app.screen, Debug) and len(peek.debug.browse.rows) == 2)
        assert "failer" in peek.bar("title")
        await peek.press("q")
        assert rows(peek)[2][0] == "▌"
        await peek.press("k", "enter")
        await peek.until(lambda: isinstance(peek.app.screen, Debug) and len(peek.debug.browse.rows) == 1)
        assert "✗ CRASHED" in peek.bar("title")
        await peek.press("q")
        await peek.pilot.press("q")
        assert peek.app.return_code == 0


async def test_keys(directory: Path) -> None:
    """The keys that move in a trace move in the list."""
    async with opened(directory=directory) as peek:
        lines = []
        for key in ("G", "j", "k", "g", "k", "pagedown", "pageup", "ctrl+d", "ctrl+u", "escape"):
            await peek.press(key)
            lines.append(next(at for at, words in enumerate(rows(peek)) if words[0] == "▌"))
        assert lines == [2, 2, 1, 0, 0, 2, 0, 2, 0, 0]


async def test_new_session(directory: Path) -> None:
    """A run that begins meanwhile appears, and the selection stays on its session."""
    async with opened(directory=directory) as peek:
        await peek.press("j")
        trace = TraceFile(directory / "new.jsonl", "44444444", "a" * 32, start=NOON + 10**18)
        trace.add("agent_start", "newcomer")
        await peek.until(lambda: len(rows(peek)) == 4)
        assert rows(peek)[0][3] == "newcomer"
        assert rows(peek)[2][0] == "▌"


async def test_no_sessions(tmp_path: Path) -> None:
    """Without sessions the screen says where they would be and how to make one; a key does no harm."""
    async with opened(directory=tmp_path / "traces") as peek:
        said = f" no sessions yet in {tmp_path / 'traces'}; `peek demo` makes one"
        assert peek.bar("head") == said[:120].rstrip()
        await peek.press("j", "enter", "G")
        assert rows(peek) == []


async def test_unreadable(tmp_path: Path) -> None:
    """A directory that cannot be read is said to be so."""
    directory = tmp_path / ("long" * 70)
    async with opened(directory=directory, size=(400, 24)) as peek:
        assert peek.bar("head").startswith(f" {directory} cannot be read: File name too long")
        await peek.press("j", "enter")
        assert rows(peek) == []


async def test_vanished(directory: Path) -> None:
    """A session whose file has gone since the last look is not opened, and the list says why."""
    async with opened(directory=directory) as peek:
        (directory / "story.jsonl").unlink()
        await peek.press("enter")
        for _ in range(2):
            assert "there is no such file" in peek.bar("keys")
            assert "story" in peek.bar("keys")
            await peek.until(lambda: len(rows(peek)) == 2)  # which the next look at the directory says


@pytest.mark.parametrize("size", [(120, 40), (40, 10)])
async def test_hostile(hostile: Path, size: tuple[int, int]) -> None:
    """A hostile session's line is as wide as the screen and only printed, and so is its debugger's title."""
    async with opened(directory=hostile.parent, size=size) as peek:
        check_strips(peek)
        await peek.press("enter")
        await peek.until(lambda: isinstance(peek.app.screen, Debug) and len(peek.debug.browse.rows) > 20)
        check_strips(peek)


async def test_failed_only(directory: Path) -> None:
    """`e` shows only the sessions that failed, each with why; again, all. `q` shows all before it leaves."""
    async with opened(directory=directory, size=(200, 24)) as peek:
        await peek.press("e")
        assert [" ".join(row[-len(why.split()) :]) for row, why in zip(rows(peek), (CRASHER, FAILER), strict=True)] == [
            CRASHER,
            FAILER,
        ]
        assert "failed only  2 of 3 in all" in peek.bar("title")
        await peek.press("e")
        assert len(rows(peek)) == 3
        await peek.press("e", "q")
        assert len(rows(peek)) == 3
        assert peek.app.is_running


async def test_words(directory: Path) -> None:
    """`/` shows the sessions that hold the words as they are typed; the selected one stays, if it can."""
    async with opened(directory=directory) as peek:
        await peek.press("G", "slash", *"FAIL")
        assert len(rows(peek)) == 1
        assert "failer" in rows(peek)[0]
        await peek.press("enter")
        assert "FAIL" in peek.bar("title")
        await peek.press("slash", "escape")
        assert len(rows(peek)) == 3
        await peek.press("slash", *"nowhere", "enter")
        assert peek.bar("head") == " no session is like that: q shows all"
        await peek.press("enter")  # opens nothing
        assert peek.sessions.list.selected is None
