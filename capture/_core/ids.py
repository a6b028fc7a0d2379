"""Ids of events (which can be awaited), of writers, of sessions, as wide as OpenTelemetry's span and trace ids."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator

from ..events import NO_EVENT

__all__ = ["NOTHING", "EventId", "Randomness", "new_session_id", "new_writer_id"]

Randomness = Callable[[int], bytes]
"""Returns that many random bytes, as `os.urandom` does."""


class EventId(str):
    """The id of a recorded event: 16 hex digits.

    It is an ordinary `str` that may also be awaited, so one method serves plain and asynchronous code:
    `ctx.record_decision(...)` and `await ctx.record_decision(...)` both give the id.
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Be a plain `str` to whoever unpickles it, perhaps where this package has another name, or is not there."""
        return str, (str(self),)

    def __await__(self) -> Generator[None, None, EventId]:
        yield from ()
        return self


NOTHING = EventId(NO_EVENT)
"""What a `record_*` method returns when nothing could be recorded."""


def new_writer_id(randomness: Randomness = os.urandom) -> str:
    """Return 8 random hex digits, never all zeros: the first half of every id a writer gives."""
    return randomness(4).hex().replace("00000000", "00000001")


def new_session_id(randomness: Randomness = os.urandom) -> str:
    """Return 32 random hex digits."""
    return randomness(16).hex()
