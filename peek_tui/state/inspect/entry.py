"""One line of the inspector."""

from __future__ import annotations

from typing import NamedTuple

from .code import Code

__all__ = ["Entry", "Path", "Spans"]

Path = tuple[str | int, ...]
"""Where a value stands in the event."""

Spans = tuple[tuple[int, int], ...]
"""Stretches of a text, each from a character to the one after its last."""


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
    marks: Spans = ()
    """What of the text is marked: the words that changed."""
    code: Code | None = None
    """What the text is, if it is code."""
    beside: Entry | None = None
    """What stands in the right one of two columns. This line then is in the left one, and empty where nothing was."""

    @property
    def folds(self) -> tuple[Path, ...]:
        """The branches that this line is the head of: none, one, or one in each column."""
        return tuple(side.path for side in (self, self.beside) if side is not None and side.folded is not None)

    @property
    def is_folded(self) -> bool | None:
        """Whether what it is the head of is folded; None for what does not fold."""
        return self.folded if self.folded is not None or self.beside is None else self.beside.folded
