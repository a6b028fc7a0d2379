"""Going to the next event of a kind: an error, an alert, a decision, a breakpoint, one like this."""

from __future__ import annotations

from contextlib import suppress

from textual.message import Message

from peek_tui.errors import UsageError
from peek_tui.render.text import clean_line
from peek_tui.state.breakpoints import ALERTS, like
from peek_tui.state.browse import ERRORS
from peek_tui.state.prompt import Completion, Prompt
from peek_tui.state.seek import Seek
from peek_tui.trace.query import Query, any_of, of_types

from .prompts import Asked, Prompts

__all__ = ["Seeking"]

_DECISIONS = of_types(["decision"])


class Seeking(Prompts):
    """Steps that look for something."""

    class Sought(Message):
        """What took longer to look for was found, or not."""

    _seek: Seek | None = None
    _otherwise = ""

    def action_seek_error(self, by: int) -> None:
        self._go_to(ERRORS, by, "error")

    def action_seek_alert(self, by: int) -> None:
        self._go_to(any_of([ALERTS, self.view.next_alert(by)]), by, "alert or warning")

    def action_seek_decision(self, by: int) -> None:
        self._go_to(_DECISIONS, by, "decision")

    def action_seek_same(self, by: int) -> None:
        self._go_to(self.view.same_kind(), by, "event of this type and name")

    def action_seek_near(self, by: int) -> None:
        self._go_to(of_types([self.view.near]), by, clean_line(self.view.near))

    def action_choose_near(self) -> None:
        """Choose the type that is gone to before and after."""
        prompt = Prompt("type ", self._types, earlier=self.view.typed["type "])
        self.ask(Asked(prompt, "the type that < and > go to; Tab completes", self.near))

    def action_run(self, by: int) -> None:
        """Run to the next breakpoint or alert."""
        self._go_to(any_of([self.view.breakpoints.query, ALERTS, self.view.next_alert(by)]), by, "breakpoint or alert")

    def action_break(self) -> None:
        event = self.view.selected
        if event is not None:
            query = like(event)
            is_set = self.view.breakpoints.toggle(query)
            self.sync(changed=True)
            self.tell(f"breakpoint {'set' if is_set else 'removed'}: {query}")

    def on_seeking_sought(self) -> None:
        seek = self._seek
        if seek is not None and seek.failure is not None:
            raise seek.failure
        if seek is not None and seek.done:
            self._seek = None
            self._arrive(seek)

    def on_unmount(self) -> None:
        self.stop_seeking()

    def stop_seeking(self) -> bool:
        """Give up what is looked for; False when there is nothing."""
        seek, self._seek = self._seek, None
        if seek is not None:
            seek.stop()
        return seek is not None

    def _go_to(self, query: Query, by: int, what: str) -> None:
        self.stop_seeking()
        self._otherwise = f"no {'later' if by > 0 else 'earlier'} {what}{' is shown' if self.browse.filtered else ''}"
        seek = self.view.seek(query, by)
        if seek.at_once():
            self._arrive(seek)
        else:
            self._seek = seek
            self.tell(f"looking for the {'next' if by > 0 else 'previous'} {what}; ^C stops")
            seek.start(self._tell_sought)

    def _arrive(self, seek: Seek) -> None:
        row = seek.found
        if row is None:
            self.say(self._otherwise)
        else:
            self.go(lambda: self.browse.go_row(row))

    def _types(self, text: str) -> Completion:
        types = [type for type, _ in self.browse.snapshot.types().most_common()]
        return Completion(0, [type for type in types if type.startswith(text.strip())])

    def near(self, text: str) -> None:
        """Choose the type that is gone to before and after."""
        text = text.strip()
        if text and text not in self.browse.snapshot.types():
            raise UsageError(f"there is no event of type {text!r} in this trace")
        self.view.near = text or self.view.near

    def _tell_sought(self) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody wants news any more
            self.post_message(self.Sought())
