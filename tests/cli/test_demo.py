from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Peek, lines


def test_records_without_a_terminal(peek: Peek, tmp_path: Path) -> None:
    """Without a terminal the agent is only recorded, among the other traces, and the path is all that is said."""
    done = peek("demo", "--speed", "0")
    path = Path(done.stdout.removesuffix("\n"))
    assert path.parent == tmp_path / "traces"
    [session] = lines(peek("ls", "--json"))
    assert session["paths"] == [str(path)]
    assert (session["agent"], session["status"], session["outcome"]) == ("support_agent", "finished", "completed")
    assert session["events"] == len(path.read_text().splitlines())


def test_out(peek: Peek, tmp_path: Path) -> None:
    """With a file to record to, the trace is there and nowhere else."""
    path = tmp_path / "out" / "demo.jsonl"
    done = peek("demo", "--speed", "0", "--out", path)
    assert (done.stdout, done.stderr) == (f"{path}\n", "")
    assert json.loads(path.read_text().splitlines()[-1])["type"] == "agent_end"
    assert not (tmp_path / "traces").exists()


def test_generated(peek: Peek, tmp_path: Path) -> None:
    """A trace of any length is generated without a wait, the same one each time."""
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert peek("demo", "--events", "500", "--out", first).stdout == f"{first}\n"
    peek("demo", "--events", "500", "--out", second)
    [said] = lines(peek("stats", first, "--json"))
    assert (said["events"], said["damaged"], said["missing"], said["orphans"]) == (500, [], [], 0)
    times = [[json.loads(line)["ts"] for line in path.read_text().splitlines()] for path in (first, second)]
    assert times[0] == times[1]


def test_generated_without_a_file(peek: Peek) -> None:
    """A generated trace needs a file to go to."""
    done = peek("demo", "--events", "500", code=2)
    assert (done.stdout, done.stderr) == ("", "peek: --events needs --out FILE to write to\n")


def test_generated_over_another(peek: Peek, trace: Path) -> None:
    """A trace that is there already is not generated over."""
    before = trace.read_bytes()
    done = peek("demo", "--events", "500", "--out", trace, code=2)
    assert (done.stdout, done.stderr) == ("", f"peek: {trace} exists already; give another --out\n")
    assert trace.read_bytes() == before


def test_too_few_events(peek: Peek, tmp_path: Path) -> None:
    """A trace has at least two events: its start and its end."""
    assert peek("demo", "--events", "1", "--out", tmp_path / "x.jsonl", code=2).stdout == ""
    peek("demo", "--events", "2", "--out", tmp_path / "x.jsonl")
    assert len((tmp_path / "x.jsonl").read_text().splitlines()) == 2


def test_negative_speed(peek: Peek) -> None:
    """There is no negative speed."""
    assert peek("demo", "--speed", "-1", code=2).stdout == ""


@pytest.mark.parametrize("options", [["--speed", "0"], ["--events", "2"]], ids=" ".join)
def test_unwritable(peek: Peek, tmp_path: Path, options: list[str]) -> None:
    """A trace that could not be written is not said to be there."""
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "trace.jsonl"
    done = peek("demo", *options, "--out", path, code=3)
    said = f"peek: {path} cannot be written; see to its directory, or give another --out\n"
    assert (done.stdout, done.stderr) == ("", said)
