"""A live agent in a process of its own, told through a pipe what to record."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = ["Agent"]


class Agent:
    """Runs until the `with` block ends."""

    def __init__(self, path: Path, name: str = "live_agent") -> None:
        self.path = path
        program = Path(__file__).with_name("program.py")
        self._process = subprocess.Popen(
            [sys.executable, str(program), str(path), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._answer() == "ready"

    def __enter__(self) -> Agent:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.lives:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def record(self, method: str, **arguments: Any) -> str:
        """Have an event recorded, and return its id once it is in the file."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([method, arguments]) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def finish(self) -> None:
        """Let the agent end as it likes to."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(60) == 0

    def crash(self) -> None:
        """Kill the agent's process."""
        self._process.kill()
        self._process.wait()

    def events(self) -> list[dict[str, Any]]:
        """The events in its file."""
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()
