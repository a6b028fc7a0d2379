"""What a signal is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..run import Run

__all__ = ["Signal", "listed"]

_LISTED = 3


class Signal(NamedTuple):
    """One thing that can be measured about an act."""

    name: str
    measure: Callable[[Run], list[float]]
    """Returns a number an act, from 0 to 1."""
    says: Callable[[Run, int], str] | str = ""
    """The reason in words, or what makes it for an act; empty for what is no reason by itself."""

    def reason(self, run: Run, act: int) -> str:
        """Return why this makes an act suspicious; empty when it does not by itself."""
        return self.says if isinstance(self.says, str) else self.says(run, act)


def listed(found: set[str], by: dict[str, list[int]] | None = None) -> str:
    """Return some of these values for a person to read; those that are used most first."""
    order = sorted(found, key=lambda value: (-len(by[value]) if by and value in by else 0, -len(value), value))
    named = ", ".join(f"“{value}”" for value in order[:_LISTED])
    return f"{named} and {len(found) - _LISTED} more" if len(found) > _LISTED else named
