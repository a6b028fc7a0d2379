"""What can be read only once: stdin, a FIFO, what a shell gives for `<(…)`."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.state.traces import TraceFile

from .conftest import PEEK, Peek, environment, lines

EVENTS = f"'{sys.executable}' -m peek_tui events"


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def started(*arguments: str | Path, **changes: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start `peek` with nothing on stdin, and read what it says."""
    given = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **changes}
    with subprocess.Popen([*PEEK, *map(str, arguments)], **given) as running:
        try:
            yield running
        finally:
            running.kill()


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "fifo.jsonl"
    os.mkfifo(path)
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where copies are kept."""
    place = tmp_path / "place"
    place.mkdir()
    return place


def test_fifo(fifo: Path, place: Path, trace: Path, events: list[dict[str, Any]]) -> None:
    """A FIFO is read to its end as it comes, half a line in two pieces too, and nothing is left behind."""
    content = trace.read_bytes()
    with started("events", fifo, "--json", env=environment(TMPDIR=str(place))) as running:
        written = 0
        with fifo.open("wb", buffering=0) as writer:
            for part in (content[:200], content[200:300], content[300:]):
                written += writer.write(part) or 0
                while sum(path.stat().st_size for path in place.glob("*/*")) < written:
                    time.sleep(0.01)
        out, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (0, b"")
    read = [json.loads(line) for line in out.splitlines()]
    assert read == [{**event, "row": row} for row, event in enumerate(events)]
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.ZstdCompressor().compress])
@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
def test_stdin(peek: Peek, trace: Path, name: str, compress: Callable[[bytes], bytes]) -> None:
    """Stdin has several names, and may be compressed."""
    expected = peek("events", trace).stdout
    assert peek("events", name, stdin=trace.read_bytes()).stdout == expected
    assert peek("events", name, stdin=compress(trace.read_bytes())).stdout == expected


def test_redirected(trace: Path) -> None:
    """A file may be redirected to stdin."""
    for name in ("-", "/dev/stdin"):
        with trace.open("rb") as stdin, started("stats", name, "--json", stdin=stdin, env=environment()) as running:
            out, said = running.communicate(timeout=30)
        assert (running.returncode, said, json.loads(out)["events"]) == (0, b"", 8)


@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="a shell that knows <(…)")
def test_substituted(trace: Path, peek: Peek) -> None:
    """What a shell gives for `<(…)` is read to its end."""
    expected = peek("events", trace).stdout
    command = f"{EVENTS} <(gzip -c '{trace}' | zcat)"
    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, env=environment(), check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")


def test_ended_by_its_producer(fifo: Path, tmp_path: Path) -> None:
    """A producer that is killed in the middle of a line leaves what it had written."""
    trace = TraceFile(tmp_path / "other.jsonl")
    trace.add("log", "whole")
    trace.write(b'{"v":1,"ts":17636')
    command = ["/bin/sh", "-c", f"cat '{trace.path}'; kill -9 $$"]
    with started("stats", fifo, "--json", env=environment()) as running, fifo.open("wb") as writer:
        subprocess.run(command, stdout=writer, check=False)
        writer.close()
        out, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (0, b"")
    stats = json.loads(out)
    assert (stats["events"], stats["unfinished"], stats["damaged"]) == (1, True, [])


@pytest.mark.parametrize("waiting", ["for a writer", "for more"])
def test_interrupted(fifo: Path, place: Path, waiting: str) -> None:
    """Ctrl-C ends a command that waits, in silence, with 130, and leaves nothing behind."""
    with started("events", fifo, env=environment(TMPDIR=str(place))) as running:
        wait_until(lambda: list(place.glob("*/*")))
        writer = fifo.open("wb") if waiting == "for more" else None
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=30)
        if writer:
            writer.close()
    assert (running.returncode, *said) == (130, b"", b"")
    assert list(place.iterdir()) == []


def test_as_it_comes(trace: Path) -> None:
    """Events that match are printed as they come through a pipe that has not ended, as of `kubectl logs -f`."""
    whole = trace.read_bytes().splitlines(keepends=True)
    with started("events", "-", "--json", "--where", "error", stdin=subprocess.PIPE, env=environment()) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(b"".join(whole[:7]) + whole[7][:50])
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["row"] == 6
        running.stdin.write(whole[7][50:] + whole[6].replace(b"00000006", b"00000008"))
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["row"] == 8
        assert running.poll() is None
        running.stdin.close()
        assert running.wait(30) == 0


def test_enough(trace: Path) -> None:
    """Who wanted so many events only does not wait for the end of a pipe."""
    with started("events", "-", "--limit", "2", stdin=subprocess.PIPE, env=environment()) as running:
        assert running.stdin is not None
        running.stdin.write(trace.read_bytes())
        running.stdin.flush()
        assert running.wait(30) == 0
        assert running.stdout is not None
        assert running.stdout.read().count(b"\n") == 2


def test_pipe_that_does_not_wait(trace: Path, peek: Peek, place: Path) -> None:
    """A pipe that somebody has made one that does not wait for data is waited for nevertheless."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    with started("events", "-", stdin=read, env=environment(TMPDIR=str(place))) as running:
        wait_until(lambda: list(place.glob("*/*")))
        os.close(read)
        os.write(write, trace.read_bytes())
        os.close(write)
        out, said = running.communicate(timeout=30)
    assert (running.returncode, said, out.decode()) == (0, b"", peek("events", trace).stdout)


