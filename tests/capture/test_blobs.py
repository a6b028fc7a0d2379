"""Big values go to files beside the trace, and are read back from there."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import capture
from capture import TraceContext
from capture._core.blobs import Blobs
from capture.testing import read_events
from peek_tui.trace.blobs import Reference, blob_directory, fetch, references
from tests.conftest import RunPython

BOUND = 10_000
BIG = "顾客 says: " + "a lot " * 5_000


@pytest.fixture
def run(tmp_path: Path) -> Iterator[TraceContext]:
    capture.init(blob_bytes=BOUND)
    with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
        yield ctx


def last(run: TraceContext) -> dict[str, Any]:
    return read_events(run.path)[-1]


def back(run: TraceContext) -> list[str]:
    """Return the big values that the last event refers to, as a reader reads them."""
    assert run.path is not None
    blobs = [fetch(wanted, [run.path]) for wanted in references(last(run)["data"])]
    assert [blob.problem for blob in blobs] == [None] * len(blobs)
    return [blob.text for blob in blobs]


def test_replaced(run: TraceContext) -> None:
    """A string over the bound is a file for the user alone, named by its hash; its beginning stays in the trace."""
    arguments = {"small": "x" * BOUND, "big": BIG, "list": [{"deep": BIG + "!"}]}
    run.record_tool_call("f", arguments)
    written = last(run)["data"]["arguments"]
    name = sha256(BIG.encode()).hexdigest()
    assert written["small"] == "x" * BOUND
    assert written["big"] == {"$blob": name, "bytes": len(BIG.encode()), "head": BIG[:1000]}
    assert sorted(back(run)) == sorted([BIG, BIG + "!"])
    assert arguments["big"] is BIG
    assert run.path is not None
    directory = blob_directory(run.path)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / name).stat().st_mode) == 0o600
    assert len(list(directory.iterdir())) == 2


def test_characters_of_many_bytes(run: TraceContext) -> None:
    """The bound is one of bytes."""
    fits, does_not = "客" * (BOUND // 3), "客" * (BOUND // 3 + 1)
    run.record_tool_call("f", [fits, does_not])
    assert last(run)["data"]["arguments"][0] == fits
    assert back(run) == [does_not]


def test_default_bound(tmp_path: Path) -> None:
    """The bound is a MiB unless it is set."""
    with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
        ctx.record_log("out", "x" * 2**20)
        assert last(ctx)["data"]["text"] == "x" * 2**20
        ctx.record_log("out", "x" * 2**20 + "y")
        assert back(ctx) == ["x" * 2**20 + "y"]


def test_again(run: TraceContext) -> None:
    """A value that comes again is written once; one whose file is not whole is written anew."""
    run.record_log("out", BIG)
    assert run.path is not None
    [file] = blob_directory(run.path).iterdir()
    before = file.stat().st_ino
    run.record_log("out", BIG)
    assert file.stat().st_ino == before
    file.write_text("half")
    run.record_log("out", BIG)
    assert back(run) == [BIG]


@pytest.mark.parametrize("key", ["text", "$type"])
def test_careful_values(run: TraceContext, key: str) -> None:
    """So it is beside values that JSON cannot hold, and in bytes."""
    run.record_tool_call("f", {key: BIG, "odd": (1, b"x" * BOUND, float("nan"))})
    texts = back(run)
    assert BIG in texts
    assert len(texts) == 2


def test_error_message(run: TraceContext) -> None:
    """What a header says stays where a reader looks for it."""
    run.record_tool_result("f", error=BIG)
    assert last(run)["error"]["message"] == BIG


def forbid(directory: Path) -> None:
    directory.write_text("a file is in the way")


def break_link(directory: Path) -> None:
    directory.symlink_to(directory.parent / "nowhere")


@pytest.mark.parametrize("hinder", [forbid, break_link])
def test_no_place(run: TraceContext, hinder: Callable[[Path], None]) -> None:
    """Where no file can be written the event is there all the same, and the reader says what is not."""
    assert run.path is not None
    hinder(blob_directory(run.path))
    run.record_log("out", BIG)
    [wanted] = references(last(run)["data"])
    assert wanted == Reference(sha256(BIG.encode()).hexdigest(), len(BIG.encode()), BIG[:1000])
    assert fetch(wanted, [run.path]).problem is not None


def test_full_disk(tmp_path: Path, run_python: RunPython) -> None:
    """A file that is cut while it is written does not get its name, and nothing is left of it."""
    program = """
import resource, sys, capture
capture.init(blob_bytes=10_000)
with capture.TraceContext("desk", path=sys.argv[1]) as ctx:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    ctx.record_log("out", "x" * 30_000)
    print("on it goes")
"""
    path = tmp_path / "run.jsonl"
    assert run_python(program, path).stdout == "on it goes\n"
    assert list(blob_directory(path).iterdir()) == []
    assert [event["type"] for event in read_events(path)] == ["agent_start", "log", "agent_end"]


def test_in_a_child(tmp_path: Path, run_python: RunPython) -> None:
    """A forked child writes its big values beside its own file."""
    program = """
import os, sys, capture
capture.init(blob_bytes=10_000)
with capture.TraceContext("desk", path=sys.argv[1]) as ctx:
    child = os.fork()
    ctx.record_log("out", "x" * 30_000)
    if child:
        os.waitpid(child, 0)
"""
    run_python(program, tmp_path / "run.jsonl")
    traces = list(tmp_path.glob("run*.jsonl"))
    assert len(traces) == 2
    assert all(len(list(blob_directory(trace).iterdir())) == 1 for trace in traces)


def test_no_file() -> None:
    """Without a trace file everything stays in its event."""
    event = {"data": {"text": BIG}}
    assert Blobs(lambda: None, BOUND).revise(event) == {"data": {"text": BIG}}


def test_a_request(run: TraceContext) -> None:
    """A big message of a conversation stands in one file, however often it is sent."""
    messages = [{"role": "user", "content": BIG}]
    for turn in range(3):
        run.record_llm_request("m", [*messages, {"role": "user", "content": str(turn)}])
    assert run.path is not None
    assert len(os.listdir(blob_directory(run.path))) == 1  # noqa: PTH208
    assert run.path.stat().st_size < BOUND
