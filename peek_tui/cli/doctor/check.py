"""One thing that was looked at."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Check"]


class Check(NamedTuple):
    """What was found, and whether it is as it must be. What is merely not there is fine."""

    check: str
    """What was looked at, in a word or two."""
    ok: bool
    detail: str
    """One sentence; of a failed check, what to do about it."""
