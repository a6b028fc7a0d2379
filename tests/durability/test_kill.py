"""A process that is killed loses nothing that it was told had been recorded."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import capture
from peek_tui.trace.store import Store

WRITER = """
import os, sys, threading
import capture

ctx = capture.start_session("desk", path=sys.argv[1])
sizes = [0, 100, 700, 5_000, 70_000]

def work(turn):
    number = turn
    while True:
        id = ctx.record_tool_call("search", {"number": number, "text": "x" * sizes[number % 5]})
        os.write(1, id.encode() + b"\\n")
        number += 1

threads = [threading.Thread(target=work, args=(turn,), daemon=True) for turn in range(int(sys.argv[2]))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def load(path: Path) -> Store:
    return Store.load([path])


@pytest.mark.parametrize("seed", range(20))
def test_killed(tmp_path: Path, seed: int) -> None:
    """Every acknowledged event of a killed run is read back; of what was under way at most one line is unfinished."""
    chance = random.Random(seed)
    threads = chance.choice([1, 1, 4])
    path = tmp_path / "run.jsonl"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, path, str(threads)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    with writer.stdout as pipe:
        acknowledged = [pipe.readline() for _ in range(chance.randrange(1, 1500))]
        writer.kill()
        acknowledged += pipe.readlines()
    assert writer.wait() == -signal.SIGKILL
    ids = [line.decode().strip() for line in acknowledged if line.endswith(b"\n")]
    store = load(path)
    snapshot = store.snapshot()
    stats = snapshot.stats()
    assert [id for id in ids if snapshot.find(id) is None] == []
    under_way = {snapshot.event(row).id for row in range(1, len(snapshot))} - set(ids)
    assert len(under_way) <= threads
    assert (stats.damaged, stats.missing, stats.orphans) == ((), (), 0)
    assert store.status() == "crashed"
    store.close()


def test_next_run_in_the_same_file(tmp_path: Path) -> None:
    """A run that goes on in a file which a killed one left with half a line damages no line of its own."""
    path = tmp_path / "run.jsonl"
    with capture.TraceContext("first", path=path):
        pass
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with capture.TraceContext("second", path=path):
        pass
    store = load(path)
    stats = store.snapshot().stats()
    assert (stats.types, stats.sessions, stats.unfinished) == ({"agent_start": 2, "agent_end": 2}, 2, False)
    assert [(damage.line, damage.part) for damage in stats.damaged] == [(2, "payload")]
    store.close()


LIFE = """
import sys
import capture

with capture.TraceContext("desk", path=sys.argv[1]) as ctx:
    print(ctx.record_decision("why"), flush=True)
    sys.stdin.readline()
"""


def test_life(tmp_path: Path) -> None:
    """A run is running while its process lives, and finished when it ended; what it acknowledged is there at once."""
    path = tmp_path / "run.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-c", LIFE, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    id = process.stdout.readline().strip()
    store = load(path)
    assert (store.status(), store.snapshot().find(id), len(store.snapshot())) == ("running", 1, 2)
    process.communicate("go on\n")
    assert store.status() == "crashed"  # as far as this reader has read
    assert store.advance()
    assert (store.status(), len(store.snapshot())) == ("finished", 3)
    store.close()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL, signal.SIGABRT])
def test_stopped_from_outside(tmp_path: Path, by: signal.Signals) -> None:
    """A run whose process was stopped without a word crashed."""
    path = tmp_path / "run.jsonl"
    process = subprocess.Popen([sys.executable, "-c", LIFE, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(by)
    process.communicate()
    store = load(path)
    assert (store.status(), len(store.snapshot())) == ("crashed", 2)
    store.close()


MODE = """
import os, sys
import capture

capture.init(mode=sys.argv[2])
ctx = capture.start_session("desk", path=sys.argv[1])
number = 0
while True:
    id = ctx.record_tool_call("search", {"number": number, "text": "x" * (number % 7 * 300)})
    os.write(1, id.encode() + b"\\n")
    number += 1
"""


@pytest.mark.parametrize("mode", ["queued", "durable"])
@pytest.mark.parametrize("seed", range(5))
def test_killed_in_mode(tmp_path: Path, mode: str, seed: int) -> None:
    """What a killed run has in its file are its first events without a gap: with `durable` all that were acknowledged,
    with `queued` all but those that waited.
    """
    path = tmp_path / "run.jsonl"
    writer = subprocess.Popen([sys.executable, "-c", MODE, path, mode], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    with writer.stdout as pipe:
        acknowledged = [pipe.readline() for _ in range(random.Random(seed).randrange(1, 1500))]
        writer.kill()
        acknowledged += pipe.readlines()
    assert writer.wait() == -signal.SIGKILL
    ids = [line.decode().strip() for line in acknowledged if line.endswith(b"\n")]
    if mode == "queued":
        path.touch()  # all may have waited
    store = load(path)
    snapshot, stats = store.snapshot(), store.snapshot().stats()
    there = [snapshot.event(row).id for row in range(1, len(snapshot))]
    most = min(len(ids), len(there))
    assert there[:most] == ids[:most]
    assert len(there) <= len(ids) + 1
    assert mode == "queued" or len(there) >= len(ids)
    assert (stats.damaged, stats.missing, stats.orphans) == ((), (), 0)
    store.close()
