from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.state.traces import TraceFile
from tests.trace.importers.foreign import DATA

from .conftest import Peek, lines

Events = list[dict[str, Any]]


def test_json(peek: Peek, trace: Path, events: Events) -> None:
    """Every event is a line as it stands in the file, and its row."""
    assert lines(peek("events", trace, "--json")) == [{**event, "row": row} for row, event in enumerate(events)]


def test_text(peek: Peek, trace: Path) -> None:
    """For people every event is one line: row, time, code, name, what it says, how long it took."""
    assert peek("events", trace).stdout.splitlines()[1:7] == [
        "     1  08:00:00.500  DEC  ◆ search  0.85 because",
        '     2  08:00:00.500  TOOL → search  q="[bold]not bold[/bold] [link=x]"',
        "     3  08:00:01.500  TOOL ← search  1 2  1.0s",
        "     4  08:00:01.500  LLM  → model-1  1 message Hi",
        "     5  08:00:03.500  LLM  ← model-1  4.1k→212 tok Ho  2.0s",
        "     6  08:00:03.500  TOOL ✗ refund  ValueError: too much",
    ]


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("type:tool_*", [2, 3, 6]),
        ("name:search", [1, 2, 3]),
        ("type:tool_result name:search", [3]),
        ("error", [6]),
        ("-type:tool_*", [0, 1, 4, 5, 7]),
        ("name:nothing", []),
        ("dur>1s OR error", [5, 6, 7]),
        ('"not bold"', [2]),
    ],
)
def test_where(peek: Peek, trace: Path, where: str, rows: list[int]) -> None:
    """Only the events that hold every term are listed."""
    assert [event["row"] for event in lines(peek("events", trace, "--json", "--where", where))] == rows


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        (["--limit", "2"], [0, 1]),
        (["--limit", "0"], []),
        (["--limit", "9223372036854775808", "--where", "type:tool_*"], [2, 3, 6]),
        (["--reverse"], [7, 6, 5, 4, 3, 2, 1, 0]),
        (["--reverse", "--limit", "2", "--where", "type:tool_*"], [6, 3]),
    ],
)
def test_limit_and_reverse(peek: Peek, trace: Path, options: list[str], rows: list[int]) -> None:
    """The first so many that match are listed, or the last with the last one first; rows are those of the run."""
    assert [event["row"] for event in lines(peek("events", trace, "--json", *options))] == rows


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("tipe:x", "unknown key 'tipe': give type, or put quotes around a text (column 1)\n  tipe:x\n  ^"),
        ("error  dur>abc", "'abc' is no value for dur, such as dur>2s (column 12)\n  error  dur>abc\n             ^"),
        ("type:", "'type' needs a value (column 1)\n  type:\n  ^"),
        ('name:"x', 'a quote is not closed (column 6)\n  name:"x\n       ^'),
    ],
)
def test_malformed_query(peek: Peek, trace: Path, where: str, message: str) -> None:
    """A term that is not understood is a usage error that points at its column."""
    done = peek("events", trace, "--where", where, code=2)
    assert (done.stdout, done.stderr) == ("", f"peek: {message}\n")


def test_stdin(peek: Peek, trace: Path, events: Events) -> None:
    """`-` reads the trace from a pipe."""
    rows = lines(peek("events", "-", "--json", stdin=trace.read_bytes()))
    assert rows == [{**event, "row": row} for row, event in enumerate(events)]


def test_nothing_on_stdin(peek: Peek) -> None:
    """A pipe without anything in it is a trace without events."""
    assert lines(peek("events", "-", "--json")) == []


def test_latest(peek: Peek, tmp_path: Path) -> None:
    """Without a SRC the newest session is listed, all of its files."""
    (tmp_path / "traces").mkdir()
    for session, start in (("a" * 32, 1), ("b" * 32, 3), ("c" * 32, 2)):
        TraceFile(tmp_path / f"traces/{session}.jsonl", session=session, start=start * 10**18).add("log", session[0])
    TraceFile(tmp_path / "traces/b2.jsonl", "77777777", "b" * 32, start=5 * 10**17).add("log", "b, elsewhere")
    assert [event["name"] for event in lines(peek("events", "--json"))] == ["b, elsewhere", "b"]
    assert peek("events", "latest", "--json").stdout == peek("events", "--json").stdout


def test_session(peek: Peek, tmp_path: Path) -> None:
    """A session is named by its id or the beginning of it, in either case."""
    (tmp_path / "traces").mkdir()
    for session in ("ab12" * 8, "ab34" * 8):
        TraceFile(tmp_path / f"traces/{session}.jsonl", session=session).add("log", session[:4])
    for source in ("ab1", "AB1", "ab12" * 8):
        [event] = lines(peek("events", source, "--json"))
        assert event["name"] == "ab12"


def test_directory(peek: Peek, tmp_path: Path) -> None:
    """A directory is all the traces in it, in the order of time."""
    for name, writer, start in (("a", "1" * 8, 2), ("b", "2" * 8, 1)):
        TraceFile(tmp_path / f"{name}.jsonl", writer, start=start * 10**18).add("log", name)
    assert [event["name"] for event in lines(peek("events", tmp_path, "--json"))] == ["b", "a"]


def test_unknown_keys(peek: Peek, tmp_path: Path) -> None:
    """What Peek does not know is passed on as it stands: types, keys, values."""
    line = '{"v":9,"type":"custom.metric","when":null,"data":{"$type":"future","n":[1,{"é":"模块"}]}}'
    (tmp_path / "trace.jsonl").write_text(line + "\n")
    assert lines(peek("events", tmp_path / "trace.jsonl", "--json")) == [{**json.loads(line), "row": 0}]


