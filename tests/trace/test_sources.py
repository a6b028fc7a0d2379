from __future__ import annotations

import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from peek_tui.errors import InputError, NoTraceError, UsageError
from peek_tui.trace.sources import TraceFile, group_sessions, resolve, trace_files
from tests.state import traces

FIRST, SECOND, OTHER = "aaaa" + "0" * 28, "aabb" + "1" * 28, "ffff" + "2" * 28


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Three runs, from the oldest to the newest; the second has two files. What else lies there is no trace."""
    directory = tmp_path / "traces"
    directory.mkdir()
    for hours, (name, session) in enumerate([("a", FIRST), ("b", SECOND), ("b-child", SECOND), ("c", OTHER)], start=1):
        file = traces.TraceFile(directory / f"{name}.jsonl", f"0000000{hours}", session, traces.NOON + hours)
        file.add("agent_start", name)
    (directory / "notes.txt").write_text("no trace")
    (directory / "empty.jsonl").touch()
    (directory / "damaged.jsonl").write_text("nonsense\n\0\0\n")
    (directory / "directory.jsonl").mkdir()
    return directory


def test_file(tmp_path: Path, directory: Path) -> None:
    """A file is itself."""
    assert resolve(str(directory / "a.jsonl"), tmp_path) == [directory / "a.jsonl"]
    assert resolve(str(directory / "notes.txt"), tmp_path) == [directory / "notes.txt"]


@pytest.mark.parametrize("name", ["none.jsonl", "some/where", "./aaaa"])
def test_what_looks_like_a_file(tmp_path: Path, directory: Path, name: str) -> None:
    """What looks like a file is taken for one; opening it says best what is wrong."""
    assert resolve(name, directory) == [Path(name)]


def test_directory(tmp_path: Path, directory: Path) -> None:
    """A directory is all the traces in it."""
    (directory / "directory.jsonl").rmdir()
    assert [path.name for path in resolve(str(directory), tmp_path)] == [
        "a.jsonl", "b-child.jsonl", "b.jsonl", "c.jsonl", "damaged.jsonl", "empty.jsonl"
    ]  # fmt: skip


def test_empty_directory(tmp_path: Path) -> None:
    """A directory without traces says so."""
    with pytest.raises(NoTraceError) as raised:
        resolve(str(tmp_path), tmp_path)
    assert str(raised.value) == f"{tmp_path} holds no traces: there is no .jsonl file in it"


def test_latest(directory: Path) -> None:
    """`latest` is the run that began last, all of its files."""
    assert resolve("latest", directory) == [directory / "c.jsonl"]
    (directory / "c.jsonl").unlink()
    assert resolve("latest", directory) == [directory / "b.jsonl", directory / "b-child.jsonl"]


def test_no_latest(tmp_path: Path) -> None:
    """Without any trace there is no latest, and the error says how to make one."""
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(NoTraceError, match=r"there are no traces yet in .*; `peek demo` makes one$"):
            resolve("latest", place)


@pytest.mark.parametrize("prefix", ["f", "ffff", "FFFF2", OTHER])
def test_prefix(directory: Path, prefix: str) -> None:
    """A run is known by the start of its id."""
    assert resolve(prefix, directory) == [directory / "c.jsonl"]


@pytest.mark.parametrize(("prefix", "count"), [("a", 2), ("aa", 2), ("AA", 2)])
def test_ambiguous(directory: Path, prefix: str, count: int) -> None:
    """A start that several runs share is refused, and the error names one to go on from."""
    with pytest.raises(UsageError) as raised:
        resolve(prefix, directory)
    assert str(raised.value) == f"{prefix} is the beginning of {count} sessions: give more of {SECOND}"


@pytest.mark.parametrize("name", ["b0", "nonsense", "latests", OTHER + "2"])
def test_unknown(directory: Path, name: str) -> None:
    """A name that is nothing's says what was looked for and where."""
    with pytest.raises(NoTraceError) as raised:
        resolve(name, directory)
    assert str(raised.value) == f"{name}: there is no such file, and no session in {directory} begins so"


@pytest.mark.parametrize("name", ["x" * 300, "latest"])
def test_cannot_be_looked_at(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that cannot be looked at is an error that says why."""

    def refuse(path: Path) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(InputError, match=r"cannot be read: (File name too long|Permission denied)$"):
        resolve(name, tmp_path)


def test_files(directory: Path) -> None:
    """The trace directory's files, newest first, each with the run that its first readable event is of."""
    shutil.copy(directory / "a.jsonl", directory / "z.jsonl")
    torn = b'{"v":1,"ts"\n{"type":"log"}\n{"type":"log","session":""}\n'
    (directory / "torn.jsonl").write_bytes(torn + (directory / "c.jsonl").read_bytes()[:-1])
    found = trace_files(directory)
    assert found == [
        TraceFile(directory / "torn.jsonl", OTHER, traces.NOON + 4),
        TraceFile(directory / "c.jsonl", OTHER, traces.NOON + 4),
        TraceFile(directory / "b-child.jsonl", SECOND, traces.NOON + 3),
        TraceFile(directory / "b.jsonl", SECOND, traces.NOON + 2),
        TraceFile(directory / "z.jsonl", FIRST, traces.NOON + 1),
        TraceFile(directory / "a.jsonl", FIRST, traces.NOON + 1),
    ]
    assert [(session, len(files)) for session, files in group_sessions(found).items()] == [
        (OTHER, 2), (SECOND, 2), (FIRST, 2)
    ]  # fmt: skip


def test_long_first_line(tmp_path: Path) -> None:
    """A first event longer than what is looked at still says whose it is."""
    file = traces.TraceFile(tmp_path / "run.jsonl", session=FIRST)
    file.add("agent_start", "desk", {"argv": ["x" * 200_000]})
    assert trace_files(tmp_path) == [TraceFile(tmp_path / "run.jsonl", FIRST, traces.NOON)]


@pytest.mark.parametrize("name", ["none", "file/below"])
def test_no_directory(tmp_path: Path, name: str) -> None:
    """A trace directory that is not there holds no traces."""
    (tmp_path / "file").touch()
    assert trace_files(tmp_path / name) == []
