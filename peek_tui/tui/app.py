"""The application: which screen comes first, and how it looks. It reads traces and never touches an agent."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.filter import ANSIToTruecolor, LineFilter
from textual.screen import Screen

from peek_tui.analysis.rating import rating
from peek_tui.config import Config
from peek_tui.paths import cache_directory, state_directory
from peek_tui.state.memory import Memory
from peek_tui.trace.store import FIRST_SLICE, Store

from .actions import ACTIONS, Keymap
from .driver import SparingDriver
from .screens.debug import BRISK, SLOW, Debug, Manner
from .theme import THEMES, VARIABLES, textual_name

__all__ = ["PeekApp"]

_NO_KEY = "none"
"""No key has this name: for actions that are to have none."""


@runtime_checkable
class TakesKeys(Protocol):
    """A screen on which lines are typed."""

    def typed(self, event: events.Key | events.Paste) -> bool:
        """Take a key before any binding does; return whether it was taken."""


class PeekApp(App[None]):
    """Opens the debugger on files, or the list of sessions of a directory."""

    TITLE = "peek"
    CSS_PATH = "screens/debug/debug.tcss"  # the first screen's own would be read only for a screen that comes later
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None

    def __init__(
        self,
        paths: Sequence[Path] = (),
        *,
        more: Callable[[], list[Path]] = list,
        title: str = "",
        follow: bool = False,
        format: str | None = None,
        directory: Path,
        config: Config | None = None,
        at_failure: bool = False,
    ) -> None:
        """`config` is what the user has chosen; with `at_failure` a run that failed opens where it failed."""
        config = config or Config()
        # Textual chooses how to do without colours before it knows the theme: its other way is black on black.
        super().__init__(driver_class=SparingDriver, ansi_color="NO_COLOR" in os.environ or None)
        self._disable_notifications = self._disable_tooltips = True  # widgets of each screen that nothing here shows
        self._store = Store(paths, format, more, cache_directory(), rating()) if paths else None
        self._trace_title = title
        self._follow = follow
        self._directory = directory
        for theme in THEMES:
            self.register_theme(theme)
        keymap = Keymap(ACTIONS, config.keys, config.preset)
        self._redraw_keys = keymap.keys("redraw")
        self._manner = Manner(keymap, SLOW if config.slow_link else BRISK, at_failure)
        self.set_keymap({name: ",".join(keys) or _NO_KEY for name, keys in keymap.changed.items()})
        self.theme = textual_name("ansi" if self.no_color else config.theme)
        self.stylesheet.set_variables(self.get_css_variables())
        self._styled = self.theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the colours of our style sheets for a theme that does not say them."""
        return VARIABLES

    def get_line_filters(self) -> list[LineFilter]:
        """Return what lines still go through: not what turns a terminal's colours into others, for none of ours are."""
        return [each for each in super().get_line_filters() if not isinstance(each, ANSIToTruecolor)]

    def refresh_css(self, animate: bool = True) -> None:
        """Read the style sheets with the colours of another theme; Textual asks for that at the start, too."""
        if self._styled != self.theme:
            self._styled = self.theme
            super().refresh_css(animate=animate)

    def on_mount(self) -> None:
        """Leave the terminal as it was found when somebody ends the program, or its terminal goes away."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.exit, None, 128 + number)
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())  # else it waits for another size

    def action_redraw(self) -> None:
        """Write all of the screen again, whatever the terminal shows."""
        if isinstance(self._driver, SparingDriver):
            self._driver.forget()
        self.refresh(layout=True)

    async def on_event(self, event: events.Event) -> None:
        """Give keys to a line that is being typed, in the order in which they came."""
        if isinstance(event, events.Resize) and isinstance(self._driver, SparingDriver):
            self._driver.forget()
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            screen = self.screen
            if isinstance(event, events.Key) and event.key in self._redraw_keys and not event.is_printable:
                self.action_redraw()  # whoever has written over the screen has not asked what it shows
                return
            if isinstance(screen, TakesKeys) and screen.typed(event):
                return
        await super().on_event(event)

    def get_default_screen(self) -> Screen[None]:
        """Return the first screen; another one under it would cost its own layout before the first row is seen."""
        if self._store is None:
            from .screens.sessions import Sessions

            return Sessions(self._directory, self._manner)
        self._store.advance(FIRST_SLICE)  # what it holds is on the screen with the first frame
        memory = Memory(state_directory())
        return Debug(self._store, self._trace_title, follow=self._follow, memory=memory, manner=self._manner)
