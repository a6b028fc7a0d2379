from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.format import parse_line
from capture.values import restore
from peek_tui.cli.convert import run as run_convert
from peek_tui.demo.generate import generate
from peek_tui.paths import state_directory
from peek_tui.state.marks_file import marks_path
from peek_tui.state.memory import Memory, Remembered, session_of
from peek_tui.trace.blobs import blob_directory
from peek_tui.trace.names import subagent_files
from peek_tui.trace.store import Snapshot, Store
from tests.state.traces import TraceFile
from tests.trace.importers.foreign import DATA, foreign_lines

from .conftest import PEEK, Peek, environment, lines

TRANSCRIPT = DATA / "denied-tool.jsonl"
SUBAGENTS = DATA / "c0dd4541-edf8-42ad-988b-48514793592b.jsonl"
GOOD_LINE = b'{"v":1,"id":"5f3a9c1e00000000","session":"s","type":"log","name":"one","data":{}}'
ODD_LINES = (
    GOOD_LINE,
    b'\xef\xbb\xbf{"type":"log","name":"BOM"}',
    b'{"type":"log","name":"CRLF"}\r',
    b'{"type":"log","name":"bad payload","data":{"x":}}',
    b'{"type":"log","name":"\xe2\x80\xa8 \xc2\x85 \x0b","data":{"n":NaN}}',
    b'{"type":"damaged","name":"damaged"}',
    b" \t",
)


@contextmanager
def opened(path: Path, format: str | None = None) -> Iterator[Snapshot]:
    """Read a file, and let go of it."""
    store = Store.load([path], format)
    yield store.snapshot()
    store.close()


def read_events(path: Path) -> list[Any]:
    """Read a trace: every line, and all but its place in the file of what is damaged."""
    with opened(path, "peek") as snapshot:
        events = [snapshot.event(row) for row in range(len(snapshot))]
    return [(event.raw, event.type, event.name, event.damage and event.damage.reason) for event in events]


def test_json(peek: Peek, tmp_path: Path) -> None:
    """A transcript becomes a trace of ours that says the same, and holds every line of it as it was."""
    out = tmp_path / "out.jsonl"
    done = peek("convert", TRANSCRIPT, "-o", out, "--json")
    assert lines(done) == [{"events": 45, "unread": 0, "format": "claude-code"}]
    assert peek("stats", out, "--json").stdout == peek("stats", TRANSCRIPT, "--json").stdout
    assert peek("events", out, "--json").stdout == peek("events", TRANSCRIPT, "--json").stdout
    sources = [restore(parse_line(line).event["source"]) for line in foreign_lines(out)]
    raw = {source["line"]: source["raw"] for source in sources if "raw" in source}
    assert [raw[number] for number in sorted(raw)] == [json.loads(line) for line in foreign_lines(TRANSCRIPT)]
    assert out.stat().st_mode & 0o777 == 0o600


def test_text(peek: Peek, tmp_path: Path) -> None:
    """People are told what was written, and what could not be read."""
    source, out = tmp_path / "run.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(TRANSCRIPT.read_bytes() + b"garbage\n")
    assert peek("convert", source, "-o", out).stdout == (
        f"{out}: 45 events, read as claude-code\n1 of its lines could not be read\n"
    )


def test_subagents(peek: Peek, tmp_path: Path) -> None:
    """A transcript is converted with its subagents, to one file."""
    out = tmp_path / "out.jsonl"
    said = lines(peek("convert", SUBAGENTS, "-o", out, "--json"))
    assert said == [{"events": 166, "unread": 0, "format": "claude-code"}]
    assert lines(peek("stats", out, "--json"))[0]["orphans"] == 0


def test_damaged(peek: Peek, tmp_path: Path) -> None:
    """A line that cannot be read is counted, and stands in the new file as it was."""
    source, out = tmp_path / "run.jsonl", tmp_path / "out.jsonl"
    first, *others = foreign_lines(TRANSCRIPT)
    source.write_bytes(b"\n".join([first, b"{garbage", *others, b""]))
    [said] = lines(peek("convert", source, "-o", out, "--json"))
    assert (said["events"], said["unread"]) == (45, 1)
    assert b"{garbage" in foreign_lines(out)


