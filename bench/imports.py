"""What starting costs: `import capture` in somebody's program, and `peek --version`, against bare Python."""

from __future__ import annotations

import compileall
import subprocess
import sys
from functools import partial
from time import perf_counter

from .measure import Plan, Row, Sample, beyond, milliseconds
from .processes import ROOT, environment

__all__ = ["measure"]

BARE = ("-c", "pass")
STARTS = {
    "import capture": (("-c", "import capture"), 0.030),
    "import capture, and all that recording loads": (
        ("-c", "import capture; capture.TraceContext; capture.install"),
        0.030,
    ),
    "peek --version": (("-m", "peek_tui", "--version"), 0.100),
}
"""What is started, and how many seconds more than bare Python it may take."""


def measure(plan: Plan) -> list[Row]:
    """Measure from the start of each process to its end."""
    for package in ("capture", "peek_tui"):
        compileall.compile_dir(ROOT / package, quiet=2)
    sides = {name: partial(_start, arguments) for name, (arguments, _) in STARTS.items()}
    taken = plan.rounds(25, {"": partial(_start, BARE), **sides})
    return [_row(name, taken[name], taken[""], goal) for name, (_, goal) in STARTS.items()]


def _start(arguments: tuple[str, ...]) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - start


def _row(name: str, ours: Sample, bare: Sample, goal: float) -> Row:
    more, compared = beyond(ours, bare)
    other = f"{milliseconds(bare)} bare Python"
    return Row(name, milliseconds(ours), other, compared, f"≤ +{1e3 * goal:.0f} ms", more <= goal)
