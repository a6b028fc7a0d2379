"""Looking for a text as it is typed."""

from __future__ import annotations

from contextlib import suppress

from textual.message import Message

from peek_tui.state.prompt import Prompt
from peek_tui.state.search import Search
from peek_tui.state.view import Place

from .prompts import Asked, Prompts

__all__ = ["Searching"]

_HINT = "a text or regular expression; capitals count if there are any; Esc goes back"

_NO_HIT = "no event that is shown holds {!r}"


class Searching(Prompts):
    """`/`, `n` and `N`."""

    class Hits(Message):
        """Some have been found."""

    _origin: int | None = None
    """The handle of the event from which the text is looked for; None once a hit was gone to."""
    _by = 0
    """In which direction from there: 0 if a hit there will do."""

    def action_search(self) -> None:
        place = self.view.place
        origin = place.handle
        prompt = Prompt("/", earlier=self.view.typed["/"])
        self.ask(
            Asked(
                prompt,
                _HINT,
                given=lambda text: self._given(text, place),
                typed=lambda text: self._look_for(text, origin),
                given_up=lambda: self._go_back(origin),
            )
        )

    def action_next_hit(self, by: int) -> None:
        if self.view.search is None:
            if not self.view.typed["/"]:
                self.say(f"nothing is looked for: {self.keymap.key('search')} begins")
                return
            self._start(self.view.look_for(self.view.typed["/"][-1]))
        if newer := self.view.newer_search():
            self._start(newer)
        search = self.view.search
        assert search is not None
        if not search.done and search.next(self.browse.rows, self.browse.selected or 0, by) is None:
            self._origin, self._by = self.browse.handle, by
            self.say(f"still looking: the next one is gone to as soon as it is found; {self.stop_key} stops")
            return
        self.go(lambda: self.view.seek_hit(by), _NO_HIT.format(search.text))

    def on_searching_hits(self) -> None:
        search = self.view.search
        if search is None:
            return
        if search.failure is not None:
            raise search.failure
        if self._origin is not None:
            self._go_to_first(search)
        self.paint(changed=True)

    def stop_looking(self) -> bool:
        """End a search that goes on; what it found stays. False when there is none."""
        search = self.view.search
        if search is None or search.done:
            return False
        search.stop()
        search.done, self._origin = True, None
        return True

    def _look_for(self, text: str, origin: int | None) -> None:
        if origin is not None:
            self.browse.select(self.browse.snapshot.row(origin))
        self._origin, self._by = origin, 0
        if text:
            self._start(self.view.look_for(text))
        else:
            self.view.end_search()
        self.paint(changed=True)

    def find(self, text: str) -> None:
        """Look for a text from the selected event on."""
        self._look_for(text, self.browse.handle)

    def _given(self, text: str, place: Place) -> None:
        self.view.jumped(place)
        if text:
            if self.view.search is None:
                self._look_for(text, self.browse.handle)
        else:
            self.view.end_search()
        self.sync(changed=True)
        search = self.view.search
        if search is not None and search.done and not search.hits:
            self.say(_NO_HIT.format(search.text))

    def _go_back(self, origin: int | None) -> None:
        self.view.end_search()
        self._origin = None
        if origin is not None:
            self.browse.select(self.browse.snapshot.row(origin))
        self.sync(changed=True)

    def _go_to_first(self, search: Search) -> None:
        """Go to the first hit from the origin on, once it is known."""
        assert self._origin is not None
        moved = self.browse.handle != self._origin  # somebody has gone elsewhere since
        if moved or self.view.seek_hit(self._by or 1, here=self._by == 0) or search.done:
            self._origin = None

    def _start(self, search: Search) -> None:
        search.start(self._tell_hits)

    def _tell_hits(self) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody wants news any more
            self.post_message(self.Hits())