def test_closed() -> None:
    """Stdin that is closed is an error that says so."""
    done = subprocess.run(
        ["/bin/sh", "-c", f"{EVENTS} - <&-"], capture_output=True, text=True, env=environment(), check=False
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "peek: - cannot be read: Bad file descriptor\n"


def test_copy_that_cannot_be_kept(trace: Path) -> None:
    """A copy that cannot be kept is an error, not a shorter trace."""
    command = f"ulimit -f 1; cat '{trace}' '{trace}' '{trace}' | '{sys.executable}' -m peek_tui stats -"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, env=environment(), check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "peek: - was not read to its end: File too large\n"


@pytest.mark.parametrize("command", ["stats", "events"])
def test_little_that_cannot_be_kept(trace: Path, command: str) -> None:
    """Neither is a few lines that come at once and find no room; nobody waits for more of them."""
    shell = f"ulimit -f 1; head -n 6 '{trace}' | '{sys.executable}' -m peek_tui {command} - >&2"
    done = subprocess.run(
        ["/bin/sh", "-c", shell], capture_output=True, text=True, env=environment(), check=False, timeout=60
    )
    assert done.returncode == 3
    assert done.stderr.endswith("peek: - was not read to its end: File too large\n")


def test_left_out(peek: Peek, trace: Path) -> None:
    """The traces of a directory that cannot be opened are named in one sentence, and the others are read."""
    for name in "abcde":
        (trace.parent / f"{name}.jsonl").symlink_to(trace.parent / "nowhere")
    done = peek("events", trace.parent, "--json")
    assert len(done.stdout.splitlines()) == 8
    why = "(No such file or directory)"
    named = ", ".join(f"{trace.parent}/{name}.jsonl {why}" for name in "abc")
    assert done.stderr == f"peek: left out, because they cannot be opened: {named} and 2 more\n"


def test_compressed_session(peek: Peek, trace: Path, tmp_path: Path, events: list[dict[str, Any]]) -> None:
    """A session whose trace was compressed is found by its id, listed and read like any other."""
    (tmp_path / "traces").mkdir()
    (tmp_path / "traces" / "run.jsonl.gz").write_bytes(gzip.compress(trace.read_bytes()))
    session = events[0]["session"]
    assert [row["events"] for row in lines(peek("events", session[:6].upper(), "--json", "--limit", "0"))] == []
    [listed] = lines(peek("ls", "--json"))
    assert (listed["id"], listed["status"], listed["events"]) == (session, "finished", 8)
    assert len(lines(peek("events", "latest", "--json"))) == 8
