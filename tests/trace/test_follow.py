"""A follower of a file that is written to, cut, rewritten and replaced sees what who opens it afresh sees."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from peek_tui.trace import growing
from peek_tui.trace.imported import open_again, open_tail
from peek_tui.trace.tail import Line

from .importers.foreign import Transcript, tool

STEPS = 120


class Follower:
    """Follows a path as a store does."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tail = open_tail(path)
        self._lines: list[Line] = []
        self.begun_again: list[str] = []

    def lines(self, budget: int) -> list[Line]:
        """Read on to the end, from the beginning again when the file has changed."""
        while (changed := self._tail.changed()) and (again := open_again(self._path)):
            self._tail.close()
            self._tail, self._lines = again, []
            self.begun_again.append(changed)
            self._read(budget)
        self._read(budget)
        return self._lines

    def close(self) -> None:
        self._tail.close()

    def _read(self, budget: int) -> None:
        self._tail = self._tail.settled()
        while True:
            block = self._tail.read(budget)
            if block is not None:
                self._lines += block.split(len(self._lines) + 1)
            if self._tail.at_end():
                return


class Writer:
    """What programs do to a file that they log to. Each line is another one."""

    def __init__(self, path: Path, random: random.Random, line: Callable[[int], bytes]) -> None:
        self._path = path
        self._random = random
        self._line = line
        self._count = 0
        self._half = b""

    def _lines(self, most: int) -> bytes:
        first, self._count = self._count, self._count + self._random.randrange(1, most)
        rest, self._half = self._half, b""
        return rest + b"".join(map(self._line, range(first, self._count)))

    def _append(self, content: bytes) -> None:
        with self._path.open("ab") as stream:
            stream.write(content)

    def append_lines(self) -> None:
        self._append(self._lines(30))

    def append_half_a_line(self) -> None:
        content = self._lines(4)
        cut = self._random.randrange(1, len(content))
        self._append(content[:cut])
        self._half = content[cut:]

    def rewrite(self) -> None:
        """Truncate the file to nothing and write it anew, shorter or longer than it was."""
        self._half = b""
        self._path.write_bytes(self._lines(60))

    def cut(self) -> None:
        """Truncate the file to its middle and go on."""
        self._half = b""
        os.truncate(self._path, self._random.randrange(self._path.stat().st_size + 1))
        self._append(self._lines(60))

    def rotate(self) -> None:
        """Rename the file and begin another one."""
        self._half = b""
        self._path.rename(self._path.with_name("run.jsonl.1"))
        self._path.write_bytes(self._lines(10))

    def replace(self) -> None:
        """Write another file and rename it over this one."""
        self._half = b""
        other = self._path.with_name("other")
        other.write_bytes(self._lines(60))
        other.rename(self._path)

    def copy_and_truncate(self) -> None:
        """Copy the file, truncate it and write on, until it is longer than it was."""
        self._half = b""
        size = self._path.stat().st_size
        os.truncate(self._path, 0)
        while self._path.stat().st_size <= size:
            self._append(self._lines(60))

    def copy_and_write_as_much(self) -> None:
        """Truncate the file and write as many bytes as there were."""
        size, self._half = self._path.stat().st_size, b""
        content = b""
        while len(content) <= size:
            content += self._lines(30)
        os.truncate(self._path, 0)
        self._append(content[:size])
        self._half = content[size:]

    def step(self) -> None:
        grow = [self.append_lines, self.append_half_a_line]
        change = [
            self.rewrite,
            self.cut,
            self.rotate,
            self.replace,
            self.copy_and_truncate,
            self.copy_and_write_as_much,
        ]
        self._random.choice(grow * 4 + change)()


def ours(number: int) -> bytes:
    return b'{"v":1,"ts":1763625600%09d,"data":{"x":"%s"}}\n' % (number, b"x" * (number % 300))


def alike(number: int) -> bytes:
    """Lines as long as each other, that end alike."""
    return b'{"v":1,"ts":1763625600%09d,"data":{"said":"%s"}}\n' % (number, b"the same in each of them " * 5)


