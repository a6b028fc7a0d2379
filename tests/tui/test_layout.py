from __future__ import annotations

from pathlib import Path

import pytest
from textual.geometry import Region

from peek_tui.tui.widgets.bars import Bar, TitleBar
from tests.state.traces import TraceFile

from .screens import SIZES, Peek, check_strips, opened, strips_of, text_of
from .story import Row


def panes(peek: Peek) -> tuple[Region | None, Region | None, Region | None]:
    """Where timeline, tree and inspector are; None for one that is not seen."""
    shown = [widget.region if widget.display else None for widget in (peek.timeline, peek.tree, peek.inspector)]
    return shown[0], shown[1], shown[2]


@pytest.mark.parametrize("size", SIZES)
async def test_bars(story: Path, size: tuple[int, int]) -> None:
    """Title and types are at the top, the keys at the bottom and first how to get help, on every screen."""
    async with opened([story], size) as peek:
        regions = {bar.id: bar.region for bar in peek.debug.query(Bar) if bar.display}
        assert regions == {
            "title": Region(0, 0, size[0], 1),
            "types": Region(0, 1, size[0], 1),
            "keys": Region(0, size[1] - 1, size[0], 1),
        }
        assert peek.bar("keys").startswith(" : go  ? keys  q quit ")


@pytest.mark.parametrize("size", SIZES)
async def test_keys_in_full(story: Path, size: tuple[int, int]) -> None:
    """The line at the bottom shows keys with their whole words or not at all, also after the screen was resized."""
    async with opened([story], (size[0] - 3, size[1])) as peek:
        words = {f"{hint.keys} {hint.word}" for hint in peek.debug.keymap.hints("debug")}
        for _ in range(2):
            shown = peek.bar("keys").strip().split("  ")
            assert words.issuperset(shown)
            missing = len(words) - len(shown)
            assert (missing > 0) is (len(f" {'  '.join(words)}") > peek.debug.size.width)
            await peek.pilot.resize_terminal(*size)
            await peek.rest()


@pytest.mark.parametrize("key", ["slash", "ampersand", "colon", "m", "apostrophe", "a", "y", "vertical_line", "comma"])
async def test_told_what_to_type(story: Path, key: str) -> None:
    """What may be typed is told in full on 80 columns."""
    async with opened([story], (80, 24)) as peek:
        await peek.press(key)
        asked = peek.debug._asked
        assert asked is not None
        [typed, told] = text_of(peek.debug.parts.keys).splitlines()
        assert "█" in typed
        assert told == f" {asked.hint}"


async def test_one_line(story: Path) -> None:
    """Where there is room for one row, it is the selected one; what does not fit makes no scrollbar."""
    async with opened([story], (20, 4)) as peek:
        await peek.press("j", "j")
        assert text_of(peek.timeline).startswith("▌   2")
        await peek.press("k", "slash")
        assert peek.debug.size == peek.app.size == (20, 4)
        assert not peek.debug.show_vertical_scrollbar
        await peek.press("escape", "G")
        assert text_of(peek.timeline).startswith(f"▌  {Row.END}")


async def test_narrow(story: Path) -> None:
    """At 80 columns the event is below the timeline, both as wide as the screen, and the tree is out of sight."""
    async with opened([story], (80, 24)) as peek:
        timeline, tree, inspector = panes(peek)
        assert timeline is not None
        assert inspector is not None
        assert tree is None
        assert (timeline.x, timeline.width, inspector.x, inspector.width) == (0, 80, 0, 80)
        assert timeline.bottom == inspector.y
        assert timeline.height + inspector.height == 20
        assert timeline.height == 13


async def test_mid(story: Path) -> None:
    """At 120 columns the tree and the event are beside the timeline, one over the other."""
    async with opened([story], (120, 40)) as peek:
        timeline, tree, inspector = panes(peek)
        assert timeline is not None
        assert tree is not None
        assert inspector is not None
        assert (timeline.x, timeline.y, timeline.width, timeline.height) == (0, 4, 72, 35)
        assert (tree.x, tree.y, tree.width) == (72, 4, 48)
        assert (inspector.x, inspector.y, inspector.width, inspector.bottom) == (72, tree.bottom, 48, 39)


async def test_wide(story: Path) -> None:
    """At 200 columns tree, timeline and event are side by side."""
    async with opened([story], (200, 60)) as peek:
        timeline, tree, inspector = panes(peek)
        assert timeline is not None
        assert tree is not None
        assert inspector is not None
        assert [region.height for region in (tree, timeline, inspector)] == [55, 55, 55]
        assert (tree.x, tree.right, timeline.right, inspector.right) == (0, timeline.x, inspector.x, 200)
        assert timeline.width > tree.width


async def test_low(story: Path) -> None:
    """On a tiny screen there is the timeline alone."""
    async with opened([story], (40, 10)) as peek:
        assert panes(peek) == (Region(0, 2, 40, 7), None, None)


