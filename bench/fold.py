"""What folding or unfolding one branch of a tree costs until it is painted, against the same in Textual's `Tree`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType

from .measure import Plan, Row, faster, milliseconds
from .processes import ROOT, environment

__all__ = ["Folding", "measure"]

GOAL = 50.0


class Folding:
    """A process with a tree in it, which folds and unfolds a branch whenever it is asked to."""

    def __init__(self, whose: str, path: Path) -> None:
        self._command = [sys.executable, "-m", "bench.folding", whose, str(path)]

    def __enter__(self) -> Folding:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate()

    def __call__(self) -> float:
        """Return the seconds of processor time that one change took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("once\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


def measure(plan: Plan) -> list[Row]:
    """Measure the tree of a generated trace, all of it unfolded."""
    events = plan.choose(100_000, 2_000)
    path = plan.traces.generated(events)
    with Folding("ours", path) as ours, Folding("textual", path) as textuals:
        taken = plan.rounds(5, {"ours": ours, "textual": textuals})
    ratio, compared = faster(taken["ours"], taken["textual"])
    figure, other = f"fold or unfold one branch of {events:,} events", f"{milliseconds(taken['textual'])} Textual"
    return [Row(figure, milliseconds(taken["ours"]), other, compared, f"≥ {GOAL:g}×", ratio >= GOAL)]
