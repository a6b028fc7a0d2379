from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal is a pty here")

ROOT = Path(__file__).parents[2]

FIGURES = (
    "one event, the demo's",
    "one event, a decision",
    "one event, a log line",
    "import capture",
    "import capture, and all that recording loads",
    "peek --version",
    "first rows, the demo",
    "first rows, 9",
    "all rows, 9",
    "Down, the demo, small payloads",
    "Down, the demo, all",
    "Down, the demo, to the last byte",
    "PageDown, the demo",
    "PageDown, the demo, to the last byte",
    "Down, 9",
    "PageDown, 9",
    "idle for 0.3 s, written",
    "idle for 0.3 s, processor",
    "50 events/s, recorded to visible",
    "1,000 events/s, processor",
    "1,000 events/s, written",
    "read 2,000 events",
)


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


def test_prints_every_figure() -> None:
    """The command measures every figure, prints a line for each, and ends well whatever the numbers are."""
    ended = bench("--quick")
    lines = ended.stdout.splitlines()
    missing = [figure for figure in FIGURES if not any(line.startswith(figure) for line in lines)]
    assert ended.returncode == 0, ended.stderr
    assert "could not be measured" not in ended.stdout, ended.stdout
    assert not missing, ended.stdout


def test_measures_one_figure_alone() -> None:
    """`--only` leaves the other figures out."""
    ended = bench("--quick", "--only", "idle")
    assert ended.returncode == 0, ended.stderr
    assert "idle for" in ended.stdout
    assert "import capture" not in ended.stdout
