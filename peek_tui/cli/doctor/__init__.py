"""`peek doctor`: what would be recorded here, and whether it arrives."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from peek_tui.cli.output import Exit, print_json, print_line

from .check import Check
from .machine import machine_checks
from .packages import package_checks
from .recording import recording_checks

__all__ = ["run"]


def run(
    python: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="The agent's Python; by default of $VIRTUAL_ENV, else the one Peek runs in."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One check a line.")] = False,
) -> None:
    """Say what is installed, what would be recorded and by which way, what is off, and try it out.

    A small program makes a model call to a server on this machine under `peek run`, and the call is looked for in the
    trace. The exit code is 1 when a check fails.

    Example: `peek doctor --python .venv/bin/python`
    """
    python = python or _default_python()
    failed = set()
    for checks in (package_checks, recording_checks, machine_checks):
        if checks is recording_checks and "python" in failed:
            continue  # that has been answered
        for check in checks(python):
            _show(check, as_json=as_json)
            if not check.ok:
                failed.add(check.check)
    if failed:
        raise SystemExit(Exit.NO)


def _default_python() -> Path:
    environment = os.environ.get("VIRTUAL_ENV")
    python = Path(environment) / "bin" / "python" if environment else None
    return python if python is not None and python.exists() else Path(sys.executable)


def _show(check: Check, *, as_json: bool) -> None:
    if as_json:
        print_json(check._asdict())
    else:
        print_line(f"{'✓' if check.ok else '✗'} {check.check:<14} {check.detail}")
    sys.stdout.flush()
