from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture import TraceContext
from capture.sinks.file import FileSink
from capture.testing import read_events
from peek_tui.trace.locks import writer_lives
from tests.conftest import RunPython


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[FileSink]:
    sink = FileSink(tmp_path / "run.jsonl")
    yield sink
    sink.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def locked(path: Path) -> bool | None:
    fd = os.open(path, os.O_RDONLY)
    try:
        return writer_lives(fd)
    finally:
        os.close(fd)


class TestFiles:
    def test_private(self, tmp_path: Path) -> None:
        """The file, and every directory that had to be made for it, is the user's alone, whatever the umask allows."""
        before = os.umask(0)
        try:
            with TraceContext(path=tmp_path / "a/b/c/run.jsonl") as ctx:
                pass
        finally:
            os.umask(before)
        assert ctx.path is not None
        assert mode(ctx.path) == 0o600
        assert [mode(tmp_path / level) for level in ("a", "a/b", "a/b/c")] == [0o700] * 3

    def test_directories_that_exist(self, tmp_path: Path) -> None:
        """A directory that is there keeps its mode."""
        (tmp_path / "open").mkdir(mode=0o755)
        (tmp_path / "open").chmod(0o755)
        FileSink(tmp_path / "open/run.jsonl").write(b"x\n")
        assert mode(tmp_path / "open") == 0o755

    def test_nothing_before_the_first_line(self, sink: FileSink) -> None:
        """The file is made at the first write."""
        assert not sink.path.exists()
        sink.write(b"one\n")
        assert sink.path.read_bytes() == b"one\n"

    def test_working_directory(self, run_python: RunPython) -> None:
        """A program that records leaves nothing where it runs (`run_python` looks), and prints nothing."""
        program = "import capture\nwith capture.TraceContext() as ctx: print(ctx.path)"
        assert Path(run_python(program).stdout.strip()).is_file()


class TestAppending:
    def test_append(self, tmp_path: Path) -> None:
        """What stands in the file stays."""
        path = tmp_path / "run.jsonl"
        path.write_bytes(b"old\n")
        sink = FileSink(path)
        sink.write(b"one\n")
        sink.write(b"two\n")
        sink.close()
        assert path.read_bytes() == b"old\none\ntwo\n"

    def test_half_a_line(self, tmp_path: Path) -> None:
        """A file that ends in half a line gets a newline first."""
        path = tmp_path / "run.jsonl"
        path.write_bytes(b'old\n{"v":1,"ts"')
        sink = FileSink(path)
        sink.write(b"one\n")
        sink.close()
        assert path.read_bytes() == b'old\n{"v":1,"ts"\none\n'

    def test_reopened(self, sink: FileSink) -> None:
        """A write after the close opens the file again."""
        sink.write(b"one\n")
        sink.close()
        sink.close()
        sink.write(b"two\n")
        assert sink.path.read_bytes() == b"one\ntwo\n"

    def test_two_writers(self, tmp_path: Path) -> None:
        """Two writers of one file keep their lines whole."""
        first, second = FileSink(tmp_path / "run.jsonl"), FileSink(tmp_path / "run.jsonl")
        first.write(b"one\n")
        second.write(b"two\n")
        first.write(b"three\n")
        first.close()
        second.close()
        assert (tmp_path / "run.jsonl").read_bytes() == b"one\ntwo\nthree\n"


class TestLock:
    def test_held_while_open(self, sink: FileSink) -> None:
        """The file is locked from the first line to the close."""
        sink.write(b"one\n")
        assert locked(sink.path) is True
        sink.close()
        assert locked(sink.path) is False

    def test_probe_meanwhile(self, sink: FileSink, monkeypatch: pytest.MonkeyPatch) -> None:
        """A reader's probe that holds the lock for a moment does not keep the writer from it."""
        sink.path.touch()
        probe = os.open(sink.path, os.O_RDONLY)
        fcntl.flock(probe, fcntl.LOCK_SH)
        pauses: list[float] = []

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                os.close(probe)

        monkeypatch.setattr(time, "sleep", pause)
        sink.write(b"one\n")
        assert pauses == [0.001] * 3
        assert locked(sink.path) is True

    def test_locked_for_good(self, sink: FileSink, monkeypatch: pytest.MonkeyPatch) -> None:
        """A lock that somebody keeps costs 20 ms once, and no line."""
        sink.path.touch()
        other = os.open(sink.path, os.O_RDONLY)
        fcntl.flock(other, fcntl.LOCK_EX)
        pauses: list[float] = []
        monkeypatch.setattr(time, "sleep", pauses.append)
        sink.write(b"one\n")
        sink.write(b"two\n")
        os.close(other)
        assert pauses == [0.001] * 20
        assert sink.path.read_bytes() == b"one\ntwo\n"

    def test_aside(self, sink: FileSink, tmp_path: Path) -> None:
        """A writer that finds another one in its file goes on beside it, if it was told where."""
        sink.write(b"1\n")
        second = FileSink(sink.path, tmp_path / "aside.jsonl")
        second.write(b"2\n")
        assert (sink.path.read_bytes(), second.path.read_bytes()) == (b"1\n", b"2\n")
        assert second.path == tmp_path / "aside.jsonl"
        second.close()
        sink.close()
        third = FileSink(sink.path, tmp_path / "aside.jsonl")
        third.write(b"3\n")
        third.close()
        assert sink.path.read_bytes() == b"1\n3\n"

    def test_not_aside(self, sink: FileSink, tmp_path: Path) -> None:
        """A reader that holds the lock, however long, is no writer."""
        sink.path.touch()
        with sink.path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            second = FileSink(sink.path, tmp_path / "aside.jsonl")
            second.write(b"2\n")
        second.close()
        assert (second.path, sink.path.read_bytes()) == (sink.path, b"2\n")

    def test_not_inherited(self, sink: FileSink) -> None:
        """A program that the host starts does not keep the lock of a host that is gone."""
        sink.write(b"one\n")
        child = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False, start_new_session=True
        )
        try:
            sink.close()
            assert locked(sink.path) is False
        finally:
            child.communicate(b"\n")


