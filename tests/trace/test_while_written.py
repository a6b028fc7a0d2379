"""A store that follows a real writer says what one opened afresh says, whatever becomes of the writer and its file."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from peek_tui.trace import growing
from peek_tui.trace.store import Store

from .naive import Naive, said_by

pytestmark = pytest.mark.usefixtures("half")

WRITER = """
import os, sys
import capture

ctx = capture.start_session("desk", path=sys.argv[1])
calls = [""]

def record(number):
    kind = number % 4
    if kind == 0:
        calls.append(ctx.record_tool_call("search", {"number": number, "text": "x" * (number * 37 % 900)}))
    elif kind == 1:
        ctx.record_tool_result("search", {"number": number}, duration_ms=number / 8, parent=calls[-1])
    elif kind == 2:
        ctx.record_tool_result("lookup", error=ValueError("città"), agent="planner")
    else:
        ctx.record_llm_response("model", usage={"input_tokens": number, "output_tokens": 1}, cost_usd=0.25)

number = 0
for command in sys.stdin:
    count = int(command)
    while count:
        record(number)
        number += 1
        count -= 1
        if count < 0:
            os.write(1, b"r")  # until it is killed
    os.write(1, b"done\\n")
"""


class Writer:
    """A process that records when it is told to, and is started again when it was killed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WRITER, self._path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self.record(1)

    def record(self, count: int) -> None:
        """Have so many events recorded."""
        self._tell(count)
        assert self._said.readline() == b"done\n"

    def record_until_killed(self, store: Store, events: int) -> None:
        """Have events recorded and read them meanwhile; kill the writer in the middle of it."""
        self._tell(-1)
        for _ in range(events):
            assert self._said.read(1) == b"r"
            store.advance(700)
        self.kill()

    def kill(self) -> None:
        self._process.kill()
        assert self._process.wait() in (-signal.SIGKILL, 0)
        self._said.close()
        if self._process.stdin:
            self._process.stdin.close()

    def _tell(self, count: int) -> None:
        assert self._process.stdin
        self._process.stdin.write(b"%d\n" % count)

    @property
    def _said(self) -> IO[bytes]:
        assert self._process.stdout
        return self._process.stdout


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    writer = Writer(path)
    yield writer
    writer.kill()


@pytest.fixture(autouse=True)
def look_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the path each time."""
    monkeypatch.setattr(growing, "PATH_LOOKS", 0)


def both(store: Store, path: Path, budget: int = 1 << 20) -> tuple[Naive, Naive]:
    """Read on, and return what the follower says, and what a reader says that begins now."""
    while store.advance(budget):
        pass
    fresh = Store.load([path])
    said = said_by(store.snapshot()), said_by(fresh.snapshot())
    fresh.close()
    return said


def check(store: Store, path: Path, budget: int = 1 << 20) -> None:
    """See that nothing is other than for a reader that begins now."""
    followed, fresh = both(store, path, budget)
    assert followed == fresh


def torn(path: Path) -> None:
    """Leave half a line at the end of a file, as a full disk does."""
    with path.open("ab") as stream:
        stream.write(b'{"v":1,"ts":17636256001234')


@pytest.mark.parametrize("seed", range(3))
def test_follower(writer: Writer, path: Path, seed: int) -> None:
    """While a writer appends, is killed, restarts, and its file is rotated, cut and replaced, a follower keeps up."""
    chance, rotated = random.Random(seed), path.with_name("run.jsonl.1")
    store = Store([path])
    steps = ["record", "record", "kill", "kill amid", "torn", "rotate", "truncate", "empty", "replace"]
    for step in chance.sample(steps * 2, 2 * len(steps)):
        match step:
            case "record":
                writer.record(chance.randrange(1, 120))
            case "kill":
                writer.kill()
                writer.start()
            case "kill amid":
                writer.record_until_killed(store, chance.randrange(1, 60))
                check(store, path)
                writer.start()
            case "torn":
                torn(path)
                check(store, path)
                writer.record(2)
            case "rotate":
                path.rename(rotated)
                writer.kill()
                followed, fresh = both(store, rotated)
                assert followed[:3] == fresh[:3]  # but for the name in the file's damage
                writer.start()
            case "truncate":
                os.truncate(path, chance.randrange(path.stat().st_size + 1))
                writer.record(2)
            case "empty":
                os.truncate(path, 0)
                check(store, path)
                writer.record(chance.randrange(1, 90))
            case "replace":
                other = path.with_name("other")
                other.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size + 1)])
                other.rename(path)
        check(store, path, chance.choice([300, 5_000, 1 << 20]))
    store.close()
