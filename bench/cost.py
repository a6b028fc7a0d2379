"""Runs Python to its end and writes what that cost, as JSON: `python -m bench.cost ARGUMENTS…`.

A process of its own, and a small one: to Linux the most memory a process ever had includes what its parent had when it
was started.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

__all__: list[str] = []


def main(*arguments: str) -> None:
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    said = {"seconds": used.ru_utime + used.ru_stime, "peak": peak}
    sys.stdout.write(json.dumps(said))
    raise SystemExit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(*sys.argv[1:])
