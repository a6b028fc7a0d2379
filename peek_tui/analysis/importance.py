"""How much an event matters to a person who skims, from 0 to 1: a number for every row, by rules that can be read here.

- What its author said (`importance`) is what counts, cut to 0–1.
- What failed is at `FAILED`, above every decision; once it was recovered (see `failures`), it sinks to `RECOVERED`.
- A decision is the more important the less sure the agent was: from `SURE` at a confidence of 1 up to `UNSURE` at 0,
  halfway when it does not say.
- A safety check counts by its outcome, everything else by its type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from math import nan
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec

from peek_tui.trace.at_once import decode_at_once
from peek_tui.trace.model import Event, read_number
from peek_tui.trace.snapshot import Snapshot

from .failures import Failures
from .news import News, no_collection, pieces
from .progress import Progress
from .readings import Reading, as_object
from .turns import let_others_go_first
from .values import word_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FAILED", "RECOVERED", "Importance", "importance"]

FAILED = 0.9
RECOVERED = 0.48
SURE, UNSURE = 0.3, 0.6

TYPES = {
    "llm_chunk": 0.05,
    "clock": 0.05,
    "random": 0.05,
    "new_id": 0.05,
    "log": 0.1,
    "file_read": 0.15,
    "llm_request": 0.15,
    "tool_call": 0.2,
    "tool_result": 0.2,
    "llm_response": 0.2,
    "agent_turn": 0.2,
    "file_write": 0.3,
    "checkpoint": 0.3,
    "control": 0.35,
    "subagent_start": 0.4,
    "subagent_end": 0.4,
    "agent_start": 0.4,
    "agent_end": 0.45,
    "prompt_policy": 0.45,
    "repair_attempt": 0.45,
    "user_message": 0.5,
    "drift": 0.7,
    "damaged": 0.7,
    "refusal": 0.75,
    "capture_loss": 0.75,
    "policy_violation": 0.8,
    "behavior_alert": 0.85,
    "error": 0.95,
}
OTHER = 0.25
"""A type that nobody knows."""
CHECKS = {"pass": 0.15, "warn": 0.5, "fail": 0.75, "block": 0.8}
"""Safety checks by their outcome."""


class _Decision(msgspec.Struct, frozen=True, gc=False):
    confidence: float | None = None


class _Line(msgspec.Struct, frozen=True, gc=False):
    data: _Decision = _Decision()


_decoder = msgspec.json.Decoder(_Line)


def _confidences(decisions: list[bytes]) -> Iterable[float | None]:
    """Return how sure each decision is, NaN where it does not say; None for all if one of them is odd."""
    import numpy as np

    lines = list(map(as_object, decisions))
    lengths = np.fromiter(map(len, lines), np.int64, len(lines))
    ends = np.cumsum(lengths + 1) - 1
    found = decode_at_once(_decoder, b"\n".join(lines), ends - lengths, ends) if lines else []
    if found is None:
        return [None] * len(lines)
    said = [line.data.confidence for line in found]
    return [nan if one is None else one for one in said]


_OUTCOME = re.compile(rb'"outcome":"(pass|warn|fail|block)"')


def _outcomes(checks: list[bytes]) -> Iterator[float | None]:
    """Return how important each safety check is; None where that cannot be seen at once."""
    return (CHECKS[said[1].decode()] if said else None for said in map(_OUTCOME.search, checks))


_SURE, _CHECKED = Reading("decision", _confidences), Reading("safety_check", _outcomes)


class Importance:
    """Rates the events of a trace that may grow; only new rows are looked at, and failures that were recovered."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._begin()

    def _begin(self) -> None:
        self._values: Any = None
        self._failures = Failures()
        self._fixed: set[int] = set()
        """The rows whose author said how important they are."""
        self._progress = Progress()
        self._rated = 0

    def of(self, snapshot: Snapshot) -> NDArray[np.float64]:
        """Return the importance of every row of a snapshot. Any thread may ask, for any snapshot of one store.

        What was failed in an older snapshot and is recovered by now counts as recovered in both.
        """
        with self._lock:
            if self._progress.is_new(snapshot):
                self._advance(snapshot)
            values: NDArray[np.float64] = self._values[: len(snapshot)]
            return values

    def _advance(self, snapshot: Snapshot) -> None:
        import numpy as np

        start = self._progress.start(snapshot)
        if start < self._rated:
            self._begin()
            self._progress.start(snapshot)
            start = 0
        room = -1 if self._values is None else len(self._values)
        if len(snapshot) > room:
            grown = np.empty(max(len(snapshot), room * 3 // 2))
            if start:
                grown[:start] = self._values[:start]
            self._values = grown
        rows, said = snapshot.columns.authors_importance
        new = rows >= start
        rows, said = rows[new], said[new]
        self._fixed.update(rows.tolist())
        for first, end in pieces(start, len(snapshot)):
            let_others_go_first()
            with no_collection():
                self._rate(News(snapshot, first, end, reads=(_SURE, _CHECKED)))
        self._values[rows] = np.clip(said, 0.0, 1.0)
        self._rated = len(snapshot)

    def _rate(self, news: News) -> None:
        import numpy as np

        values = self._values[news.start : news.end]
        values[:] = _by_type(news)
        values[news.rows(_SURE.type) - news.start] = _decisions(news)
        values[news.rows(_CHECKED.type) - news.start] = _said(news, _CHECKED, _check)
        failed = news.column("failed")
        values[failed] = np.maximum(values[failed], FAILED)
        let_others_go_first()
        for row in self._failures.take(news):
            if row not in self._fixed:
                self._values[row] = RECOVERED


def importance(snapshot: Snapshot) -> NDArray[np.float64]:
    """Return the importance of every row."""
    return Importance().of(snapshot)


def _by_type(news: News) -> NDArray[Any]:
    import numpy as np

    of_type = np.array([TYPES.get(word, OTHER) for word in news.snapshot.columns.words("type")])
    return of_type.take(news.column("type"))


def _decisions(news: News) -> NDArray[np.float64]:
    """Return the importance of each new decision."""
    import numpy as np

    sure = np.array(_said(news, _SURE, _confidence), np.float64)
    sure[~(np.abs(sure) < 2.0**63)] = 0.5  # it is not said, or no number
    return UNSURE - (UNSURE - SURE) * np.clip(sure, 0.0, 1.0)


def _said(news: News, reading: Reading, otherwise: Callable[[Event], float]) -> list[float]:
    """Return what each new event says, the odd ones read whole."""
    rows = news.rows(reading.type).tolist()
    return [
        otherwise(news.event(row)) if said is None else said for row, said in zip(rows, news.read(reading), strict=True)
    ]


def _confidence(event: Event) -> float:
    said = read_number(event.data.get("confidence"))
    return nan if said is None else said


def _check(event: Event) -> float:
    return CHECKS.get(word_of(event.data.get("outcome")), OTHER)