class TestRefusal:
    def test_below_a_file(self, tmp_path: Path) -> None:
        """A path that cannot be opened raises, and is tried again only after a second."""
        (tmp_path / "blocked").write_text("")
        sink = FileSink(tmp_path / "blocked/run.jsonl")
        with pytest.raises(NotADirectoryError) as first:
            sink.write(b"one\n")
        (tmp_path / "blocked").unlink()
        with pytest.raises(NotADirectoryError) as second:
            sink.write(b"two\n")
        assert second.value is first.value
        sink._retry_at = 0.0
        sink.write(b"three\n")
        sink.close()
        assert (tmp_path / "blocked/run.jsonl").read_bytes() == b"three\n"

    def test_refusals_do_not_pile_up(self, tmp_path: Path) -> None:
        """A path that stays closed costs no memory, however many events it refuses."""
        (tmp_path / "blocked").write_text("")
        sink = FileSink(tmp_path / "blocked/run.jsonl")
        lengths = []
        for _ in range(3):
            with pytest.raises(NotADirectoryError) as raised:
                sink.write(b"one\n")
            lengths.append(len(raised.traceback))
        assert lengths[1] == lengths[2]

    def test_short_write(self, sink: FileSink, monkeypatch: pytest.MonkeyPatch) -> None:
        """A line that was written in part is refused, and the next begins on a line of its own."""
        real = os.write
        sink.write(b"one\n")
        with monkeypatch.context() as patches:
            patches.setattr(os, "write", lambda fd, data: real(fd, data[:2]))
            with pytest.raises(OSError, match=r"wrote 2 of 4 bytes"):
                sink.write(b"two\n")
        sink.write(b"three\n")
        sink.write(b"four\n")
        assert sink.path.read_bytes() == b"one\ntw\nthree\nfour\n"

    def test_interrupted_write(self, sink: FileSink, monkeypatch: pytest.MonkeyPatch) -> None:
        """A line whose writing was interrupted may stand there in part, so the next begins on a line of its own."""
        real = os.write

        def interrupted(fd: int, data: bytes) -> int:
            real(fd, data[:2])
            raise KeyboardInterrupt

        sink.write(b"one\n")
        with monkeypatch.context() as patches:
            patches.setattr(os, "write", interrupted)
            with pytest.raises(KeyboardInterrupt):
                sink.write(b"two\n")
        sink.write(b"three\n")
        sink.write(b"four\n")
        assert sink.path.read_bytes() == b"one\ntw\nthree\nfour\n"


def test_forked(sink: FileSink, tmp_path: Path) -> None:
    """A forked child's file stands beside its parent's and is named after it and the child's writer."""
    sink.write(b"one\n")
    child = sink.forked("5f3a9c1e")
    assert isinstance(child, FileSink)
    assert child.path == tmp_path / "run-5f3a9c1e.jsonl"
    child.write(b"two\n")
    child.close()
    assert (sink.path.read_bytes(), child.path.read_bytes()) == (b"one\n", b"two\n")


def test_direct(ctx: TraceContext) -> None:
    """An event stands in the file when its `record_*` method returns."""
    id = ctx.record_decision("why")
    assert read_events(ctx.path)[-1]["id"] == id


def test_closed_standard_streams(run_python: RunPython, tmp_path: Path) -> None:
    """Where a host has closed its standard streams, what is written to them by number goes to no trace."""
    program = """
import contextlib, os, sys
from capture import TraceContext

os.closerange(0, 3)
with TraceContext(path=sys.argv[1]) as ctx:
    ctx.record_decision("why")
    for number in range(3):
        with contextlib.suppress(OSError):
            os.write(number, b"from a C library\\n")
"""
    run_python(program, tmp_path / "run.jsonl")
    assert [event["type"] for event in read_events(tmp_path / "run.jsonl")] == ["agent_start", "decision", "agent_end"]
