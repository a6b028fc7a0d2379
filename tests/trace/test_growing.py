from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from peek_tui.trace import growing
from peek_tui.trace.growing import GrowingFile

CONTENT = bytes(range(200)) * 2


@pytest.fixture(autouse=True)
def look_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the path each time."""
    monkeypatch.setattr(growing, "PATH_LOOKS", 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "run.jsonl"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def file(path: Path) -> Iterator[GrowingFile]:
    """A file of which everything was read."""
    file = GrowingFile(path)
    assert (file.next(300) + file.next(300), file.at_end(), file.changed()) == (CONTENT, True, None)
    yield file
    file.close()


def test_appended(file: GrowingFile, path: Path) -> None:
    """What is appended is read, and is no change."""
    with path.open("ab") as stream:
        stream.write(b"more")
    assert (file.at_end(), file.changed()) == (False, None)
    assert (file.next(2), file.next(99), file.at_end(), file.changed()) == (b"mo", b"re", True, None)


@pytest.mark.parametrize("size", [0, 1, len(CONTENT) - 1])
def test_truncated(file: GrowingFile, path: Path, size: int) -> None:
    """A file that is shorter than what was read was truncated, also when it grows again."""
    os.truncate(path, size)
    assert (file.next(99), file.at_end(), file.changed()) == (b"", True, "was truncated")
    path.write_bytes(CONTENT * 2)
    assert file.changed() == "was truncated"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"x" * len(CONTENT), id="as long"),
        pytest.param(b"x" * (len(CONTENT) + 9), id="longer"),
        pytest.param(CONTENT[:-1] + b"x" + b"more", id="in the end"),
        pytest.param(b"x" + CONTENT[1:] + b"more", id="in the beginning"),
    ],
)
@pytest.mark.parametrize("asked", [True, False], ids=["asked", "read"])
def test_rewritten(file: GrowingFile, path: Path, content: bytes, asked: bool) -> None:
    """A file with other content at its beginning or end was rewritten, however long it is; none of it is read on."""
    path.write_bytes(content)
    if asked:
        assert file.changed() == "was rewritten"
    assert (file.next(99), file.at_end() or len(content) == len(CONTENT)) == (b"", True)
    assert file.changed() == "was rewritten"


@pytest.mark.parametrize("more", [b"", b"more"])
@pytest.mark.parametrize("place", range(64, len(CONTENT) - 64, 27))
def test_rewritten_between(file: GrowingFile, path: Path, place: int, more: bytes) -> None:
    """A short file is known by all of its bytes: one that was changed anywhere was rewritten, also if it has grown."""
    path.write_bytes(CONTENT[:place] + b"\xff" + CONTENT[place + 1 :] + more)
    assert file.changed() == "was rewritten"


@pytest.mark.parametrize("read", [7, 4096, 1 << 20])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("way", ["read", "skipped", "taken back"])
def test_part_rewritten(path: Path, read: int, share: float, way: str) -> None:
    """Of a long file a sixteenth that was written over is noticed, wherever it is and however the file was read."""
    size = 50_000
    path.write_bytes(b"0123456789" * (size // 10))
    file = GrowingFile(path)
    if way == "skipped":
        file.skip_to(size)
    while data := file.next(read):
        if way == "taken back" and len(data) > 5:
            file.take_back(len(data) // 3)
    with path.open("r+b") as stream:
        stream.seek(int(size * share))
        stream.write(b"x" * (size // 16 + 64))
        stream.seek(0, os.SEEK_END)
        stream.write(b"more")
    assert file.changed() == "was rewritten"
    file.close()


def test_work_to_compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much was read, a look at a file that has grown compares the same few places."""
    looks = []
    for size in (10_000, 3_000_000):
        path = tmp_path / f"{size}.jsonl"
        path.write_bytes(b"x" * size)
        file = GrowingFile(path)
        while file.next(1 << 16):
            pass
        with path.open("ab") as stream:
            stream.write(b"more")
        places: list[int] = []
        read = file.bytes_at
        monkeypatch.setattr(
            file, "bytes_at", lambda at, n, read=read, places=places: (places.append(at), read(at, n))[1]
        )
        assert file.changed() is None
        looks.append(len(places))
        file.close()
    assert all(16 <= look <= 34 for look in looks)


