"""Answers, not only rows: alerts, who is to blame for a failure, and why something came about.

What analysis is made of is imported when somebody asks: the first screen does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message

from peek_tui.render.summary import summary
from peek_tui.render.text import clean_line, fit
from peek_tui.render.units import count
from peek_tui.render.words import GROUPS, look_of
from peek_tui.state.answers import Question, Suspects, suspects_of, where_it_failed
from peek_tui.state.choosing import Choice

from .filtering import Filtering

if TYPE_CHECKING:
    from peek_tui.analysis.alerts import Alert
    from peek_tui.analysis.why import Cause

__all__ = ["Answering"]

T = TypeVar("T")

_MOST = 1_000
"""Causes that are listed, the nearest to the event."""
_WHAT = 40
"""Columns of what a suspect is, so that there is room for why."""
_SIGN = {"high": "!!", "medium": "!", "low": "·"}


class Answering(Filtering):
    """`A`, `Q`, `.` and `Y`."""

    class Answered(Message):
        """Analysis has found something."""

    _question: Question[Any] | None = None
    _opened = False
    """Whether it was decided where to begin."""
    _suspect = -1
    """The rank of the suspect that was gone to last, from 0."""

    def begin_answers(self) -> None:
        """Begin to look for alerts."""
        self.answers.start(self._tell_answered)

    def look_for_answers(self) -> None:
        """Have analysis look at what has been read, as soon as that is all there is."""
        reading = self.reader.reading
        if reading.complete or self.live.status == "running":
            self.answers.look(reading.snapshot, over=reading.over)

    def on_answering_answered(self) -> None:
        for asked in (self.answers, self._question):
            if asked is not None and asked.failure is not None:
                raise asked.failure
        question = self._question
        if question is not None and question.answered:
            self._question = None
            self.sync(changed=False)
            question.use()

    def stop_asking(self) -> bool:
        """Give up the question that is open; False when there is none."""
        question, self._question = self._question, None
        if question is not None:
            question.stop()
        return question is not None

    # -- keys ------------------------------------------------------------------------------------------------------

    def action_alerts(self) -> None:
        alerts = self.view.found.alerts
        if not alerts:
            self.say("no alerts" if self.answers.seen is not None else "the trace is still being looked at")
            return
        choices = [
            Choice(f"{_SIGN[alert.severity]:>2} {_rows(alert.first_row, alert.last_row)}", clean_line(alert.title))
            for alert in alerts
        ]
        self._choose("alerts", choices, [self._beginning(alert) for alert in alerts])

    def action_suspects(self) -> None:
        if self.view.suspects.snapshot is self.browse.snapshot:
            self._list_suspects()
            return
        snapshot = self.browse.snapshot
        self._ask(lambda: suspects_of(snapshot), self._suspected, "looking for what made it fail")

    def action_next_suspect(self) -> None:
        suspects = self.view.suspects.ranked
        if not suspects:
            self.action_suspects()
            return
        self._suspect = (self._suspect + 1) % len(suspects)
        suspect = suspects[self._suspect]
        self.go_event(suspect.id)
        self.tell(f"suspect {self._suspect + 1} of {len(suspects)}: {'; '.join(suspect.reasons)}")

    def action_why(self) -> None:
        snapshot, row = self.browse.snapshot, self.browse.selected
        if row is None:
            return

        def ask() -> list[Cause]:
            from peek_tui.analysis.why import why

            return why(snapshot, row)

        self._ask(ask, self._explain, "looking for the causes")

    def _beginning(self, alert: Alert) -> str:
        """Return the id of the event in which an alert begins; what it is explained by may stand long before."""
        snapshot = self.browse.snapshot
        found = ((id, snapshot.find(id)) for id in alert.evidence)
        rows = ((id, snapshot.row(handle)) for id, handle in found if handle is not None)
        return next((id for id, row in rows if row >= alert.first_row), alert.evidence[0])

    # -- what they find --------------------------------------------------------------------------------------------

    def _ask(self, ask: Callable[[], T], use: Callable[[T], None], what: str) -> None:
        self.stop_asking()
        self._question = Question(ask, use)
        self.tell(f"{what}; {self.stop_key} stops")
        self._question.start(self._tell_answered)

    def _suspected(self, suspects: Suspects) -> None:
        self.view.suspects, self._suspect = suspects, -1
        self.paint(changed=False)
        if suspects.ranked:
            self._list_suspects()
        else:
            self.say("there is no step of an agent here that could be to blame")

    def _list_suspects(self) -> None:
        suspects = self.view.suspects.ranked
        choices = [
            Choice(
                f"{rank} {count(one.row)}", f"{fit(self._what(one.row), _WHAT)}  {clean_line('; '.join(one.reasons))}"
            )
            for rank, one in enumerate(suspects, 1)
        ]

        def chosen(at: int) -> None:
            self._suspect = at

        self._choose("what most likely made it fail", choices, [one.id for one in suspects], chosen)

    def _explain(self, causes: list[Cause]) -> None:
        near = causes[: -_MOST - 1 : -1]
        choices = [Choice(f"{count(one.row)} {one.relation}", self._what(one.row)) for one in near]
        self._choose("why: from this event back to the root", choices, [cause.id for cause in near])

    def _what(self, row: int) -> str:
        """Return what stands in a row, as the timeline says it, but for the models' names, which say little here."""
        event = self.browse.snapshot.event(row)
        look, name = look_of(event.type), "" if event.type in GROUPS[0].types else f"{event.name}  "
        return clean_line(f"{look.code:<4} {'✗' if event.error else look.sign} {name}{summary(event)}")

    def _choose(
        self, title: str, choices: list[Choice], ids: list[str], chosen: Callable[[int], None] = lambda _: None
    ) -> None:
        """List events, and go to the one that is chosen."""

        def go(at: int | None) -> None:
            if at is not None:
                chosen(at)
                self.go_event(ids[at])

        self.choose(title, choices, go)

    def take_answers(self) -> list[Alert]:
        """Take what was found, and return the new alerts; one is announced, and nothing that is looked at moves."""
        before, self.view.found = self.view.found, self.answers.found
        if self.view.found is before:
            return []
        known = {(alert.rule, alert.first_row) for alert in before.alerts}
        fresh = [alert for alert in self.view.found.alerts if (alert.rule, alert.first_row) not in known]
        self.browse.stop_at(self.view.found.rows)
        if fresh and self.live.status == "running":
            self.say(f"! {fresh[-1].title}")
        return fresh

    def open_at_failure(self) -> None:
        """Begin where a run failed, as a debugger does with a core; not with one that was left somewhere else."""
        reading, snapshot = self.reader.reading, self.browse.snapshot
        fresh = self.manner.at_failure and not self.last_key and not self.view.was_left
        if not fresh or self._opened or not reading.complete or self.answers.seen is not snapshot:
            return
        self._opened = True
        found = where_it_failed(snapshot, self.live.status, self.view.found)
        if found is not None:
            row, why = found
            self.go_row(row)
            self.tell(f"opened at {count(row)}: {why}")

    def _tell_answered(self) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody wants news any more
            self.post_message(self.Answered())


def _rows(first: int, last: int) -> str:
    return count(first) if first == last else f"{count(first)}–{count(last)}"
