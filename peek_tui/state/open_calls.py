"""What a run is doing right now: calls that nothing has answered yet, what a model has said so far, and how fast."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from peek_tui.render.text import clean_line
from peek_tui.trace.store import Snapshot

__all__ = ["Call", "OpenCalls"]

_CALLS = ("llm_request", "tool_call")
_ANSWERS = ("llm_response", "tool_result")
_FAR = 2_000
"""Rows that are looked at at once, while the screen waits. Of a run that is faster, only what is newest."""
_TAIL = 240
"""Characters of a streamed text that are kept, from its end."""
_SECONDS = 12
"""Seconds of which the rate is told."""
_BARS = " ▁▂▃▄▅▆▇"


class Call(NamedTuple):
    """A call that is open."""

    type: str
    name: str
    ts: int
    """When it began, nanoseconds since 1970 UTC."""
    said: str = ""
    """The end of what has been streamed of the answer."""


class OpenCalls:
    """Keeps account of the open calls while a trace grows; looks only at what is new."""

    def __init__(self) -> None:
        self._seen: Snapshot | None = None
        self._open: dict[int, Call] = {}
        """By the handle of the call, in the order in which they began."""
        self._arrived: deque[tuple[int, int]] = deque(maxlen=_SECONDS)
        """How many events came in which second."""

    @property
    def calls(self) -> list[Call]:
        return list(self._open.values())

    def update(self, snapshot: Snapshot, now: int) -> None:
        """Take a newer snapshot; `now` is in nanoseconds since 1970 UTC."""
        before, self._seen = self._seen, snapshot
        if snapshot is before:
            return
        start = 0 if before is None else snapshot.same_rows(before)
        if before is not None and start == len(before):
            self._count(len(snapshot) - start, now // 1_000_000_000)
        if before is None or start < len(before) or len(snapshot) - start > _FAR:
            self._open.clear()  # what stood before has moved, or may have been answered meanwhile
            start = max(0, len(snapshot) - _FAR)
        self._take(snapshot, start)

    def rate(self, now: int) -> str:
        """Return the events of the last seconds as bars, the newest last, each as high as its share of the most."""
        second = now // 1_000_000_000
        counts = dict(self._arrived)
        each = [counts.get(second - ago, 0) for ago in range(_SECONDS - 1, -1, -1)]
        most = max(each)
        return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in each) if most else ""

    def _count(self, number: int, second: int) -> None:
        if self._arrived and self._arrived[-1][0] == second:
            number += self._arrived.pop()[1]
        self._arrived.append((second, number))

    def _take(self, snapshot: Snapshot, start: int) -> None:
        """Take the events from a row on. Lines are read of chunks only, of calls that are open after all of them."""
        columns = snapshot.columns
        words, types, parents = columns.words("type"), columns.type[start:].tolist(), columns.parent[start:].tolist()
        called: list[int] = []
        answered: set[int] = set()
        chunks: dict[int, list[int]] = {}
        for row, type, call in zip(range(start, len(snapshot)), map(words.__getitem__, types), parents, strict=True):
            if type in _CALLS:
                called.append(row)
            elif type in _ANSWERS:
                answered.add(call)
            elif type == "llm_chunk":
                chunks.setdefault(call, []).append(row)
        self._open |= {
            handle: _call(snapshot, row) for row in called if (handle := snapshot.handle(row)) not in answered
        }
        for call in answered & self._open.keys():
            del self._open[call]
        for call in chunks.keys() & self._open.keys():
            self._listen(snapshot, call, chunks[call])

    def _listen(self, snapshot: Snapshot, handle: int, rows: Sequence[int]) -> None:
        """Take what a model says in these chunks, from the last one back."""
        call, heard = self._open[handle], ""
        for row in reversed(rows):
            data = snapshot.event(row).data
            text = data.get("text") or data.get("thinking")
            heard = (text if isinstance(text, str) else "") + heard
            if len(heard) >= _TAIL:
                break
        self._open[handle] = call._replace(said=(call.said + heard)[-_TAIL:])


def _call(snapshot: Snapshot, row: int) -> Call:
    return Call(snapshot.type(row), clean_line(snapshot.name(row)), snapshot.ts(row))
