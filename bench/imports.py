"""What starting costs: `import capture` in somebody's program, what `peek run` has one do before it begins, and
`peek --version`, against bare Python.
"""

from __future__ import annotations

import compileall
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from time import perf_counter
from types import MappingProxyType

from capture._core.roots import SESSION_VARIABLE
from capture._core.run import RUN_VARIABLE
from capture.bootstrap.launch import prepare

from .measure import Plan, Row, Sample, beyond, milliseconds
from .processes import ROOT, environment

__all__ = ["measure"]

BARE = ("-c", "pass")
RECORDED = "a program under peek run"
RECORDED_GOAL = 0.040
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
    sides[RECORDED] = partial(_start, BARE, _recorded(plan))
    taken = plan.rounds(25, {"": partial(_start, BARE), **sides})
    rows = [_row(name, taken[name], taken[""], goal) for name, (_, goal) in STARTS.items()]
    return [*rows, _row(RECORDED, taken[RECORDED], taken[""], RECORDED_GOAL)]


def _recorded(plan: Plan) -> dict[str, str]:
    """Return what `peek run` adds to the environment of a program."""
    launch = prepare(["python"], plan.traces.directory / "start.jsonl")
    return {name: launch.environment[name] for name in ("PYTHONPATH", RUN_VARIABLE, SESSION_VARIABLE)}


def _start(arguments: tuple[str, ...], variables: Mapping[str, str] = MappingProxyType({})) -> float:
    start = perf_counter()
    command, env = [sys.executable, *arguments], {**environment(), **variables}
    subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - start


def _row(name: str, ours: Sample, bare: Sample, goal: float) -> Row:
    more, compared = beyond(ours, bare)
    other = f"{milliseconds(bare)} bare Python"
    return Row(name, milliseconds(ours), other, compared, f"≤ +{1e3 * goal:.0f} ms", more <= goal)