def test_lines_that_wait(peek: Peek, tmp_path: Path) -> None:
    """Lines that have become no event by the end are not read."""
    source, out = tmp_path / "run.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b'{"type":"summary","summary":"So far","leafUuid":"u"}\n')
    [said] = lines(peek("convert", source, "-o", out, "--json"))
    assert said == {"events": 0, "unread": 1, "format": "claude-code"}


def test_our_own(peek: Peek, trace: Path, tmp_path: Path) -> None:
    """A trace of ours converts to itself."""
    out = tmp_path / "out.jsonl"
    assert lines(peek("convert", trace, "-o", out, "--json")) == [{"events": 8, "unread": 0, "format": "peek"}]
    assert out.read_bytes() == trace.read_bytes()


def test_twice(peek: Peek, tmp_path: Path) -> None:
    """What was converted converts to itself."""
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    peek("convert", SUBAGENTS, "-o", first)
    [said] = lines(peek("convert", first, "-o", second, "--json"))
    assert (said["format"], second.read_bytes()) == ("peek", first.read_bytes())


def test_stdin(peek: Peek, tmp_path: Path) -> None:
    """What comes through a pipe is told by its lines, as a file is."""
    out = tmp_path / "out.jsonl"
    said = lines(peek("convert", "-", "-o", out, "--json", stdin=(DATA / "stream.jsonl").read_bytes()))
    assert said == [{"events": 19, "unread": 0, "format": "claude-stream-json"}]


def test_directory(peek: Peek, tmp_path: Path) -> None:
    """Files of several formats are converted together, and each format is named."""
    (tmp_path / "a.jsonl").write_bytes((DATA / "stream.jsonl").read_bytes())
    TraceFile(tmp_path / "b.jsonl").add("log")
    [said] = lines(peek("convert", tmp_path, "-o", tmp_path / "out.jsonl", "--json"))
    assert said == {"events": 20, "unread": 0, "format": "claude-stream-json, peek"}


@pytest.mark.parametrize("name", ["generated", SUBAGENTS.name, TRANSCRIPT.name, "stream.jsonl"])
def test_lossless(tmp_path: Path, name: str) -> None:
    """What is read from the new file is what was read from the old: every event, sum and place in the tree."""
    source, out = DATA / name, tmp_path / "out.jsonl"
    if name == "generated":
        source = tmp_path / "generated.jsonl"
        generate(source, 2_000)
    run_convert(str(source), output=str(out))
    with opened(source) as old, opened(out) as new:
        assert new.stats() == old.stats()
        rows = range(len(old))
        assert [new.event(row) for row in rows] == [replace(old.event(row), handle=row) for row in rows]
        assert [(new.tree().depth(row), new.tree().sums(row)) for row in rows] == [
            (old.tree().depth(row), old.tree().sums(row)) for row in rows
        ]
        assert len(new) == len(old)


@pytest.mark.parametrize("name", [SUBAGENTS.name, TRANSCRIPT.name, "stream.jsonl"])
def test_every_line_is_there(peek: Peek, tmp_path: Path, name: str) -> None:
    """Every record of a foreign file stands in the new one as it was."""
    out = tmp_path / "out.jsonl"
    peek("convert", DATA / name, "-o", out)
    sources = [restore(parse_line(line).event["source"]) for line in foreign_lines(out)]
    kept = [source["raw"] for source in sources if "raw" in source]
    files = [DATA / name, *subagent_files(DATA / name)]
    records = [json.loads(line) for file in files for line in foreign_lines(file)]
    assert sorted(map(json.dumps, kept)) == sorted(map(json.dumps, records))


