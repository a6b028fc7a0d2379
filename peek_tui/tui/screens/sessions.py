"""The list of sessions: live ones first, crashed ones marked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen

from peek_tui.analysis.rating import rating
from peek_tui.errors import InputError
from peek_tui.paths import cache_directory, state_directory
from peek_tui.render import units
from peek_tui.render.text import clean, clean_line, fit
from peek_tui.state.memory import Memory
from peek_tui.state.prompt import Prompt
from peek_tui.state.session_list import SessionList
from peek_tui.state.watch import SessionWatch
from peek_tui.trace.sessions import Session
from peek_tui.trace.sources import find_session
from peek_tui.trace.store import FIRST_SLICE, Store
from peek_tui.tui.actions import ACTIONS, Keymap, bindings
from peek_tui.tui.widgets.bars import Bar, KeysBar
from peek_tui.tui.widgets.rows import Piece, RowView

from .debug import Debug, Manner
from .help import Help

__all__ = ["Sessions"]

_SIGN = {"running": "●", "finished": "■", "crashed": "✗", "unknown": "?"}


class Sessions(Screen[None]):
    """Lists the sessions of a directory and opens the chosen one."""

    class News(Message):
        """There are other sessions than before."""

    BINDINGS = bindings("sessions")
    AUTO_FOCUS = "#sessions"
    DEFAULT_CSS = """
    Sessions { background: $background; }
    #sessions { height: 1fr; }
    """

    def __init__(self, directory: Path, manner: Manner | None = None) -> None:
        super().__init__()
        self._directory = directory
        self._manner = manner or Manner(Keymap(ACTIONS))
        self._keymap = self._manner.keymap
        self.session_watch = SessionWatch(directory)
        self.list = SessionList()
        self._prompt: Prompt | None = None
        """While words are typed."""

    def compose(self) -> ComposeResult:
        yield Bar(id="title", filled=True)
        yield Bar(id="head")
        yield _SessionRows()
        yield KeysBar(self._keymap.hints("sessions"))

    def on_mount(self) -> None:
        self._sync(changed=True)
        self.call_after_refresh(self.session_watch.start, self._tell)

    def on_unmount(self) -> None:
        self.session_watch.stop()

    def on_resize(self) -> None:
        self._paint(changed=True)

    def on_screen_suspend(self) -> None:
        self.session_watch.paused = True

    def on_screen_resume(self) -> None:
        self.session_watch.paused = False
        self.session_watch.wake()

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody wants news any more
            self.post_message(self.News())

    def on_sessions_news(self) -> None:
        """Show what was found; the same session stays chosen. When there is no reading the directory, that is said."""
        failure = self.session_watch.failure
        if failure is not None and not isinstance(failure, InputError | OSError):
            raise failure
        self.list.take(self.session_watch.sessions or ())
        self._paint(changed=True)

    def _sync(self, *, changed: bool) -> None:
        """Show what a key has led to, and the keys again instead of what was said of the one before."""
        self._paint(changed=changed)
        if self._prompt is None:
            self.query_one(KeysBar).sync()
        else:
            self.query_one(KeysBar).ask(self._prompt, "words of the sessions to show; none shows all", None)

    def _paint(self, *, changed: bool) -> None:
        rows, title, head = self.query_one(_SessionRows), self.query_one("#title", Bar), self.query_one("#head", Bar)
        rows.sessions = self.list.shown
        rows.show(len(self.list.shown), self.list.position, changed=changed)
        palette = title.palette
        running = sum(session.status == "running" for session in self.list.all)
        title.show(
            [(" peek ", palette.strong), ("▸ ", palette.dim), ("sessions", palette.strong)],
            [
                (f"{running} running  " if running else "", palette.live),
                ("failed only  " if self.list.failed_only else "", palette.error),
                (f"{clean(self.list.words)}  " if self.list.words else "", palette.number),
                (f"{len(self.list.shown)} of " if self.list.filtered else "", palette.text),
                (f"{len(self.list.all)} {'so far…' if self.session_watch.looking_first else 'in all'} ", palette.text),
            ],
        )
        head.show([(self._head(), palette.dim)])

    def _head(self) -> str:
        if self.list.shown:
            return _HEAD if self.app.size.width >= _ROOMY else _SHORT_HEAD
        if self.list.all:
            return f" no session is like that: {self._keymap.key('leave')} shows all"
        if self.session_watch.failure is not None:
            return f" {clean_line(str(self.session_watch.failure))}"
        if self.session_watch.looking_first:
            return " reading…"
        return f" no sessions yet in {clean_line(str(self._directory))}; `peek demo` makes one"

    def action_move(self, by: int) -> None:
        self.list.move(by)
        self._sync(changed=False)

    def action_half(self, by: int) -> None:
        self.action_move(by * max(1, self.query_one(_SessionRows).page_height // 2))

    def action_page(self, by: int) -> None:
        self.action_move(by * self.query_one(_SessionRows).page_height)

    def action_start(self) -> None:
        self.action_move(-len(self.list.shown))

    def action_end(self) -> None:
        self.action_move(len(self.list.shown))

    def action_failed(self) -> None:
        self.list.toggle_failed()
        self._sync(changed=True)

    def action_search(self) -> None:
        self._prompt = Prompt("/", text=self.list.words)
        self._sync(changed=False)

    def typed(self, event: events.Key | events.Paste) -> bool:
        """Take a key before any binding does, while words are typed; return whether it was taken."""
        prompt = self._prompt
        if prompt is None:
            return False
        if isinstance(event, events.Paste):
            prompt.paste(event.text)
        else:
            prompt.key(event.key, event.character)
        if prompt.done:
            self._prompt = None
        self.list.look_for(prompt.text if prompt.given or not prompt.done else "")
        self._sync(changed=True)
        return True

    def action_enter(self) -> None:
        session = self.list.selected
        if session is None:
            return
        try:
            more = find_session(session.id, self._directory).new
            store = Store(session.paths, more=more, cache=cache_directory(), rate=rating())
        except (InputError, OSError) as error:  # gone since the last look, or the whole directory
            self.query_one(KeysBar).say(str(error))
            return
        store.advance(FIRST_SLICE)  # what it holds is on the screen with the first frame
        follow, memory = session.status == "running", Memory(state_directory())
        name = session.agent or session.id
        self.app.push_screen(Debug(store, name, follow=follow, memory=memory, manner=self._manner))

    def action_help(self) -> None:
        self.app.push_screen(Help(self._keymap, "sessions"))

    def action_back(self) -> None:
        """There is nothing behind the list."""

    def action_leave(self) -> None:
        """Show all sessions again; leave when they are."""
        if self.list.filtered:
            self.list.failed_only = False
            self.list.look_for("")
            self._sync(changed=True)
        else:
            self.app.exit()

    def on_row_view_clicked(self, event: RowView.Clicked) -> None:
        if event.line == self.list.position:
            self.action_enter()
        else:
            self.action_move(event.line - self.list.position)


_ROOMY = 100
"""From this width on there is room for status and outcome, and for why it failed; on less there is how it ended."""
_NUMBERS = f"{'took':>7} {'events':>7}{'✗':>5}{'tokens':>8}"
_HEAD = f"     {'started':<21}{'agent':<20}{'status':<10}{'outcome':<11}{_NUMBERS}  why it failed"
_SHORT_HEAD = f"     {'started':<21}{'agent':<14}{'ended':<11}{_NUMBERS}"


class _SessionRows(RowView):
    def __init__(self) -> None:
        super().__init__(id="sessions")
        self.sessions: Sequence[Session] = ()

    def draw(self, line: int, width: int) -> list[Piece]:
        session, palette = self.sessions[line], self.palette
        state = {"running": palette.live, "crashed": palette.error}.get(session.status, palette.dim)
        outcome = palette.error if session.outcome == "error" else palette.text
        errors = f"{units.count(session.errors):>5}" if session.errors else "    ·"
        if self.app.size.width >= _ROOMY:
            agent = 18
            how = clean_line(session.outcome or "·")
            ended = [(f"{session.status:<8}  ", state), (f"{fit(how, 10)} ", outcome)]
        else:
            agent = 12
            how = clean_line(session.outcome or session.status)
            ended = [(f"{fit(how, 10)} ", outcome if session.outcome else state)]
        return [
            ("▌ " if line == self._selected else "  ", palette.strong),
            (f"{_SIGN[session.status]}  ", state),
            (f"{units.date(session.start)}  ", palette.dim),
            (f"{fit(clean_line(session.agent), agent)}  ", palette.strong),
            *ended,
            (f"{units.duration(session.duration_ms):>7} ", palette.text),
            (f"{units.count(session.events):>7}", palette.text),
            (errors, palette.error if session.errors else palette.dim),
            (f"{units.tokens(session.usage.total):>8}", palette.text),
            (f"  {clean_line(session.reason)}", palette.error),
        ]