@pytest.fixture(autouse=True)
def look_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the path each time."""
    monkeypatch.setattr(growing, "PATH_LOOKS", 0)


@pytest.mark.parametrize("line", [ours, alike])
@pytest.mark.parametrize("seed", range(6))
def test_any_order(seed: int, line: Callable[[int], bytes], tmp_path: Path) -> None:
    """Whatever is done to a file, in whatever order, its follower has the lines that a fresh reader has."""
    chance, path = random.Random(seed), tmp_path / "run.jsonl"
    writer = Writer(path, chance, line)
    writer.rewrite()
    follower = Follower(path)
    for _ in range(STEPS):
        for _ in range(chance.choice([1, 1, 1, 3])):
            writer.step()
        fresh = Follower(path)
        assert follower.lines(chance.choice([50, 1_000, 1 << 20])) == fresh.lines(1 << 20)
        fresh.close()
    follower.close()
    assert set(follower.begun_again) == {"was truncated", "was rewritten", "was replaced by another file"}


@pytest.mark.parametrize("seed", range(3))
def test_foreign(seed: int, tmp_path: Path) -> None:
    """A foreign file is followed the same way."""
    transcript = Transcript()
    transcript.user("Hello")
    for number in range(40):
        transcript.answer(f"msg_{number}", tool(f"t{number}"))
        transcript.result(f"t{number}")
    first, *others = [line + b"\n" for line in transcript.lines]
    chance, path = random.Random(seed), tmp_path / "run.jsonl"
    path.write_bytes(first)
    follower = Follower(path)
    for step in range(30):
        content = b"".join([first, *others[chance.randrange(40) :][: chance.randrange(1, 40)]])
        match chance.randrange(3):
            case 0:
                path.write_bytes(content)
            case 1:
                path.rename(tmp_path / f"run.jsonl.{step}")
                path.write_bytes(content)
            case 2:
                with path.open("ab") as stream:
                    stream.write(content[: chance.randrange(len(content))])
        fresh = Follower(path)
        assert follower.lines(5_000) == fresh.lines(1 << 20)
        fresh.close()
    follower.close()


COMPRESS = {"gz": gzip.compress, "zst": zstandard.ZstdCompressor().compress}


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("seed", range(3))
def test_compressed(seed: int, suffix: str, tmp_path: Path) -> None:
    """So is a compressed one, to which members are added whole and in part."""
    chance, path, rest = random.Random(seed), tmp_path / f"run.jsonl.{suffix}", b""
    path.write_bytes(b"")
    follower = Follower(path)
    for step in range(60):
        member = COMPRESS[suffix](b"".join(map(ours, range(step * 10, step * 10 + 10))))
        match chance.randrange(5):
            case 0:
                path.write_bytes(member)
                rest = b""
            case 1:
                path.rename(tmp_path / "old")
                path.write_bytes(member[:9])
                rest = member[9:]
            case _:
                content = rest + member
                cut = chance.randrange(len(content))
                with path.open("ab") as stream:
                    stream.write(content[:cut])
                rest = content[cut:]
        fresh = Follower(path)
        assert follower.lines(1_000) == fresh.lines(1 << 20)
        fresh.close()
    follower.close()
    assert len(follower.begun_again) > 10


def test_between_two_files(tmp_path: Path) -> None:
    """Between the old file and the new one its follower keeps what it has, and the last lines that come to it."""
    path = tmp_path / "run.jsonl"
    path.write_bytes(ours(1))
    follower = Follower(path)
    path.rename(tmp_path / "run.jsonl.1")
    with (tmp_path / "run.jsonl.1").open("ab") as stream:
        stream.write(ours(2))
    assert [line.text + b"\n" for line in follower.lines(1_000)] == [ours(1), ours(2)]
    path.mkdir()
    assert [line.text + b"\n" for line in follower.lines(1_000)] == [ours(1), ours(2)]
    path.rmdir()
    path.write_bytes(ours(3))
    assert [line.text + b"\n" for line in follower.lines(1_000)] == [ours(3)]
    assert follower.begun_again == ["was replaced by another file"]
    follower.close()