@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from(ODD_LINES)), max_size=6), st.booleans())
def test_any_bytes(made: list[bytes], feed: bool) -> None:
    """Whatever stands in a trace of ours, the new file holds the same lines, and reads the same."""
    with tempfile.TemporaryDirectory() as directory:
        source, out = Path(directory) / "run.jsonl", Path(directory) / "out.jsonl"
        source.write_bytes(b"\n".join([GOOD_LINE, *made]) + b"\n" * feed)
        run_convert(str(source), output=str(out), format="peek")
        assert read_events(out) == read_events(source)


class TestStdout:
    def test_stdout(self, peek: Peek, tmp_path: Path) -> None:
        """`-o -` writes the trace to a pipe, says the rest beside it, and makes no file of that name."""
        out = tmp_path / "out.jsonl"
        peek("convert", TRANSCRIPT, "-o", out)
        done = peek("convert", TRANSCRIPT, "-o", "-")
        assert (done.stdout, done.stderr) == (out.read_text(), "-: 45 events, read as claude-code\n")

    def test_json(self, peek: Peek, trace: Path) -> None:
        """The trace and the report cannot both go there."""
        done = peek("convert", trace, "-o", "-", "--json", code=2)
        assert done.stdout == ""
        assert done.stderr.startswith("peek: with -o - the trace itself goes to stdout")

    def test_terminal(self, trace: Path) -> None:
        """A terminal would obey what stands in a trace, and gets none of it."""
        ours, theirs = os.openpty()
        command = [*PEEK, "convert", str(trace), "-o", "-"]
        done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, env=environment(), check=False)
        os.close(theirs)
        os.close(ours)
        assert done.returncode == 2
        assert done.stderr.startswith(b"peek: this is data for a program or a file, not for a terminal")


class TestBigValues:
    TEXT = "x" * 5_000
    NAME = sha256(TEXT.encode()).hexdigest()

    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        """A trace that refers to a big value twice, and to another that is not there."""
        file = TraceFile(tmp_path / "run.jsonl")
        for name in (self.NAME, self.NAME, "0" * 64):
            value = f'{{"$blob":"{name}","bytes":5000,"head":"xxx"}}'
            file.write(f'{{"type":"tool_result","data":{{"result":[{value}]}}}}\n'.encode())
        file.add("tool_call", "t", {"arguments": {"$blob": "1" * 64, "bytes": 5_000}})  # the agent's own, no big value
        blob_directory(file.path).mkdir()
        (blob_directory(file.path) / self.NAME).write_text(self.TEXT)
        return file.path

    def test_copied(self, peek: Peek, source: Path, tmp_path: Path) -> None:
        """Big values go along, to be read by their owner alone; one that is not there is named."""
        out = tmp_path / "out.jsonl"
        done = peek("convert", source, "-o", out)
        assert done.stderr == f"a big value is left out: its file {'0' * 64} is not there\n"
        [copy] = blob_directory(out).iterdir()
        assert (copy.name, copy.read_text()) == (self.NAME, self.TEXT)
        assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)

    def test_stdout(self, peek: Peek, source: Path) -> None:
        """A pipe has no place for them."""
        first, *_ = peek("convert", source, "-o", "-").stderr.splitlines()
        assert first == f"the big value {self.NAME} stays where it is: there is no place for it beside stdout"


