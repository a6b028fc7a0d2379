"""One line of the inspector."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Entry", "Path"]

Path = tuple[str | int, ...]
"""Where a value stands in the event."""


class Entry(NamedTuple):
    """One line of the inspector, safe for a terminal."""

    indent: int
    key: str
    text: str
    kind: str
    """What it is, for its colour: `fact`, `dim`, `error`, `stack`, `string`, `number`, `constant`, `branch`, `speaker`,
    `code`, `added`, `removed`."""
    path: Path
    folded: bool | None = None
    """None for what does not fold."""
    sign: str = ""
    """One character in the margin: `+` for what is new, `-` for what is gone."""
