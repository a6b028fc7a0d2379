"""What arrives while one looks: news of the reader, following it, holding it back."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic, thread_time, time_ns

from textual.message import Message
from textual.timer import Timer

from peek_tui.errors import InputError
from peek_tui.state.pace import Pace
from peek_tui.state.reader import Reading
from peek_tui.tui.widgets.flight import FlightBar

from .answering import Answering
from .seeking import Seeking

__all__ = ["Arriving"]

_HOLD = 0.1
"""Seconds after a key in which nothing that arrives is painted."""
_LATER = 0.25
"""Seconds that what was found may wait for something that arrives, to be painted with it."""

_TICK = 1.0
"""Seconds between two looks at the clock while the run goes on."""


class Arriving(Seeking, Answering):
    """Takes in what the reader has read."""

    class News(Message):
        """The reader has read something."""

    _edition = 0
    _last_taken = 0.0
    _held: Timer | None = None
    _news_waits = False
    """Whether there is news that was not taken in yet."""

    def on_mount(self) -> None:
        self._opened = self.browse.follow  # who follows has said where to begin
        self._pace = Pace(self.manner.pace, thread_time())
        self.start_sift()
        self.sync(changed=True)
        self._greet()
        self.set_interval(_TICK, self._fly)
        self.call_after_refresh(self.begin_answers)
        self.call_after_refresh(self.reader.start, self._tell)  # the first rows are seen before the others are read

    def on_unmount(self) -> None:
        self.remember()
        self.reader.stop()
        self.answers.stop()
        self.stop_asking()
        self.browse.cancel()
        self.view.end_search()

    def on_screen_resume(self) -> None:
        self._take_in()

    def on_arriving_news(self) -> None:
        """Take in what has been read, unless a key's own frame was painted just now."""
        if self.reader.failure is not None:
            self._give_up(self.reader.failure)
        else:
            self._take_in_at(self.last_key + _HOLD)

    def on_answering_answered(self) -> None:
        """Take in what was found: an alert now, how much events matter with what is read next if that comes soon."""
        found = len(self.answers.found.alerts) != len(self.view.found.alerts)
        self._take_in_at(self.last_key + _HOLD if found or not self.live.may_grow else self._last_taken + _LATER)

    def action_follow(self) -> None:
        if not self.browse.follow and not self.live.may_grow:
            self.say(f"the run is {self.live.status}: there is nothing to follow")
            return
        self.browse.toggle_follow()
        self.sync(changed=False)

    def action_freeze(self) -> None:
        self.browse.toggle_frozen()
        self._take_in()
        self.sync(changed=True)

    def _greet(self) -> None:
        """Say what is wrong with the keys that were chosen, or to somebody new what to press."""
        if self.keymap.problems:
            self.say(self.keymap.problems[0])
        elif self.view.marks_came:
            self.tell(f"marks and notes came with the trace: {self.keymap.key('marks')} lists them")
        elif self.memory is not None and self.memory.is_new:
            keys, words, leave = map(self.keymap.key, ("help", "palette", "leave"))
            self.tell(f"the first time here: {keys} lists the keys, {words} finds one by words, {leave} leaves")

    def _tell(self) -> None:
        """Have what was read taken in; called in the reader's thread. While some waits, one message is enough."""
        if not self._news_waits:
            self._news_waits = True
            with suppress(RuntimeError):  # the loop has ended, and nobody wants news any more
                self.post_message(self.News())

    def _take_in_at(self, moment: float) -> None:
        """Take in what there is at this moment of the steady clock; now, if that is past or there is no tree yet."""
        wait = moment - monotonic()
        if wait <= 0 or not self.first_tree.is_set():
            self._take_in()
        elif self._held is None:
            self._held = self.set_timer(wait, self._let_go)

    def _let_go(self) -> None:
        self._held = None
        self.on_arriving_news()

    def _take_in(self) -> None:
        if self._held is not None:
            self._held.stop()
        self._held, self._news_waits = None, False
        if not self.is_current:
            return
        self._last_taken = monotonic()
        reading = self.reader.reading
        grown = len(reading.snapshot) - len(self.browse.snapshot)
        self.reader.pace = self._pace.wait(thread_time(), grown, self.parts.timeline.page_height)
        changed = (
            self._begin_again(reading) if reading.edition != self._edition else self.browse.update(reading.snapshot)
        )
        self.recall()
        self.start_sift()
        self.view.go_where_left()
        if not self.browse.frozen:
            self.tree_view.take(reading.forest)
        if self.tree_view.forest is not None:
            self.first_tree.set()
        self._fly()
        self.end_follow()
        found, alerts = self.view.found, self.take_answers()
        self.look_for_answers()
        self.paint(changed=changed or found is not self.view.found)
        self.arrived(alerts)
        self.open_at_failure()

    def _fly(self) -> None:
        """Say what the run does now, and for how long it has."""
        running, now = self.live.status == "running", time_ns()
        reading = self.reader.reading
        if running and reading.complete:  # before, it is what was there that comes, at a rate that says nothing
            self.view.open_calls.update(reading.snapshot, now)
        self.query_one(FlightBar).sync(self.view.open_calls, now, running=running)

    def _begin_again(self, reading: Reading) -> bool:
        """Take what was read again from the beginning; a view that is frozen stays what it is, even so."""
        if self.browse.frozen:
            return False
        self._edition = reading.edition
        self.parts.timeline.event_of.cache_clear()
        self.parts.inspector.show_subject(None)
        self.view.begin_again(reading.snapshot)
        self.answers.begin_again()
        self.stop_asking()
        self.stop_seeking()  # what it finds is a row of what was there before
        return True

    def _give_up(self, failure: Exception) -> None:
        """Keep showing what was read, when a file cannot be; anything else is a defect, and ends the program."""
        if not isinstance(failure, InputError):
            raise failure
        self._take_in()
        self.say(f"nothing more is read: {failure}")
