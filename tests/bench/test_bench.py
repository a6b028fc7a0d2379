from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import FIGURES as ALL_FIGURES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a terminal is a pty here")

ROOT = Path(__file__).parents[2]
SIZE = r"\d+ [KM]B"

FIGURES = {
    "event": (
        r"one event, the demo's \d+ in turn, [\d,]+ bytes",
        r"one event, a decision of \d+ bytes",
        r"one event, a log line of \d+ bytes",
        r"redacted, the demo's \d+ in turn, [\d,]+ bytes",
        r"redacted, code of \d+ bytes",
        r"redacted, paths of \d+ bytes",
        r"redacted, prose of \d+ bytes",
    ),
    "hostile": (r"redacted, 10 KB of .+, the slowest of \d+", r"redacted, 10 KB of .+, the middle one of \d+"),
    "threads": ("one event among 16 busy threads, p99",),
    "span": ("a tool's call and result",),
    "first_token": ("first token, anthropic, with capture", "first token, openai, with capture"),
    "model_call": (
        "a model call of 100 KB that goes on, CPU",
        "a model call of 100 KB that is new, CPU",
        "a chat of 10 turns on disk",
    ),
    "imports": (
        "import capture",
        "import capture, and all that recording loads",
        "peek --version",
        "a program under peek run",
    ),
    "start": ("first rows, the demo", f"first rows, {SIZE}", f"all rows, {SIZE}"),
    "keys": (
        "Down, the demo, small payloads",
        "Down, the demo, all",
        "Down, the demo, all, for a place that changes",
        "Down, the demo, to the last byte",
        "PageDown, the demo",
        "PageDown, the demo, to the last byte",
        f"Down, {SIZE}, small payloads",
        f"Down, {SIZE}, all",
        f"Down, {SIZE}, all, for a place that changes",
        f"Down, {SIZE}, to the last byte",
        f"PageDown, {SIZE}",
        f"PageDown, {SIZE}, to the last byte",
        f"Down while {SIZE} are read, to the new position",
    ),
    "payload": tuple(f"0.02 MB selected to shown, {shape}" for shape in ("a tree", "a text", "a conversation")),
    "find": (f"{SIZE}: a text typed to hits counted",),
    "idle": (r"idle for [\d.]+ s, written", r"idle for [\d.]+ s, processor"),
    "follow": (
        "50 events/s, recorded to visible",
        "1,000 events/s, processor",
        "1,000 events/s, written",
        "Down while 1,000 events/s arrive",
    ),
    "index": (
        "index of 2,000 events, own order",
        "index of 2,000 events, its headers alone",
        "index of 2,000 events, foreign order",
        "index of 2,000 events, time",
        "index of 2,000 events, memory",
        "index of 20,000 events",
        "index of 20,000 events, held",
        "index of 20,000 events, at the most",
        "index of 2,000 events, kept",
        "index of 2,000 events, to make and keep it",
    ),
    "commands": tuple(
        f"{command}, 20,000 events{cost}"
        for command in (
            "peek events --where error --limit 1",
            "peek stats",
            "peek stats again",
            "peek events --where error --limit 1, indexed",
        )
        for cost in ("", ", memory")
    ),
    "search": (f"search {SIZE}", f"search {SIZE} in any case"),
    "lag": (
        f"event loop late while {SIZE} are indexed",
        f"event loop late while {SIZE} are looked through for alerts",
        f"event loop late while {SIZE} are searched",
        "event loop late while numpy is imported",
    ),
    "tail": (
        "100,000 events/s for 0.5 s, without a screen: behind",
        "100,000 events/s for 0.5 s, without a screen: the tree behind",
        "100,000 events/s for 0.5 s, without a screen: processor",
        "100,000 events/s for 0.5 s, on the screen: behind",
        "100,000 events/s for 0.5 s, on the screen: processor",
    ),
    "fold": ("fold or unfold one branch of 2,000 events",),
}
"""The figures that are measured on what every machine has; those of real runs follow, if these are there."""


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", "--quick", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


def test_every_figure_is_tested() -> None:
    """Every figure is expected here or has a test of its own: those of alerts and peers below, of culprits beside."""
    assert [*FIGURES, "culprit", "alerts", "peers"] == list(ALL_FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_prints_every_figure(name: str) -> None:
    """Every figure has a line with a number, in the order they are listed, the others have none, the end is well."""
    ended = bench("--only", name)
    assert ended.returncode == 0, ended.stderr
    assert "could not be measured" not in ended.stdout
    head, *lines = ended.stdout.split("\n\n")[1].splitlines()
    assert head.split() == ["figure", "here", "against", "compared", "goal", "met"]
    assert len(lines) >= len(FIGURES[name]), lines
    for line, figure in zip(lines, FIGURES[name], strict=False):
        assert re.match(rf"{figure} {{2,}}(p99 )?[\d,.]+", line), (figure, line)
    others = "|".join(figure for other, figures in FIGURES.items() if other != name for figure in figures)
    assert not [line for line in lines if re.match(rf"({others}) {{2,}}", line)]


def test_prints_the_figures_of_alerts() -> None:
    """What alerts cost, how soon they are there, and what they say of real runs or that there are none."""
    ended = bench("--only", "alerts")
    assert ended.returncode == 0, ended.stderr
    cost, delay, real, *_ = ended.stdout.split("\n\n")[1].splitlines()[1:]
    assert re.match(r"alerts, importance and tree of 2,000 events {2,}[\d.]+ m?s", cost)
    assert re.match(r"1,000 events/s, an alert's last event to the alert {2,}[\d.]+ m?s", delay)
    assert re.match(r"  open todos {2,}\d+ failed, \d+ passed|unfinished business {2,}.* is not there", real)


def test_prints_the_figures_of_peers() -> None:
    """What the tools cost that people have already, or that none of them is here."""
    ended = bench("--only", "peers")
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.split("\n\n")[1].splitlines()[1:]
    if lines[0].startswith("beside others  "):
        assert "neither lnav nor toolong is here" in lines[0]
    else:
        for figure, line in zip(("first rows", "Down", "PageDown"), lines, strict=True):
            assert re.match(
                rf"beside others: {figure}, {SIZE} {{2,}}[\d,.]+ ms.* {{2,}}(lnav|toolong) [\d,.]+ ms", line
            )
