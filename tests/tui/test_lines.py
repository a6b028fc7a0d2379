"""Lines are drawn once, and are what Textual would draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyte
import pytest
from rich.style import Style
from textual._compositor import Compositor, CompositorUpdate
from textual.app import App
from textual.filter import LineFilter
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from peek_tui.config import Config
from peek_tui.tui.screens.debug import Debug
from peek_tui.tui.widgets.lines import KeptLines
from peek_tui.tui.widgets.slider import Slider

from .screens import Peek, opened

WAYS = [
    *(["down"], ["down", "down"], ["pagedown"], ["G"], ["g"], ["up"], ["tab"], ["down"], ["h"], ["l"], ["tab"], ["+"]),
    *(["down"], ["_"], ["b"], ["m", "a"], ["2"], ["2"], ["i"], ["z"], ["slash", "r", "e", "enter"], ["n"], ["escape"]),
    *(["e"], ["v"], ["v"], ["T"], ["t"], ["question_mark"], ["escape"]),
]
"""Keys that change what is seen in every way there is."""


def kept(peek: Peek) -> list[KeptLines | Slider]:
    """What is seen and keeps its lines."""
    seen = peek.app.screen._compositor.visible_widgets
    return [widget for widget in seen if isinstance(widget, KeptLines | Slider)]


def cells(strip: Strip) -> list[tuple[str, Style | None]]:
    """Each character and its style."""
    return [(char, segment.style) for segment in strip for char in segment.text]


def same(widget: KeptLines | Slider) -> bool:
    """Whether all lines of a widget are what Textual draws."""
    region = widget.outer_size.region
    ours = widget.render_lines(region)
    widget._styles_cache.clear()
    theirs = Widget.render_lines(widget, region)
    assert all(strip.cell_length >= region.width - widget.scrollbar_size_vertical for strip in ours)
    pairs = zip(ours, theirs, strict=True)
    return all(cells(strip) == cells(other)[: len(strip.text)] for strip, other in pairs)


async def check(peek: Peek) -> None:
    """All lines are what Textual draws, as soon as the screen has heard what was found beside it."""
    await peek.until(lambda: all(map(same, kept(peek))))


@pytest.mark.parametrize("theme", ["dark", "light", "ansi"])
async def test_as_textual_draws_them(demo: Path, theme: str) -> None:
    """Whatever is pressed, a line that is kept is the one that Textual would draw now."""
    async with opened([demo], config=Config(theme=theme)) as peek:
        await check(peek)
        for keys in WAYS:
            await peek.press(*keys)
            await check(peek)
        for size in ((80, 24), (200, 60)):
            await peek.pilot.resize_terminal(*size)
            await peek.rest()
            await check(peek)


async def test_no_colour(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without colours they are the same, too."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened([demo]) as peek:
        for keys in WAYS[:8]:
            await peek.press(*keys)
            await check(peek)


class Painted(pyte.Screen):
    """A terminal on which a screen is painted."""

    def write(self, app: App[None], update: CompositorUpdate) -> None:
        pyte.Stream(self).feed(update.render_segments(app.console))

    def cells(self) -> list[list[pyte.screens.Char]]:
        return [[self.buffer[y][x] for x in range(self.columns)] for y in range(self.lines)]


def painted(peek: Peek) -> list[list[pyte.screens.Char]] | None:
    """What the screen painted as a whole looks like, None as long as something of it is to be painted yet."""
    compositor = peek.app.screen._compositor
    if compositor._dirty_regions:
        return None
    whole = Painted(120, 40)
    whole.write(peek.app, compositor.render_full_update())
    return whole.cells()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Painted:
    """What all that is painted leaves on a terminal."""
    terminal = Painted(120, 40)

    def display(app: App[None], _: Screen[None], update: CompositorUpdate | None) -> None:
        if update is not None:
            terminal.write(app, update)

    monkeypatch.setattr(App, "_display", display)
    return terminal


async def test_what_is_painted(demo: Path, terminal: Painted) -> None:
    """Whatever is pressed, what is painted of it leaves on the terminal what a screen painted as a whole would."""
    async with opened([demo]) as peek:
        for keys in (["G"], ["g"], *WAYS):
            await peek.press(*keys)
            await peek.until(lambda: painted(peek) == terminal.cells())


async def test_frame_before_a_new_bar_has_its_place(demo: Path, terminal: Painted) -> None:
    """A bar that appears is painted also when a frame comes between what it is to show and the place it is given."""
    async with opened([demo]) as peek:
        screen = peek.app.screen
        assert isinstance(screen, Debug)
        screen.filter("error")
        screen._on_timer_update()
        await peek.until(lambda: painted(peek) == terminal.cells())


class Drawn(Counter[tuple[str | None, int]]):
    """How often each line is drawn from now on, by its widget and its place there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        draw = KeptLines._draw

        def count(widget: KeptLines, y: int, filters: Sequence[LineFilter]) -> Strip:
            self[widget.id, y] += 1
            return draw(widget, y, filters)

        monkeypatch.setattr(KeptLines, "_draw", count)

    @property
    def lines(self) -> Counter[str | None]:
        """How many lines of each widget were drawn."""
        return Counter(id for id, _ in self)


async def test_a_step_down(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step down lays out and composes nothing, and draws nothing twice: of the event what differs, else two lines."""
    layouts: list[bool] = []
    async with opened([demo]) as peek:
        await peek.press("down", "down")
        await peek.pilot.pause()
        drawn = Drawn(monkeypatch)
        monkeypatch.setattr(Debug, "_refresh_layout", lambda *_: layouts.append(True))
        monkeypatch.setattr(Compositor, "_render_chops", lambda *_: layouts.append(True))
        await peek.press("down")
        await peek.pilot.pause()
        lines = drawn.lines
        assert not layouts
        assert set(drawn.values()) == {1}
        assert (lines["timeline"], lines["tree"], lines["types"]) == (2, 1, 1)  # the line left looks as it did before
        assert not {"title", "alerts", "keys", "filters", "flight"} & set(lines)


async def test_lines_that_come_back(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of the tree is drawn once, wherever it is shown; of another tree all are drawn."""
    async with opened([demo]) as peek:
        await peek.press("G", "g")
        drawn = Drawn(monkeypatch)
        await peek.press("G", "g")
        assert drawn.lines["timeline"]
        assert not drawn.lines["tree"]
        await peek.press("2")
        assert drawn.lines["tree"] > 2
        await check(peek)


async def test_beside_a_change(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a change reaches is asked for its lines, and lines in a row are one change."""
    asked: list[str | None] = []
    changes: list[Region] = []
    async with opened([demo]) as peek:
        await peek.press("down", "down")
        await peek.pilot.pause()
        render, refresh = KeptLines.render_lines, KeptLines.refresh

        def rendering(widget: KeptLines, crop: Region) -> list[Strip]:
            asked.append(widget.id)
            return render(widget, crop)

        def refreshing(widget: KeptLines, *regions: Region, **how: bool) -> KeptLines:
            changes.extend(regions)
            return refresh(widget, *regions, **how)

        monkeypatch.setattr(KeptLines, "render_lines", rendering)
        monkeypatch.setattr(KeptLines, "refresh", refreshing)
        peek.timeline.refresh_each([1, 2, 3, 5])
        await peek.pilot.pause()
        assert asked == ["timeline"]
        assert [(region.y, region.height) for region in changes] == [(1, 3), (5, 1)]
