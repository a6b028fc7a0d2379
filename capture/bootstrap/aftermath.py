"""What a program could not write into its trace itself: how it ended, when nothing in it lived to see that."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

__all__ = ["tell_end"]

_LOOKED_AT = 1 << 20
"""Bytes at both ends of a trace in which the beginnings and ends of its agents are looked for."""
_CANCELLED = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
"""Signals by which somebody has a program stop. One that dies of any other has crashed."""


def tell_end(path: Path, pid: int, code: int) -> None:
    """Write how the process `pid` ended, unless it has; `code` is its exit code or minus the signal that killed it.

    A run that was stopped from outside is `cancelled`; one that was killed or crashed gets an `error` and no end, so
    that it shows as crashed.
    """
    lines = _lines(path)
    if not _has_ended(lines):
        started = _open_agents(lines, pid)
        if started:
            _write(path, started, code)


def _lines(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
        file.seek(max(file.seek(0, 2) - _LOOKED_AT, len(head)))
        return [*head.splitlines(), *file.read().splitlines()]


def _has_ended(lines: list[bytes]) -> bool:
    """Whether the last line ends what the first one began, as nearly always; what follows need not be imported then."""
    first, last = lines[0] if lines else b"", lines[-1] if lines else b""
    id = first.partition(b'"id":')[2][:18]
    return (
        b'"type":"agent_start"' in first
        and last.partition(b'"parent":')[2].startswith(id + b',"session":')
        and (b'"type":"agent_end"' in last[:160])
    )


def _open_agents(lines: list[bytes], pid: int) -> list[dict[str, Any]]:
    """Return the sessions' `agent_start`s of a process that have no `agent_end`, in order."""
    from ..errors import LineError
    from ..format import parse_line

    started: dict[str, dict[str, Any]] = {}
    for line in lines:
        if b'"type":"agent_' not in line[:160]:
            continue
        try:
            event = parse_line(line).event
        except LineError:
            continue
        if event["type"] == "agent_start" and event.get("data", {}).get("pid") == pid:
            started[event["id"]] = event
        elif event["type"] == "agent_end":
            started.pop(event["parent"], None)
    return list(started.values())


def _write(path: Path, started: list[dict[str, Any]], code: int) -> None:
    from .._core.clock import SystemClock
    from .._core.ids import new_writer_id
    from .._core.recorder import Recorder, Totals
    from ..sinks.file import FileSink

    recorder = Recorder(started[0]["session"], new_writer_id(), FileSink(path), SystemClock())
    if code < 0 and -code not in _CANCELLED:
        name = _name(-code)
        killed = {"error": {"type": name, "message": f"the process was killed by {name}"}}
        recorder.record("error", name, started[-1]["id"], killed, {}, Totals())
    else:
        header, data = _ending(code)
        for start in reversed(started):
            recorder.record("agent_end", start["name"], start["id"], header, data, Totals())
    recorder.close()


def _ending(code: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and payload of an `agent_end`."""
    if code < 0:
        return {}, {"status": "cancelled", "signal": _name(-code)}
    if code:
        return {"error": {"type": "SystemExit", "message": str(code)}}, {"status": "error", "exit_code": code}
    return {}, {"status": "completed", "exit_code": code}


def _name(number: int) -> str:
    """Return what a signal is called; those between the first and the last of the real-time ones have no name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
