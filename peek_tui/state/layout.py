"""Which panes are seen, and how the room is shared out, on a screen of any size."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

__all__ = ["LOW", "MID", "PANES", "TALL", "WIDE", "Arrangement", "Layout", "Pane", "arrange"]

PANES = ("timeline", "tree", "inspector")
MID, WIDE = 100, 160
"""From so many columns on panes stand side by side: the timeline beside the others, then all three."""
LOW, TALL = 20, 32
"""Below so many lines a narrow screen has room for one pane; from so many on the strip has two lines."""
_STEP, _LEAST, _MOST = 5, 20, 80
"""Shares are changed and bounded in hundredths."""
_SHARES = {"narrow": 65, "mid-across": 60, "mid-down": 50, "wide-left": 27, "wide-right": 27}


@dataclass(frozen=True)
class Layout:
    """What a user has chosen."""

    hidden: frozenset[str] = frozenset()
    """Panes that are not wanted; also `strip`."""
    alone: str = ""
    """The pane that takes all the room; none, when it is shared."""
    tree_first: bool = False
    """Whether the tree takes the timeline's place where there is room for one of them."""
    shares: dict[str, int] = field(default_factory=dict)
    """Hundredths, where they are not the usual ones."""

    def toggled(self, pane: str) -> Layout:
        """Return the layout with a pane shown or hidden."""
        return replace(self, hidden=self.hidden ^ {pane}, alone="")

    def share(self, name: str) -> int:
        """Return a share in hundredths."""
        return min(_MOST, max(_LEAST, self.shares.get(name, _SHARES[name])))

    def resized(self, pane: str, across: int, down: int, width: int) -> Layout:
        """Return the layout with a pane so many steps wider and higher, as far as that means anything here."""
        changes: dict[str, int] = {}
        if width >= WIDE:
            if pane == "timeline":
                changes = {"wide-left": -across, "wide-right": -across}
            else:
                changes = {"wide-left" if pane == "tree" else "wide-right": across}
        elif width >= MID:
            changes = {
                "mid-across": across if pane == "timeline" else -across,
                "mid-down": {"timeline": 0, "tree": down, "inspector": -down}[pane],
            }
        else:
            changes = {"narrow": -down if pane == "inspector" else down}
        shares = {name: self.share(name) + _STEP * by for name, by in changes.items() if by}
        return replace(self, shares={**self.shares, **{k: min(_MOST, max(_LEAST, v)) for k, v in shares.items()}})


class Pane(NamedTuple):
    """One pane that is seen."""

    name: str
    rows: int = 1
    """How many rows of the grid it takes."""
    left: bool = False
    """Whether a line stands on its left."""
    top: bool = False


class Arrangement(NamedTuple):
    """Panes in a grid, in the order in which they fill it."""

    panes: tuple[Pane, ...]
    columns: tuple[int, ...]
    """Shares of the width."""
    rows: tuple[int, ...]
    """Shares of the height."""


def arrange(layout: Layout, width: int, height: int) -> Arrangement:
    """Return what is seen. The timeline is, unless another pane takes its place or all the room."""
    if layout.alone:
        return _alone(layout.alone)
    seen = [pane for pane in PANES if pane == "timeline" or pane not in layout.hidden]
    if width >= WIDE:
        return _side_by_side(layout, seen)
    if width >= MID:
        return _timeline_beside(layout, seen)
    top = "tree" if layout.tree_first else "timeline"
    if height < LOW or "inspector" not in seen:
        return _alone(top)
    share = layout.share("narrow")
    return Arrangement((Pane(top), Pane("inspector", top=True)), (1,), (share, 100 - share))


def _alone(pane: str) -> Arrangement:
    return Arrangement((Pane(pane),), (1,), (1,))


def _side_by_side(layout: Layout, seen: list[str]) -> Arrangement:
    order = [pane for pane in ("tree", "timeline", "inspector") if pane in seen]
    sides = {"tree": layout.share("wide-left"), "inspector": layout.share("wide-right")}
    rest = 100 - sum(sides[pane] for pane in order if pane != "timeline")
    columns = tuple(sides.get(pane, max(_LEAST, rest)) for pane in order)
    return Arrangement(tuple(Pane(pane, left=at > 0) for at, pane in enumerate(order)), columns, (1,))


def _timeline_beside(layout: Layout, seen: list[str]) -> Arrangement:
    across, down = layout.share("mid-across"), layout.share("mid-down")
    beside = seen[1:]
    if not beside:
        return _alone("timeline")
    panes = (Pane("timeline", rows=len(beside)), *(Pane(name, left=True, top=at > 0) for at, name in enumerate(beside)))
    return Arrangement(panes, (across, 100 - across), (down, 100 - down) if len(beside) > 1 else (1,))
