from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from peek_tui.trace.blobs import LARGEST, Blob, Reference, blob_directory, fetch, reference, references

TEXT = "A long story, 模块, told in full. " * 1_000
NAME = sha256(TEXT.encode()).hexdigest()
LENGTH = len(TEXT.encode())
WANTED = Reference(NAME, LENGTH, TEXT[:1_000])


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A trace with an empty directory for big values beside it."""
    path = tmp_path / "run.jsonl"
    blob_directory(path).mkdir()
    return path


@pytest.fixture
def blob(trace: Path) -> Path:
    """A big value in its file."""
    path = trace.with_name("run.jsonl.blobs") / NAME
    path.write_text(TEXT)
    return path


class TestReference:
    def test_reference(self) -> None:
        """What the format calls a big value is one, whatever else is said of it."""
        assert reference({"$blob": NAME, "bytes": LENGTH, "head": TEXT[:1_000], "new": 1}) == WANTED
        assert reference({"$blob": NAME, "bytes": 0}) == Reference(NAME, 0, "")

    @pytest.mark.parametrize("head", [7, None, ["x"], {"$type": "bytes", "base64": "eA=="}])
    def test_head(self, head: Any) -> None:
        """A beginning that is no text is none."""
        assert reference({"$blob": NAME, "bytes": 0, "head": head}) == Reference(NAME, 0, "")

    @pytest.mark.parametrize(
        "value",
        [
            None,
            "text",
            [NAME],
            {},
            {"$blob": NAME},
            {"$blob": NAME, "bytes": -1},
            {"$blob": NAME, "bytes": True},
            {"$blob": NAME, "bytes": "7"},
            {"$blob": 7, "bytes": 7},
            {"$blob": NAME.upper(), "bytes": 7},
            {"$blob": f"{NAME}0", "bytes": 7},
            {"$blob": f"{NAME}\n", "bytes": 7},
            {"$blob": f"../{NAME[3:]}", "bytes": 7},
            {"$blob": f"/{NAME[1:]}", "bytes": 7},
        ],
        ids=str,
    )
    def test_no_reference(self, value: Any) -> None:
        """Nothing else is, and so nothing else is ever followed."""
        assert reference(value) is None

    def test_anywhere(self) -> None:
        """References are found wherever they stand in a payload, however deep."""
        other = {"$blob": "0" * 64, "bytes": 1}
        deep: Any = other
        for _ in range(10_000):
            deep = [deep]
        found = references({"a": [{"b": {"$blob": NAME, "bytes": 0}}], "c": "text", "d": deep})
        assert {wanted.name for wanted in found} == {NAME, "0" * 64}


class TestFetch:
    def test_whole(self, trace: Path, blob: Path) -> None:
        """The whole value is read."""
        assert fetch(WANTED, [trace]) == Blob(TEXT, None)

    def test_of_any_file(self, trace: Path, blob: Path, tmp_path: Path) -> None:
        """It may stand beside any file of the run."""
        assert fetch(WANTED, [tmp_path / "a.jsonl", trace]) == Blob(TEXT, None)

    def test_lone_surrogate(self, trace: Path) -> None:
        """A text that UTF-8 proper cannot say is read as it was written."""
        content = "\ud800".encode("utf-8", "surrogatepass")
        wanted = Reference(sha256(content).hexdigest(), len(content), "")
        (blob_directory(trace) / wanted.name).write_bytes(content)
        assert fetch(wanted, [trace]) == Blob("\ud800", None)

    def test_empty(self, trace: Path) -> None:
        """An empty value is one."""
        wanted = Reference(sha256().hexdigest(), 0, "head")
        (blob_directory(trace) / wanted.name).touch()
        assert fetch(wanted, [trace]) == Blob("", None)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def directory(path: Path) -> None:
    path.mkdir()


def link(path: Path) -> None:
    (path.parent.parent / "elsewhere").write_text(TEXT)
    path.symlink_to(path.parent.parent / "elsewhere")


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def hole(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def other(path: Path) -> None:
    path.write_bytes(b"x" * LENGTH)


def cut(path: Path) -> None:
    path.write_text(TEXT[:-1])


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (None, f"its file {NAME} is not there"),
        (fifo, f"its file {NAME} is no regular file"),
        (directory, f"its file {NAME} is no regular file"),
        (link, f"its file {NAME} cannot be opened: Too many levels of symbolic links"),
        (endless, f"its file {NAME} cannot be opened: Too many levels of symbolic links"),
        (hole, f"its file {NAME} has {1 << 40} bytes, not {LENGTH}"),
        (cut, f"its file {NAME} has {LENGTH - 1} bytes, not {LENGTH}"),
        (other, f"its file {NAME} holds something else: its hash is not its name"),
    ],
    ids=lambda make: getattr(make, "__name__", ""),
)
def test_problem(trace: Path, make: Callable[[Path], None] | None, problem: str) -> None:
    """What is not the value is never taken for it: why is said, and its beginning is shown."""
    if make is not None:
        make(blob_directory(trace) / NAME)
    assert fetch(WANTED, [trace]) == Blob(TEXT[:1_000], problem)


def test_too_large(trace: Path) -> None:
    """A value too large to be read into memory is not, even if there is such a file."""
    with (blob_directory(trace) / NAME).open("wb") as file:
        file.truncate(LARGEST + 1)
    problem = f"it is said to have {LARGEST + 1} bytes, more than the {LARGEST} that are read at the most"
    assert fetch(Reference(NAME, LARGEST + 1, "head"), [trace]) == Blob("head", problem)


def test_no_text(trace: Path) -> None:
    """A value that is no text is said to be none."""
    wanted = Reference(sha256(b"x\xff").hexdigest(), 2, "head")
    (blob_directory(trace) / wanted.name).write_bytes(b"x\xff")
    assert fetch(wanted, [trace]) == Blob("head", f"its file {wanted.name} is not UTF-8 at byte 1")


def test_linked_directory(tmp_path: Path) -> None:
    """A directory that is a link to elsewhere is not followed."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / NAME).write_text(TEXT)
    trace = tmp_path / "run.jsonl"
    blob_directory(trace).symlink_to(elsewhere)
    found = fetch(WANTED, [trace])
    assert (found.text, found.problem) == (
        TEXT[:1_000],
        f"{blob_directory(trace)} cannot be opened: Not a directory",
    )
