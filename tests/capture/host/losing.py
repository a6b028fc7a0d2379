"""An agent whose trace is taken away while it works. Its arguments: where the trace goes, and what happens to it."""

from __future__ import annotations

import os
import resource
import shutil
import sys
from pathlib import Path

import capture
from capture.sinks import file

path, fate = Path(sys.argv[1]), sys.argv[2]
file._LOOK_AFTER = 0.0  # or this would take a second


@capture.trace_tool
def double(number: int) -> int:
    if number == 3:
        raise ValueError("no three")
    return number * 2


def raising(self: object, line: bytes) -> None:
    raise RuntimeError("the sink is broken")


def happens() -> None:
    match fate:
        case "deleted":
            path.unlink()
        case "renamed":
            path.rename(path.with_name("moved.jsonl"))
        case "directory deleted":
            shutil.rmtree(path.parent)
        case "replaced by a directory":
            path.unlink()
            path.mkdir()
        case "may not grow":
            resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, resource.RLIM_INFINITY))
        case "descriptor closed":
            os.closerange(3, 256)
        case "sink raises":
            setattr(file.FileSink, "write", raising)  # noqa: B010


with capture.TraceContext("desk", path=path) as context:
    for number in range(5):
        try:
            sys.stdout.write(f"{double(number)}\n")
        except ValueError as error:
            sys.stdout.write(f"{error}\n")
        if number == 1:
            happens()
    context.record_decision("all doubled")
sys.exit(3)
