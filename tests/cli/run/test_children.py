"""The processes that a program starts record into its run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from capture.testing import read_events

from .conftest import Ran, RunPeek, python

RECORD = "import capture; capture.current().record_log('child', {!r})"


def logs(ran: Ran) -> list[tuple[str, str, str]]:
    """Return file, parent and text of what the processes recorded by hand."""
    found = [
        (path.name, event["parent"], event["data"]["text"])
        for path in ran.files
        for event in read_events(path)
        if event["type"] == "log"
    ]
    return sorted(found, key=lambda log: log[2])


def assert_one_run(ran: Ran) -> None:
    """Every file is of one session, each has its own writer, and each agent belongs to an event of the run."""
    events = [event for path in ran.files for event in read_events(path)]
    assert len({event["session"] for event in events}) == 1
    writers = [{event["id"][:8] for event in read_events(path)} for path in ran.files]
    assert all(len(writer) == 1 for writer in writers)
    assert len(set.union(*writers)) == len(ran.files)
    ids = {event["id"] for event in events}
    roots = [event["type"] for event in events if event["parent"] not in ids]
    assert roots == ["agent_start"]


def test_subprocess(peek_run: RunPeek) -> None:
    """A Python program that the program starts writes a file beside the trace, below what started it."""
    child = RECORD.format("from a child")
    ran = peek_run(*python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"))
    assert [path.name[:4] for path in ran.files] == ["run.", "run-"]
    assert [text for _, _, text in logs(ran)] == ["from a child"]
    start, _, end = read_events(ran.files[1])
    assert (start["type"], start["parent"]) == ("agent_start", ran.events[0]["id"])
    assert (end["type"], end["data"]["status"]) == ("agent_end", "completed")
    assert_one_run(ran)


def test_quiet_child(peek_run: RunPeek) -> None:
    """A child with nothing to record leaves no file."""
    ran = peek_run(*python("import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1)'], check=True)"))
    assert ran.stdout == "1\n"
    assert len(ran.files) == 1


@pytest.mark.parametrize("way", ["fork", "spawn", "forkserver"])
def test_multiprocessing(peek_run: RunPeek, program: Callable[[str], Path], way: str) -> None:
    """Each process of a pool writes a file of its own, in one run, however it was made."""
    script = program(
        f"""
import multiprocessing

def work(number):
    import capture
    capture.current().record_log("child", str(number))
    barrier.wait()
    return number * number

def begin(its_barrier):
    global barrier
    barrier = its_barrier

if __name__ == "__main__":
    context = multiprocessing.get_context({way!r})
    barrier = context.Barrier(2)
    with context.Pool(2, begin, [barrier]) as pool:
        print(pool.map(work, range(4), chunksize=1))
"""
    )
    ran = peek_run(sys.executable, script)
    assert ran.stdout == "[0, 1, 4, 9]\n"
    assert [text for _, _, text in logs(ran)] == ["0", "1", "2", "3"]
    assert len({file for file, _, _ in logs(ran)}) == 2
    assert_one_run(ran)


def test_shell(peek_run: RunPeek) -> None:
    """The programs that a script starts one after the other are one run, in one trace."""
    ask = f'{sys.executable} -c "{RECORD.format("here")}"'
    ran = peek_run("sh", "-c", f"{ask}; {ask}; exit 3", code=3)
    assert len(ran.files) == 1
    assert ran.types() == ["agent_start", "log", "agent_end"] * 2
    assert len({event["session"] for event in ran.events}) == 1


def test_inside_another(peek_run: RunPeek) -> None:
    """`peek run` in a program that is recorded itself belongs to that run."""
    inner = [sys.executable, "-m", "peek_tui", "run", "--", *python(RECORD.format("inner"))]
    ran = peek_run(*python(f"import subprocess; subprocess.run({inner!r}, check=True)"))
    assert [text for _, _, text in logs(ran)] == ["inner"]
    assert_one_run(ran)


def test_at_once(peek_run: RunPeek, program: Callable[[str], Path], place: Path) -> None:
    """Programs that a shell runs at the same time write a file each, in one run."""
    script = program(
        """
import sys, time
from pathlib import Path
import capture
mine, other = map(Path, sys.argv[1:])
capture.current().record_log("program", mine.name)
mine.touch()
deadline = time.monotonic() + 60
while not other.exists() and time.monotonic() < deadline:
    time.sleep(0.01)
"""
    )
    one, two = place / "one", place / "two"
    command = f"{sys.executable} {script} {one} {two} & {sys.executable} {script} {two} {one}; wait"
    ran = peek_run("sh", "-c", command)
    assert sorted(text for _, _, text in logs(ran)) == ["one", "two"]
    assert [[event["type"] for event in read_events(path)] for path in ran.files] == [
        ["agent_start", "log", "agent_end"]
    ] * 2
    events = [event for path in ran.files for event in read_events(path)]
    assert len({event["session"] for event in events}) == 1
    assert [len({event["id"][:8] for event in read_events(path)}) for path in ran.files] == [1, 1]
