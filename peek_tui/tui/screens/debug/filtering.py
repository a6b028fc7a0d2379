"""Choosing which events are seen: types by single keys, anything by a line of the filter language."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from textual.message import Message

from peek_tui.state.complete import complete_filter, mistake_in
from peek_tui.state.prompt import Prompt

from .prompts import Asked, Prompts

__all__ = ["Filtering"]

_HINT = "type:tool_call error dur>2s -type:llm_chunk; Tab completes, nothing clears"


class Filtering(Prompts):
    """Filters, and their undoing."""

    class Sifted(Message):
        """There is news of the filter that is being worked out."""

    def action_toggle_group(self, key: str) -> None:
        self._refilter(lambda: self.browse.toggle_group(key))

    def action_show_all(self) -> None:
        self._refilter(self.browse.show_all)

    def action_isolate(self) -> None:
        self._refilter(self.browse.isolate)

    def action_hide_selected(self) -> None:
        self._refilter(self.browse.hide_selected)

    def action_filter(self) -> None:
        prompt = Prompt("&", lambda text: complete_filter(text, self.browse.snapshot), earlier=self.view.typed["&"])
        self.ask(Asked(prompt, _HINT, self.filter, mistake=mistake_in))

    def action_filters(self) -> None:
        """Turn all filters off, or on again."""
        wanted = self.browse.wanted
        if wanted._replace(off=False).everything:
            self.say(f"there are no filters: {self.keymap.key('filter')} types one, digits choose types")
        else:
            self._refilter(lambda: self.browse.show(wanted._replace(off=not wanted.off)))

    def action_undo(self) -> None:
        self._took_back(self.view.undo(), "nothing to undo")

    def action_redo(self) -> None:
        self._took_back(self.view.redo(), "nothing to redo")

    def refiltered(self) -> None:
        """Paint what other filters show."""
        self.reader.show(self.browse.wanted)
        self.start_sift()
        self.sync(changed=True)

    def start_sift(self) -> None:
        """Go on working out what is visible, where that takes its time."""
        if self.browse.sift is not None and not self.browse.sift.started:
            self.browse.sift.start(self._tell_sifted)

    def on_filtering_sifted(self) -> None:
        sift = self.browse.sift
        if sift is not None and sift.failure is not None:
            raise sift.failure
        changed = self.browse.sifted()
        self.start_sift()
        self.end_follow()
        if not self.browse.frozen:
            self.tree_view.take(self.reader.reading.forest)  # which may have been ahead of what was visible
        self.paint(changed=changed)

    def filter(self, text: str) -> None:
        """Take a typed filter; nothing means no typed filters any more."""
        wanted = self.browse.wanted
        shown = wanted.with_filter(text) if text.strip() else wanted._replace(filters=())
        self._refilter(lambda: self.browse.show(shown))

    def _refilter(self, change: Callable[[], None]) -> None:
        self.view.leave()
        change()
        self.refiltered()

    def _took_back(self, found: bool, otherwise: str) -> None:
        if found:
            self.refiltered()
        else:
            self.say(otherwise)

    def _tell_sifted(self) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody wants news any more
            self.post_message(self.Sifted())
