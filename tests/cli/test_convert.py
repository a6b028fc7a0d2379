from __future__ import annotations

import json
from pathlib import Path

import pytest

from capture.format import parse_line
from capture.values import restore
from tests.state.traces import TraceFile
from tests.trace.importers.foreign import DATA, foreign_lines

from .conftest import Peek, lines

TRANSCRIPT = DATA / "denied-tool.jsonl"
SUBAGENTS = DATA / "c0dd4541-edf8-42ad-988b-48514793592b.jsonl"


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