class TestMarks:
    @pytest.fixture
    def marked(self, trace: Path) -> Path:
        """A trace of whose session marks and a note are remembered."""
        with opened(trace) as snapshot:
            ids = [snapshot.event(row).id for row in range(2)]
            remembered = Remembered(letters={"a": ids[0], "b": ids[1]}, notes={ids[1]: "here"})
            Memory(state_directory()).keep(session_of(snapshot), remembered)
        return trace

    def test_go_along(self, peek: Peek, marked: Path, tmp_path: Path) -> None:
        """Marks and notes stand beside the new trace, whose lines are what they were, and go along from there too."""
        out, again = tmp_path / "out.jsonl", tmp_path / "again.jsonl"
        said = peek("convert", marked, "-o", out).stdout.splitlines()
        assert said[1:] == [f"its marks and notes (3) go with it in {out}.marks.json"]
        assert out.read_bytes() == marked.read_bytes()
        beside = marks_path(out)
        assert beside.stat().st_mode & 0o777 == 0o600
        assert {*json.loads(beside.read_bytes())["marks"]} == {"a", "b"}
        peek("convert", out, "-o", again, PEEK_DIR=str(tmp_path / "elsewhere"))
        assert marks_path(again).read_bytes() == beside.read_bytes()

    def test_stdout(self, peek: Peek, marked: Path) -> None:
        """A pipe has no place for them, and that is said."""
        done = peek("convert", marked, "-o", "-")
        assert done.stdout.encode() == marked.read_bytes()
        assert done.stderr.splitlines()[1:] == ["its marks and notes (3) stay here: a pipe has no place for them"]

    def test_existing(self, peek: Peek, marked: Path, tmp_path: Path) -> None:
        """A file of marks that is there is left as it is, and no trace written that it would not belong to."""
        out = tmp_path / "out.jsonl"
        marks_path(out).write_text("mine")
        said = peek("convert", marked, "-o", out, code=2).stderr
        assert said == f"peek: {out}.marks.json exists already; give another -o FILE\n"
        assert (marks_path(out).read_text(), out.exists()) == ("mine", False)

    def test_none(self, peek: Peek, trace: Path, tmp_path: Path) -> None:
        """Where there are none, nothing is written beside the trace."""
        peek("convert", trace, "-o", tmp_path / "out.jsonl")
        assert not marks_path(tmp_path / "out.jsonl").exists()


LIMITED = """
import resource, signal
from peek_tui.cli.main import main

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
main({arguments})
"""


def test_stopped(tmp_path: Path) -> None:
    """A conversion that does not come to its end leaves no file."""
    source, out = tmp_path / "run.jsonl", tmp_path / "out.jsonl"
    generate(source, 3_000)
    program = LIMITED.format(arguments=["convert", str(source), "-o", str(out)])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment(), check=False)
    assert (done.returncode, done.stderr.decode()) == (2, f"peek: {out} cannot be written: File too large\n")
    assert not out.exists()


def test_existing_file(peek: Peek, trace: Path, tmp_path: Path) -> None:
    """A file that is there is left as it is."""
    out = tmp_path / "out.jsonl"
    out.write_text("mine")
    assert peek("convert", trace, "-o", out, code=2).stderr == f"peek: {out} exists already; give another -o FILE\n"
    assert out.read_text() == "mine"


def test_no_directory(peek: Peek, trace: Path, tmp_path: Path) -> None:
    """A file that cannot be written is a usage error that names it."""
    out = tmp_path / "nowhere" / "out.jsonl"
    said = peek("convert", trace, "-o", out, code=2).stderr
    assert said == f"peek: {out} cannot be written: No such file or directory\n"


def test_unreadable(peek: Peek, tmp_path: Path) -> None:
    """What is of no format is refused, and no file is written."""
    source, out = tmp_path / "notes.txt", tmp_path / "out.jsonl"
    source.write_text("hello\n")
    assert "is not a trace Peek can read" in peek("convert", source, "-o", out, code=3).stderr
    assert not out.exists()


@pytest.mark.parametrize("command", ["events", "stats", "tree"])
def test_format(peek: Peek, command: str) -> None:
    """A format given by name overrides what the lines look like; one that is not known is a usage error."""
    stream = DATA / "stream.jsonl"
    plain = peek(command, stream).stdout
    assert peek(command, stream, "--format", "claude-stream-json").stdout == plain
    assert peek(command, stream, "--format", "claude-code").stdout != plain
    assert "is not a trace Peek can read" not in peek(command, stream, "--format", "peek").stderr
    assert "nope: there is no such format" in peek(command, stream, "--format", "nope", code=2).stderr


@pytest.mark.parametrize("command", ["open", "tail"])
def test_format_on_the_screen(peek: Peek, command: str) -> None:
    """The debugger takes a format too, and says what it lacks before it looks at the file."""
    said = peek(command, DATA / "stream.jsonl", "--format", "claude-code", code=2).stderr
    assert said.startswith("peek: the debugger needs a terminal")