def test_replaced(file: GrowingFile, path: Path) -> None:
    """Another file in its place is a change once it is there; what was read stays."""
    rotated = path.with_name("run.jsonl.1")
    path.rename(rotated)
    with rotated.open("ab") as stream:
        stream.write(b"last words")
    assert (file.changed(), file.gone, file.next(99)) == (None, True, b"last words")
    path.write_bytes(CONTENT)
    assert (file.changed(), file.gone) == ("was replaced by another file", False)
    assert file.bytes_at(0, 99) == CONTENT[:99]


def test_replaced_at_once(file: GrowingFile, path: Path) -> None:
    """A file that is renamed over it is another one, also with the same content."""
    other = path.with_name("other")
    other.write_bytes(CONTENT)
    other.rename(path)
    assert (file.changed(), file.gone) == ("was replaced by another file", False)


def test_gone_and_back(file: GrowingFile, path: Path) -> None:
    """A file that comes back under its name is the same."""
    path.rename(path.with_name("away"))
    assert (file.changed(), file.gone) == (None, True)
    path.with_name("away").rename(path)
    assert (file.changed(), file.gone) == (None, False)


def test_directory_that_is_away(file: GrowingFile, path: Path) -> None:
    """A directory that cannot be looked into changes nothing of what is open."""
    path.parent.rename(away := path.parent.with_name("away"))
    path.parent.write_text("no directory")
    assert (file.changed(), file.gone, file.bytes_at(0, 3)) == (None, False, CONTENT[:3])
    path.parent.unlink()
    away.rename(path.parent)


def test_seldom(file: GrowingFile, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path is looked at only now and then."""
    monkeypatch.setattr(growing, "PATH_LOOKS", 1e9)
    assert file.changed() is None
    path.unlink()
    assert (file.changed(), file.gone) == (None, False)


def test_settled(file: GrowingFile, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that has long been as it is is not read again to see that."""
    os.utime(path, (1, 1))
    assert file.changed() is None
    monkeypatch.setattr(GrowingFile, "bytes_at", lambda *_: pytest.fail("it was read"))
    assert file.changed() is None


def said(file: GrowingFile) -> str | None:
    return file.trouble


def test_disk_that_fails(file: GrowingFile, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that does not answer ends reading, is said, and is no change; when it answers again reading goes on."""
    with path.open("ab") as stream:
        stream.write(b"more")

    def fail(*_: object) -> bytes:
        raise OSError(errno.ESTALE, "Stale file handle")

    with monkeypatch.context() as broken:
        broken.setattr(os, "pread", fail)
        assert (file.next(99), file.at_end(), file.changed()) == (b"", True, None)
        assert said(file) == "the file cannot be read (Stale file handle)"
        broken.setattr(os, "fstat", fail)
        assert (file.next(99), file.at_end(), file.changed()) == (b"", True, None)
    assert (file.next(99), said(file), file.at_end(), file.changed()) == (b"more", None, True, None)


def test_many_files(path: Path) -> None:
    """More files than a process may usually open are opened, as long as it may ask for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = []
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
        for _ in range(100):
            opened.append(GrowingFile(path))  # noqa: PERF401 - what is open is closed, also after an error
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        for file in opened:
            file.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_clock_that_stands_still(file: GrowingFile, path: Path) -> None:
    """A file that is rewritten twice within one tick of its clock was rewritten, for all its time says."""
    now = path.stat().st_mtime_ns
    assert file.changed() is None
    path.write_bytes(bytes(len(CONTENT)))
    os.utime(path, ns=(now, now))
    assert file.changed() == "was rewritten"