def test_damaged_lines(peek: Peek, trace: Path) -> None:
    """A damaged line is a row of its own, and its neighbours are as they were."""
    whole = trace.read_bytes().splitlines(keepends=True)
    trace.write_bytes(whole[0] + b"garbage\n" + whole[1] + whole[2][:40])
    listed = lines(peek("events", trace, "--json"))
    assert [event["type"] for event in listed] == ["agent_start", "damaged", "decision"]
    assert listed[1]["data"] == {
        "file": str(trace),
        "line": 2,
        "reason": "not JSON: Expecting value at character 0",
        "bytes": 7,
        "text": "garbage",
    }


def test_numbers(peek: Peek, tmp_path: Path) -> None:
    """Numbers that only Python's own parser reads come out as they went in."""
    line = '{"type":"log","data":{"big":123456789012345678901234567890,"small":1e-7,"surrogate":"\\ud800"}}'
    (tmp_path / "trace.jsonl").write_text(line + "\n")
    [event] = lines(peek("events", tmp_path / "trace.jsonl", "--json"))
    assert event["data"] == {"big": 123456789012345678901234567890, "small": 1e-7, "surrogate": "\ud800"}


@pytest.mark.parametrize("depth", [200, 260, 900])
def test_deep(peek: Peek, tmp_path: Path, depth: int) -> None:
    """A value comes out as deep as it went in."""
    value = f'{{"a":[1,2.5,null,true,"x"],"b":{{}},"c":{"[" * depth}{"]" * depth}}}'
    line = f'{{"type":"log","data":{{"deep":{value},"surrogate":"\\ud800"}}}}'
    (tmp_path / "trace.jsonl").write_text(line + "\n")
    said = peek("events", tmp_path / "trace.jsonl", "--json").stdout
    assert said == line[:-1] + ',"row":0}\n'


class TestWhole:
    @pytest.fixture
    def chat(self, tmp_path: Path) -> Path:
        """Three requests, each written as what it adds to the one before; the last one's base is lost."""
        file = TraceFile(tmp_path / "chat.jsonl")
        first = file.add("llm_request", "m", {"messages": ["a"], "system": "S"})
        file.add("llm_request", "m", {"messages": ["b", "c"], "base": first, "keep": 1, "same": ["system"]})
        file.add("llm_request", "m", {"messages": ["d"], "base": "f" * 16, "keep": 3, "same": ["system"]})
        return file.path

    def test_json(self, peek: Peek, chat: Path) -> None:
        """Requests have all their messages; one whose base is missing says so."""
        assert [event["data"] for event in lines(peek("events", chat, "--whole", "--json"))] == [
            {"messages": ["a"], "system": "S"},
            {"messages": ["a", "b", "c"], "system": "S"},
            {"messages": ["d"], "base": "f" * 16, "keep": 3, "same": ["system"], "base_missing": "f" * 16},
        ]

    def test_not_asked_for(self, peek: Peek, chat: Path) -> None:
        """Without it they are listed as they stand in the file."""
        listed = lines(peek("events", chat, "--json"))
        assert [event["data"]["messages"] for event in listed] == [["a"], ["b", "c"], ["d"]]

    def test_text(self, peek: Peek, chat: Path) -> None:
        """People are told of all the messages too, and how many there were when some are lost."""
        said = peek("events", chat, "--whole", "--where", "type:llm_request", "--reverse", "--limit", "2").stdout
        assert [line.split("m  ")[1] for line in said.splitlines()] == ["4 messages d", "3 messages c"]

    def test_real(self, peek: Peek) -> None:
        """In a real transcript only requests are changed, and all of them are whole."""
        source = DATA / "c0dd4541-edf8-42ad-988b-48514793592b.jsonl"
        plain, whole = (lines(peek("events", source, *options, "--json")) for options in ([], ["--whole"]))
        changed = [before for before, after in zip(plain, whole, strict=True) if before != after]
        assert len(changed) == 12
        assert all("base" in event["data"] for event in changed)
        assert not any({"base", "base_missing", "base_damaged"} & event["data"].keys() for event in whole)


def test_damaged_payload(peek: Peek, tmp_path: Path) -> None:
    """Of a payload that cannot be read a program gets the line as it stands, and why, in the words of `stats`."""
    path = tmp_path / "run.jsonl"
    path.write_bytes(b'{"v":1,"type":"log","name":"n","data":{"text":"\xff"}}\n')
    (event,) = lines(peek("events", path, "--json"))
    (damage,) = lines(peek("stats", path, "--json"))[0]["damaged"]
    text = '{"v":1,"type":"log","name":"n","data":{"text":"\\xff"}}'
    assert event == {"v": 1, "type": "log", "name": "n", "damaged": damage | {"text": text}, "row": 0}


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_no_json_number(peek: Peek, tmp_path: Path, number: str) -> None:
    """A number that JSON does not have is written as FORMAT.md writes it, so that `jq` can go on."""
    path = tmp_path / "run.jsonl"
    path.write_text(f'{{"v":1,"type":"log","name":"","data":{{"n":[{number},null,{2**70}]}}}}\n')
    done = peek("events", path, "--json")
    assert [word in done.stdout for word in ("NaN", "Infinity")] == [False, False]
    (event,) = lines(done)
    assert event["data"]["n"][0]["$type"] == "float"
    assert event["data"]["n"][1:] == [None, 2**70]
    path.write_text(f'{{"v":1,"type":"log","name":"","data":{{"n":{number}}}}}\n')
    assert lines(peek("events", path, "--json"))[0]["data"]["n"]["$type"] == "float"