@pytest.mark.parametrize("size", SIZES)
async def test_panes(story: Path, size: tuple[int, int]) -> None:
    """Whatever the size, the event alone takes the whole screen, and the tree is reached and left with one key."""
    async with opened([story], size) as peek:
        check_strips(peek)
        strip = {10: 0, 24: 1}.get(size[1], 2)
        await peek.press("e", "enter")
        assert panes(peek) == (None, None, Region(0, 2 + strip, size[0], size[1] - 3 - strip))
        await peek.until(lambda: "HTTP 529" in text_of(peek.inspector))
        check_strips(peek)
        await peek.press("q", "t")
        assert peek.tree.display
        assert peek.tree.has_focus
        assert "model-1" in text_of(peek.tree)
        check_strips(peek)
        await peek.press("t")
        assert peek.timeline.has_focus
        assert panes(peek)[0] is not None


@pytest.mark.parametrize("size", SIZES)
async def test_event_called_for(story: Path, size: tuple[int, int]) -> None:
    """The event that is called for shows the event that is selected, also one that was gone to while it was away."""
    async with opened([story], size) as peek:
        await peek.press("ctrl+o")
        if peek.inspector.display:  # it is there now where it usually is not
            await peek.press("ctrl+o")
        await peek.go(Row.BUY)
        await peek.press("ctrl+o", "enter")
        await peek.until(lambda: text_of(peek.inspector).splitlines()[1] == " ▾ arguments: {1}")


async def test_demo(demo: Path) -> None:
    """The trace of the demo's agent opens."""
    async with opened([demo]) as peek:
        assert "Customer 4127" in text_of(peek.timeline)
        check_strips(peek)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile(hostile: Path, size: tuple[int, int]) -> None:
    """Every line of a hostile trace is exactly as wide as its widget, and only printed."""
    async with opened([hostile], size) as peek:
        check_strips(peek)
        for keys in (("e", "j", "j"), ("G",), ("l",), ("l", "l"), ("t", "G"), ("enter",), ("q", "E", "enter")):
            await peek.press(*keys)
            check_strips(peek)


async def test_hostile_text_is_literal(hostile: Path) -> None:
    """Markup and escape sequences are seen as they are written."""
    async with opened([hostile], (200, 60)) as peek:
        await peek.press("G")
        shown = text_of(peek.timeline)
        assert "[bold]markup[/bold] [link=x]y[/] [/nothing]" in shown
        assert "␛]52;c;SGVsbG8=␇" in shown
        assert "<U+202E>evil<U+202C>" in shown
        assert "<U+009B>2J" in shown


async def test_resized(story: Path) -> None:
    """From size to size the layout is that of a screen opened so, and the selection stays in sight."""
    async with opened([story], (200, 60)) as peek:
        await peek.go(40)
        for width, height in ((120, 40), (80, 24), (40, 10), (200, 60)):
            await peek.pilot.resize_terminal(width, height)
            await peek.rest()
            assert peek.row == 40
            marked = [strip.text for strip in strips_of(peek.timeline) if strip.text.startswith("▌")]
            assert len(marked) == 1
            assert marked[0].split()[:2] == ["▌", "40"]
            check_strips(peek)


async def test_no_colour(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under NO_COLOR lines have attributes and no colours."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened([story]) as peek:
        for widget in (peek.timeline, peek.tree, peek.inspector):
            styles = [segment.style for strip in strips_of(widget) for segment in strip if segment.style]
            assert {style.color.is_default for style in styles if style.color is not None} <= {True}
            assert {style.bgcolor.is_default for style in styles if style.bgcolor is not None} <= {True}
        assert any(segment.style is not None and segment.style.reverse for segment in strips_of(peek.timeline)[0])


@pytest.mark.parametrize(
    ("width", "title"),
    [
        (120, " peek ▸ shopper  /traces/of/last/night/run-17.jsonl"),
        (80, " peek ▸ shopper  …night/run-17.jsonl"),
        (40, " shopper"),
    ],
)
async def test_title(story: Path, width: int, title: str) -> None:
    """Whose run it is can be read at any size; of what was opened the end is left, for it tells more."""
    async with opened([story], (width, 24)) as peek:
        peek.debug.query_one(TitleBar)._heading = "/traces/of/last/night/run-17.jsonl"
        await peek.press("j")
        shown = peek.bar("title")
        assert shown[: shown.index("■")].rstrip() == title
        assert ("ev" in shown) is (width > 40)
        check_strips(peek)


async def test_nothing_known(tmp_path: Path) -> None:
    """Where no event says when it was there is no column of times, nor tokens of which nobody has told."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    for name in ("search", "buy"):
        trace.write(b'{"v":1,"id":"5f3a9c1e000000ff","type":"tool_call","name":"%s","data":{}}\n' % name.encode())
    async with opened([trace.path]) as peek:
        assert text_of(peek.timeline).splitlines()[0].split() == ["▌", "0", "TOOL", "→", "search"]
        assert "tok" not in peek.bar("title")
        trace.add("log", "now")
        await peek.until(lambda: "12:00:00 LOG" in text_of(peek.timeline))
        assert "--:--:-- TOOL → search" in text_of(peek.timeline)


async def test_long_name_in_tree(tmp_path: Path) -> None:
    """A long name leaves room in the tree for what the event says."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace.add("llm_response", "openai/a-model-with-a-name-longer-than-most", {"content": "the lamp is sold"})
    trace.add("tool_call", "a_tool_with_a_name_longer_than_most")
    async with opened([trace.path]) as peek:
        answered, called = text_of(peek.tree).strip().splitlines()[:2]
        assert "openai/a-model-wi…  the lamp is sold" in answered
        assert "a_tool_with_a_name_longer_than_most" in called
