"""A request's messages, of which those need not be there that an earlier request began with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..values import dump_line

__all__ = ["NOTHING", "Conversation", "Mark", "Said"]


class Said(NamedTuple):
    """Stands for the first messages of a conversation."""

    digest: int
    messages: int
    bytes: int


NOTHING = Said(0, 0, 0)


class Mark:
    """Where a conversation stands, once a request of it has been written."""

    __slots__ = ("said",)

    def __init__(self) -> None:
        self.said: Said | None = None


class Conversation:
    """The messages of a request: those `new` after `before`. `whole` gives all of them, if that should be needed."""

    __slots__ = ("_encoded", "before", "mark", "new", "whole")

    def __init__(self, new: list[Any], before: Said = NOTHING, whole: Callable[[], list[Any]] | None = None) -> None:
        self.new = new
        self.before = before
        self.whole = whole or (lambda: new)
        self.mark = Mark()
        self._encoded: list[bytes] | None = None

    def encoded(self) -> list[bytes]:
        """Return each of the new messages as it is written. Raises TypeError, ValueError or RecursionError for one that
        has to be encoded with care.
        """
        if self._encoded is None:
            self._encoded = [dump_line(message)[:-1] for message in self.new]
        return self._encoded
