from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from rich.cells import cell_len
from textual import events

from peek_tui.state.inspect import LayingOut
from peek_tui.tui.screens.help import Help
from tests.state.traces import HOSTILE, TraceFile

from .screens import check_strips, opened, text_of
from .story import Row


@pytest.mark.parametrize("keys", [("D",), ("ctrl+e",), ("y", "e"), ("vertical_line", "x", "enter")])
async def test_no_event(tmp_path: Path, keys: tuple[str, ...]) -> None:
    """Where there is no event, what is done with one is said to be impossible."""
    path = tmp_path / "empty.jsonl"
    path.touch()
    async with opened([path]) as peek:
        await peek.press(*keys)
        assert "there is no event here" in peek.bar("keys")


async def test_unseen(story: Path) -> None:
    """What is done with an event needs no pane that shows it."""
    async with opened([story], size=(80, 18)) as peek:
        await peek.go(Row.CALL)
        await peek.press("D", "y", "i")
        assert "copied" in peek.bar("keys")


async def test_help_takes_markup(story: Path) -> None:
    """What is typed into the help is no markup."""
    async with opened([story]) as peek:
        await peek.press("question_mark", "slash", "[")
        peek.app.screen.post_message(events.Paste("/b]"))
        await peek.pilot.pause()
        assert isinstance(peek.app.screen, Help)
        assert peek.app.is_running


async def test_two_columns(tmp_path: Path) -> None:
    """With room for it a comparison has two columns, of which every line is level; without it has one."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace.add("checkpoint", "c", {"budget": 91_200, "name": "模块 and a lamp"})
    trace.add("checkpoint", "c", {"budget": 95_514, "name": "模块模块 and a lamp"})
    async with opened([trace.path], (120, 40)) as peek:
        await peek.press("j", "D")
        assert text_of(peek.inspector).splitlines()[2:4] == ["-budget: 91200", "+budget: 95514"]
        await peek.press("enter")
        lines = [line for line in text_of(peek.inspector).splitlines() if "│" in line]
        assert [line.replace(" ", "") for line in lines[1:]] == [
            "-budget:91200│+budget:95514",
            "-name:模块andalamp│+name:模块模块andalamp",
        ]
        assert {cell_len(line.partition("│")[0]) for line in lines} == {(peek.inspector.size.width - 2) // 2}
        marked = [
            segment.text for segment in peek.inspector.render_line(3) if segment.style and segment.style.underline
        ]
        assert marked == ["模块"]
        await peek.press("q")
        assert "│" not in text_of(peek.inspector)


async def test_long_comparison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Much is compared beside the screen: keys go on meanwhile, and only what is still wanted is shown."""
    begin, work = Event(), LayingOut.work
    monkeypatch.setattr(LayingOut, "work", lambda self: begin.wait(60) and work(self))
    trace = TraceFile(tmp_path / "trace.jsonl")
    for color in ("red", "blue"):
        trace.add("checkpoint", "c", {"color": color, "notes": [f"{number} words" for number in range(9_000)]})
    async with opened([trace.path], (120, 40)) as peek:
        await peek.press("j", "D")
        assert text_of(peek.inspector).splitlines()[1].strip() == "comparing…"
        await peek.press("k")
        assert "nothing before it" in text_of(peek.inspector)
        await peek.press("j")
        assert "comparing…" in text_of(peek.inspector)
        begin.set()
        await peek.until(lambda: "comparing…" not in text_of(peek.inspector))
        assert [line.strip() for line in text_of(peek.inspector).splitlines()[2:5]] == [
            "-color: red",
            "+color: blue",
            "▸ the same: notes",
        ]
        begin.clear()
        await peek.press("tab", "tab", "j", "j", "j", "j", "enter")
        assert "▸ the same: notes" in text_of(peek.inspector)
        begin.set()
        await peek.until(lambda: "▾ the same: notes" in text_of(peek.inspector))
        assert peek.inspector.selected == 4


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24)])
async def test_hostile_comparison(tmp_path: Path, size: tuple[int, int]) -> None:
    """Whatever is compared, each line is as wide as the pane, and only printed."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    for texts in (HOSTILE, HOSTILE[::-1]):
        said = {f"{number} {text}": texts[number] * 9 for number, text in enumerate(HOSTILE)}
        trace.add("llm_request", HOSTILE[-7], {"messages": [{"role": text, "content": text} for text in texts], **said})
    async with opened([trace.path], size) as peek:
        await peek.press("j", "D", "enter")
        for _ in range(6):
            check_strips(peek)
            await peek.press("pagedown")


@pytest.mark.parametrize("no_color", [False, True])
async def test_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_color: bool) -> None:
    """Code has its colours, which say nothing that the text does not; without colours it is the same text."""
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace.add("tool_call", "bash", {"command": "ls -la | wc -l", "note": "ls -la | wc -l"})
    async with opened([trace.path], (120, 40)) as peek:
        command, note = (peek.inspector.render_line(line) for line in (1, 2))
        assert command.text.strip() == "command: ls -la | wc -l"
        colours = {segment.style.color for segment in command if segment.style and segment.text.strip()}
        plain = {segment.style.color for segment in note if segment.style and segment.text.strip()}
        assert (len(colours) > len(plain)) is not no_color
