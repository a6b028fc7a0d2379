"""The application on a screen of a given size, and what is on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from peek_tui.config import Config
from peek_tui.paths import state_directory
from peek_tui.trace.model import Event
from peek_tui.tui.app import PeekApp
from peek_tui.tui.screens.debug import Debug
from peek_tui.tui.screens.sessions import Sessions
from peek_tui.tui.widgets.bars import Bar
from peek_tui.tui.widgets.inspector import Inspector
from peek_tui.tui.widgets.rows import RowView
from peek_tui.tui.widgets.timeline import Timeline
from peek_tui.tui.widgets.tree import DecisionTree
from tests.state.traces import obeyed

__all__ = ["SIZES", "Peek", "check_strips", "opened", "strips_of", "text_of"]

SIZES = ((80, 24), (120, 40), (200, 60), (40, 10))
_DEADLINE = 30.0
_ECHOES = 4
_CHARACTERS = {
    "apostrophe": "'",
    "colon": ":",
    "enter": "\r",
    "equals_sign": "=",
    "minus": "-",
    "question_mark": "?",
    "quotation_mark": '"',
    "space": " ",
}


class Peek:
    """A running application, seen and used like a person does."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot

    @property
    def app(self) -> PeekApp:
        assert isinstance(self.pilot.app, PeekApp)
        return self.pilot.app

    @property
    def debug(self) -> Debug:
        assert isinstance(self.app.screen, Debug)
        return self.app.screen

    @property
    def sessions(self) -> Sessions:
        assert isinstance(self.app.screen, Sessions)
        return self.app.screen

    @property
    def timeline(self) -> Timeline:
        return self.debug.query_one(Timeline)

    @property
    def tree(self) -> DecisionTree:
        return self.debug.query_one(DecisionTree)

    @property
    def inspector(self) -> Inspector:
        return self.debug.query_one(Inspector)

    @property
    def row(self) -> int | None:
        """The selected row."""
        return self.debug.browse.row

    @property
    def event(self) -> Event:
        """The selected event."""
        assert self.row is not None
        return self.debug.browse.snapshot.event(self.row)

    def bar(self, id: str) -> str:
        """What a bar says."""
        return text_of(self.app.screen.query_one(f"#{id}", Bar))

    def has_read(self) -> bool:
        """Whether all there is has been read and looked at for alerts, and is on the screen."""
        screen = self.app.screen
        if isinstance(screen, Debug):
            reading, forest, answers = screen.reader.reading, screen.tree_view.forest, screen.answers
            seen = (screen.browse.snapshot, None if forest is None else forest.snapshot, answers.seen)
            heard = screen.view.found is answers.found
            return reading.settled and heard and all(snapshot is reading.snapshot for snapshot in seen)
        return "so far" not in self.bar("title")

    async def press(self, *keys: str) -> None:
        """Press keys as fast as a terminal sends what was pasted: `Pilot.press` rests 80 ms after each."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else _CHARACTERS.get(key)))
        await self.rest()

    async def rest(self) -> None:
        """Wait until all that was said to any widget has been heard, and what they said to others then, and so on."""
        for _ in range(_ECHOES):
            await self.pilot.pause(0)

    async def go(self, row: int) -> None:
        """Select a row by typing it."""
        await self.press("colon", *str(row), "enter")
        assert self.row == row

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true of the screen."""
        deadline = monotonic() + _DEADLINE
        while not true():
            assert monotonic() < deadline, self.everything()
            await asyncio.sleep(0.01)
        await self.rest()

    def everything(self) -> str:
        """What is on the screen, widget by widget."""
        widgets = [*self.app.screen.query(Bar), *self.app.screen.query(RowView)]
        return "\n".join(text_of(widget) for widget in widgets if widget.display)


@asynccontextmanager
async def opened(
    paths: Sequence[Path] = (),
    size: tuple[int, int] = (120, 40),
    *,
    directory: Path = Path("/nowhere"),
    follow: bool = False,
    read: bool = True,
    more: Callable[[], list[Path]] = list,
    first_time: bool = False,
    config: Config | None = None,
    at_failure: bool = False,
) -> AsyncIterator[Peek]:
    """Open the debugger on traces, all of them `read`, or the list of sessions of a directory."""
    if not first_time:
        state_directory().mkdir(parents=True, exist_ok=True)
    app = PeekApp(
        paths, more=more, title="title", follow=follow, directory=directory, config=config, at_failure=at_failure
    )
    async with app.run_test(size=size) as pilot:
        peek = Peek(pilot)
        await peek.until(lambda: isinstance(app.screen, Debug | Sessions) and app.screen.is_current)
        if read:
            await peek.until(peek.has_read)
        yield peek


def strips_of(widget: Widget) -> list[Strip]:
    """Return the lines of a widget as it draws them."""
    height = widget.scrollable_content_region.height
    return [widget.render_line(y) for y in range(height)]


def text_of(widget: Widget) -> str:
    """Return what a widget shows."""
    return "\n".join(strip.text.rstrip() for strip in strips_of(widget))


def check_strips(peek: Peek) -> None:
    """Every line is as wide as its widget says and as a terminal counts, and holds nothing that would be obeyed."""
    for widget in [*peek.app.screen.query(Bar), *peek.app.screen.query(RowView)]:
        if not widget.display:
            continue
        width = widget.scrollable_content_region.width
        for strip in strips_of(widget):
            assert strip.cell_length == width
            assert sum(cell_len(segment.text) for segment in strip) == width
            assert obeyed(strip.text) == set()
