"""`peek demo`: a small real agent, recorded live, with the debugger on it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from peek_tui.errors import InputError, UsageError
from peek_tui.paths import trace_directory

from .options import out_path
from .output import print_line
from .screen import has_terminal, run_screen


def run(
    speed: Annotated[float, typer.Option(min=0, help="2 is twice as fast, 0 is without any pause.")] = 1.0,
    events: Annotated[
        int | None, typer.Option(min=2, help="Write a generated trace of so many events instead; needs --out.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", parser=out_path, help="Only record, to this file, and print its path."),
    ] = None,
) -> None:
    """Run a support agent against a model server on this machine, record it, and open the debugger on it live.

    Example: `peek demo --speed 2`
    """
    if events is not None:
        _generate(events, out)
    elif out is not None or not has_terminal():
        _record(speed, out)
    else:
        _watch(speed)


def _generate(events: int, out: Path | None) -> None:
    if out is None:
        raise UsageError("--events needs --out FILE to write to")
    from peek_tui.demo.generate import generate

    try:
        generate(out, events)
    except FileExistsError:
        raise UsageError(f"{out} exists already; give another --out") from None
    _print_recorded(out)


def _record(speed: float, out: Path | None) -> None:
    agent = subprocess.run(_agent(speed, out), capture_output=True, text=True, check=False)
    if agent.returncode:
        raise InputError(f"the demo agent failed: {_last_line(agent.stderr)}")
    _print_recorded(Path(_last_line(agent.stdout)))


def _print_recorded(path: Path) -> None:
    """Print a trace's path, once the trace is known to be there: recording never fails on its own."""
    if not path.exists():
        raise InputError(_unwritable(path))
    print_line(str(path))


def _watch(speed: float) -> None:
    """Start the agent in a session of its own, so that leaving the debugger does not end it."""
    now = time.time_ns()
    start = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now // 10**9))
    path = trace_directory() / f"{start}-demo-{now % 10**9:09d}.jsonl"
    with tempfile.TemporaryFile("w+") as said:
        agent = subprocess.Popen(
            _agent(speed, path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        while not path.exists():
            if agent.poll() is not None:
                said.seek(0)
                failure = f"the demo agent failed: {_last_line(said.read())}"
                raise InputError(failure if agent.returncode else _unwritable(path))
            time.sleep(0.02)
    run_screen([path], title="demo", follow=True)
    print_line(str(path))


def _agent(speed: float, out: Path | None) -> list[str]:
    command = [sys.executable, "-m", "peek_tui.demo.agent", "--speed", str(speed)]
    return command if out is None else [*command, "--out", str(out)]


def _unwritable(path: Path) -> str:
    return f"{path} cannot be written; see to its directory, or give another --out"


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
