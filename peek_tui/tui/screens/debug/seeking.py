"""Going to the next event of a kind: an error, an alert, a decision, a breakpoint, one like this."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message import Message

from peek_tui.errors import UsageError
from peek_tui.render.text import clean_line
from peek_tui.render.units import count
from peek_tui.state.breakpoints import ALERTS, like
from peek_tui.state.browse import ERRORS
from peek_tui.state.prompt import Completion, Prompt
from peek_tui.state.seek import Seek
from peek_tui.trace.query import Query, any_of, of_types

from .prompts import Asked, Prompts

if TYPE_CHECKING:
    from peek_tui.analysis.alerts import Alert

__all__ = ["Seeking"]

_DECISIONS = of_types(["decision"])


class Seeking(Prompts):
    """Steps that look for something, and waiting for it where a run goes on."""

    class Sought(Message):
        """What took longer to look for was found, or not."""

    _seek: Seek | None = None
    """What a key looks for."""
    _look: Seek | None = None
    """Looks through what has arrived, for who waits."""
    _otherwise = ""
    _then_waits = False
    """Whether what is looked for is waited for when it is not there."""

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
        self.ask(Asked(prompt, "the type that nearest before and after go to; Tab completes", self.near))

    def action_run(self, by: int) -> None:
        """Run to the next breakpoint or alert; where there is none yet and the run goes on, wait for it."""
        query = any_of([self.view.breakpoints.query, ALERTS, self.view.next_alert(by)])
        waits = by > 0 and self.live.may_grow and not self.browse.frozen
        self._go_to(query, by, "breakpoint or alert", waits=waits)

    def action_break(self) -> None:
        event = self.view.selected
        if event is not None:
            query = like(event)
            is_set = self.view.breakpoints.toggle(query)
            self.sync(changed=True)
            self.tell(f"breakpoint {'set' if is_set else 'removed'}: {query}")

    def on_seeking_sought(self) -> None:
        seek, look = self._seek, self._look
        for each in (seek, look):
            if each is not None and each.failure is not None:
                raise each.failure
        if seek is not None and seek.done:
            self._seek = None
            self._arrive(seek)
        if look is not None and look.done:
            self._look = None
            if look.found is not None and self.view.waiting() is not None:
                self._stop_at(self.browse.snapshot.row(look.found))
            else:
                self.arrived()  # more has come meanwhile

    def arrived(self, alerts: Sequence[Alert] = ()) -> None:
        """While somebody waits for it, look whether what has arrived stops the run."""
        wait = self.view.waiting()
        if wait is None:
            return
        row = wait.alerted(alerts)
        look = wait.seek() if row is None and self._look is None else None
        if look is not None and look.at_once():
            row = None if look.found is None else self.browse.snapshot.row(look.found)
        elif look is not None:
            self._look = look
            look.start(self._tell_sought)
        if row is not None:
            self._stop_at(row)
        elif self._look is None and self.answers.seen is self.browse.snapshot and self.reader.reading.over:
            self.view.end_wait()
            self.end_follow()
            self.sync(changed=False)
            self.say(f"the run is {self.live.status}: no breakpoint or alert came")

    def on_unmount(self) -> None:
        self.stop_seeking()

    def stop_seeking(self) -> bool:
        """Give up what is looked or waited for; False when there is nothing."""
        going = [each for each in (self._seek, self._look) if each is not None]
        self._seek = self._look = None
        for each in going:
            each.stop()
        waited = self.view.end_wait()
        return bool(going) or waited

    def _go_to(self, query: Query, by: int, what: str, *, waits: bool = False) -> None:
        if self.stop_seeking():
            self.paint(changed=False)
        self._then_waits = waits
        self._otherwise = f"no {'later' if by > 0 else 'earlier'} {what}{' is shown' if self.browse.filtered else ''}"
        seek = self.view.seek(query, by)
        if seek.at_once():
            self._arrive(seek)
        else:
            self._seek = seek
            self.tell(f"looking for the {'next' if by > 0 else 'previous'} {what}; {self.stop_key} stops")
            seek.start(self._tell_sought)

    def _arrive(self, seek: Seek) -> None:
        found = seek.found
        if found is not None:
            self.go(lambda: self.browse.go_row(self.browse.snapshot.row(found)))
        elif self._then_waits:
            self.go(lambda: self.view.wait(seek.snapshot))
            self.tell(f"waiting for a breakpoint or alert; {self.stop_key} or any move ends it")
            self.arrived(self.view.found.alerts)  # with what has come while it was looked for
        else:
            self.say(self._otherwise)

    def _stop_at(self, row: int) -> None:
        """End the waiting at an event."""
        self.stop_seeking()
        self.browse.follow = False
        self.go(lambda: self.browse.go_row(row))
        snapshot = self.browse.snapshot
        self.tell(f"stopped at {count(row)}: {clean_line(f'{snapshot.type(row)} {snapshot.name(row)}')}")

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
