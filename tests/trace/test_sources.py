from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest
import zstandard

from peek_tui.errors import InputError, NoTraceError, UsageError
from peek_tui.trace import sources
from peek_tui.trace.compressed import read_head
from peek_tui.trace.directory import TraceDirectory
from peek_tui.trace.sources import TraceFile, find, find_session, group_sessions, resolve, trace_files
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


def test_empty(directory: Path) -> None:
    """No word at all, as a script gives it whose variable is not set, is not the working directory."""
    with pytest.raises(UsageError, match="SRC is empty"):
        resolve("", directory)


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


@pytest.mark.parametrize("name", ["x.jsonl.gz", "x.jsonl.zst", "x.jsonl.1", "x.jsonl.2.gz", "x.jsonl-20260102.zst"])
def test_names(tmp_path: Path, name: str) -> None:
    """Compressed traces and the parts that were rotated away are traces of a directory, and have a session."""
    trace = traces.TraceFile(tmp_path / "x", session=FIRST)
    trace.add("agent_start", "desk")
    content = trace.path.read_bytes()
    trace.path.unlink()
    path = tmp_path / name
    compress = {".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}
    path.write_bytes(compress.get(path.suffix, bytes)(content))
    for other in ("x.jsonl.gz.tmp", "x.json", "x.jsonl.old", "jsonl"):
        (tmp_path / other).write_bytes(content)
    assert resolve(str(tmp_path), tmp_path) == [path]
    assert resolve("aaaa", tmp_path) == [path]
    assert resolve(name, tmp_path) == [Path(name)]
    assert trace_files(tmp_path) == [TraceFile(path, FIRST, traces.NOON)]


def test_once(directory: Path, tmp_path: Path) -> None:
    """A file is read once, however often and by whatever names it is meant."""
    (directory / "link.jsonl").symlink_to(directory / "a.jsonl")
    (directory / "hard.jsonl").hardlink_to(directory / "b.jsonl")
    (directory / "directory.jsonl").rmdir()
    words = [str(directory / "c.jsonl"), str(directory), f"{directory}/.", "latest", str(directory / "link.jsonl")]
    names = [path.name for path in find(words, directory).paths]
    assert names == ["c.jsonl", "a.jsonl", "b-child.jsonl", "b.jsonl", "damaged.jsonl", "empty.jsonl"]
    missing = str(tmp_path / "none.jsonl")
    assert find([missing, missing], directory).paths == [tmp_path / "none.jsonl"]


class TestLeftOut:
    def test_some(self, directory: Path) -> None:
        """What cannot be opened of a directory is left out, with the reason; what is no file is passed over."""
        os.mkfifo(directory / "fifo.jsonl")
        (directory / "gone.jsonl").symlink_to(directory / "nowhere")
        (directory / "loop.jsonl").symlink_to(directory / "loop.jsonl")
        found = find([str(directory)], directory)
        assert found.left_out == {
            directory / "gone.jsonl": "No such file or directory",
            directory / "loop.jsonl": "Too many levels of symbolic links",
        }
        names = ["a.jsonl", "b-child.jsonl", "b.jsonl", "c.jsonl", "damaged.jsonl", "empty.jsonl"]
        assert [path.name for path in found.paths] == names

    @pytest.mark.skipif(os.geteuid() == 0, reason="everybody's files are root's to read")
    def test_not_ours(self, directory: Path) -> None:
        """So is what we may not read."""
        (directory / "a.jsonl").chmod(0)
        found = find([str(directory)], directory)
        assert found.left_out == {directory / "a.jsonl": "Permission denied"}
        assert directory / "a.jsonl" not in found.paths

    def test_all(self, tmp_path: Path) -> None:
        """A directory none of whose traces can be opened says why."""
        (tmp_path / "gone.jsonl").symlink_to(tmp_path / "nowhere")
        with pytest.raises(InputError) as raised:
            find([str(tmp_path)], tmp_path)
        said = "holds no trace that can be opened: gone.jsonl: No such file or directory"
        assert str(raised.value) == f"{tmp_path} {said}"


class TestNew:
    """What is added while a SRC is followed."""

    @pytest.fixture(autouse=True)
    def look_always(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sources, "LOOKS", 0)

    def test_directory(self, directory: Path) -> None:
        """A file that comes into a directory is one more, once, when it can be opened."""
        found = find([str(directory)], directory)
        before = list(found.paths)
        assert found.new() == []
        new = directory / "aa.jsonl"
        new.symlink_to(directory / "later")
        assert found.new() == []
        (directory / "later").touch()
        assert (found.new(), found.new()) == ([new], [])
        assert found.paths == [*before, new]

    def test_another_name(self, directory: Path) -> None:
        """Another name of a file that is read already is nothing new, also when it comes first in their order."""
        found = find([str(directory)], directory)
        (directory / "0.jsonl").symlink_to(directory / "a.jsonl")
        assert found.new() == []

    def test_rotated(self, directory: Path) -> None:
        """When a file is rotated its old part is one more file, before and after the new one has come."""
        for come in (False, True):
            found = find([str(directory)], directory)
            path = directory / f"{'b' if come else 'a'}.jsonl"
            path.rename(directory / f"{path.name}.1")
            if come:
                path.touch()
            assert (found.new(), found.new()) == ([directory / f"{path.name}.1"], [])

    def test_away(self, directory: Path) -> None:
        """A directory that is away for a while has nothing new."""
        found = find([str(directory)], directory)
        directory.rename(away := directory.with_name("away"))
        assert found.new() == []
        away.rename(directory)
        (directory / "z.jsonl").touch()
        assert found.new() == [directory / "z.jsonl"]

    @pytest.mark.parametrize("word", ["latest", "ffff"])
    def test_session(self, directory: Path, word: str) -> None:
        """Another writer of a session joins it, as soon as its file says whose it is; another session does not."""
        found = find([word], directory)
        assert found.paths == [directory / "c.jsonl"]
        traces.TraceFile(directory / "d.jsonl", "00000005", "eeee" + "3" * 28, traces.NOON + 9).add("agent_start")
        child = traces.TraceFile(directory / "c-child.jsonl", "00000006", OTHER, traces.NOON + 10)
        assert found.new() == []
        line = b'{"v":1,"ts":1,"id":"0000000600000000","session":"%s","type":"log","data":{}}\n' % OTHER.encode()
        child.write(line[:70])
        assert found.new() == []
        child.write(line[70:])
        assert (found.new(), found.new()) == ([child.path], [])
        assert find_session(OTHER, directory).paths == found.paths[::-1]

    def test_file(self, directory: Path) -> None:
        """A file alone stays alone."""
        found = find([str(directory / "a.jsonl")], directory)
        (directory / "a.jsonl").rename(directory / "a.jsonl.1")
        assert found.new() == []

    def test_seldom(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A directory is looked at only now and then."""
        monkeypatch.setattr(sources, "LOOKS", 1e9)
        found = find([str(directory)], directory)
        assert found.new() == []
        (directory / "z.jsonl").touch()
        assert found.new() == []


def test_what_is_read(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file that says in its first 4 KiB whose it is no more is read, and nothing a second time."""
    asked: list[tuple[str, int]] = []

    def read(path: Path, length: int) -> bytes:
        asked.append((path.name, length))
        return read_head(path, length)

    monkeypatch.setattr("peek_tui.trace.directory.read_head", read)
    place = TraceDirectory(directory)
    first, both = 4 * 1024, [4 * 1024, 256 * 1024]
    place.files()
    assert [length for name, length in asked if name == "a.jsonl"] == [first]
    assert [length for name, length in asked if name == "damaged.jsonl"] == both
    asked.clear()
    assert len(place.files()) == 4
    assert asked == []
    traces.TraceFile(directory / "empty.jsonl", session=FIRST).add("log")
    assert len(place.files()) == 5
    assert asked == [("empty.jsonl", first)]
