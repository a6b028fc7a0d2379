"""What holds for every command: versions, help, exit codes, pipes, and who owns which stream."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest

import capture
from peek_tui.cli.main import COMMANDS
from tests.state.traces import HOSTILE, TraceFile, obeyed

from .conftest import PEEK, Peek, environment, lines

READERS = {
    "events": (),
    "stats": (),
    "tree": (),
    "before": ("5f3a9c1e00000007",),
    "after": ("5f3a9c1e00000007",),
    "search": ("text",),
    "convert": ("-o", "out.jsonl"),
}
"""Every command that reads a SRC, and what it needs beside it."""
HELPS = ("--help",), ("ls", "--help"), ("run", "--help"), ("--version",)
"""What is printed before any command begins."""
FLAGS = {
    "open": {"--format", "--theme", "--no-mouse", "--slow-link"},
    "tail": {"--format", "--theme", "--no-mouse", "--slow-link"},
    "demo": {"--speed", "--events", "--out"},
    "run": {"--out", "--output"},
    "ls": {"--all", "--failed", "--json"},
    "events": {"--where", "--limit", "--reverse", "--whole", "--json", "--format"},
    "stats": {"--json", "--format"},
    "tree": {"--root", "--depth", "--json", "--format"},
    "before": {"--type", "--json", "--format"},
    "after": {"--type", "--json", "--format"},
    "search": {"--ignore-case", "--regex", "--limit", "--json", "--format"},
    "alerts": {"--json", "--format"},
    "culprit": {"--json", "--format"},
    "why": {"--json", "--format"},
    "convert": {"--out", "--json", "--format"},
    "lnav": {"--json"},
    "doctor": {"--python", "--json"},
}


class TestVersion:
    @pytest.mark.parametrize("flag", ["--version", "-V"])
    def test_version(self, peek: Peek, flag: str) -> None:
        """`peek` says its name and its version."""
        done = peek(flag)
        assert (done.stdout, done.stderr) == (f"peek {capture.__version__}\n", "")

    @pytest.mark.parametrize("script", ["peek", "peek-tui"])
    def test_scripts(self, script: str) -> None:
        """Both scripts are the same program."""
        program = Path(sys.executable).with_name(script)
        assert subprocess.check_output([program, "--version"], text=True) == f"peek {capture.__version__}\n"


class TestHelp:
    @pytest.mark.parametrize("flag", ["--help", "-h"])
    def test_commands(self, peek: Peek, flag: str) -> None:
        """The help names every command."""
        done = peek(flag)
        named = re.findall(r"^│ ([a-z]+) ", done.stdout, re.MULTILINE)
        assert tuple(named) == COMMANDS

    @pytest.mark.parametrize("command", COMMANDS)
    def test_flags(self, peek: Peek, command: str) -> None:
        """Every command has the flags that scripts call it with, and says what it does."""
        done = peek(command, "--help")
        flags = set(re.findall(r"(?<![\w-])--[a-z-]+", done.stdout))
        assert flags == {*FLAGS[command], "--help"}
        assert done.stderr == ""

    @pytest.mark.parametrize("command", COMMANDS)
    def test_example(self, peek: Peek, command: str) -> None:
        """Every command's help shows a call of it, and no markup."""
        said = peek(command, "--help", COLUMNS="200").stdout
        [example] = re.findall("Example: (.*)", said)
        assert re.search(rf"peek {'(run.jsonl|open)' if command == 'open' else command}\b", example)
        assert "`" not in said

    def test_dumb_terminal(self, peek: Peek) -> None:
        """A terminal that can do nothing gets plain text."""
        done = peek("--help", TERM="dumb", FORCE_COLOR="")
        assert done.stdout.isascii()
        assert all(command in done.stdout for command in COMMANDS)

    def test_colour(self, peek: Peek) -> None:
        """Colour is forced on or off by the environment."""
        assert "\x1b[" in peek("--help", FORCE_COLOR="1").stdout
        assert "\x1b[" not in peek("--help", NO_COLOR="1").stdout
        assert "\x1b[" not in peek("--help").stdout


class TestUsage:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["--bogus"],
            ["events", "--bogus"],
            ["events", "--limit", "-1"],
            ["events", "a", "b"],
            ["ls", "something"],
            ["before", "latest"],
            ["after", "latest", "5f3a9c1e00000007", "-n", "0"],
            ["search", "latest"],
            ["search", "latest", "text", "--limit", "0"],
            ["convert", "latest"],
            ["run", "--out", "", "--", "true"],
            ["demo", "--out", ""],
            ["demo", "--speed", "fast"],
        ],
        ids=" ".join,
    )
    def test_wrong_calls(self, peek: Peek, arguments: list[str]) -> None:
        """A command that was called wrongly ends with 2, says so beside the data, and shows no traceback."""
        done = peek(*arguments, code=2)
        assert done.stdout == ""
        assert "Usage: peek" in done.stderr
        assert "Traceback" not in done.stderr

    @pytest.mark.parametrize("arguments", [[], ["open"], ["tail", "-"], ["-"]], ids=["", "open", "tail", "stdin"])
    def test_no_terminal(self, peek: Peek, arguments: list[str]) -> None:
        """The debugger without a terminal is a usage error that names what does without."""
        done = peek(*arguments, code=2)
        assert done.stdout == ""
        assert done.stderr.startswith("peek: the debugger needs a terminal")
        assert "peek events SRC" in done.stderr

    def test_ambiguous_session(self, peek: Peek, tmp_path: Path) -> None:
        """The beginning of several sessions' ids is a usage error that asks for more of it."""
        (tmp_path / "traces").mkdir()
        for session in ("ab12" * 8, "ab34" * 8):
            TraceFile(tmp_path / f"traces/{session}.jsonl", session=session).add("log")
        done = peek("stats", "ab", code=2)
        assert done.stdout == ""
        assert done.stderr.startswith("peek: ab is the beginning of 2 sessions: give more of ab")


class TestUnreadable:
    @pytest.mark.parametrize("command", READERS)
    def test_no_such_file(self, peek: Peek, command: str) -> None:
        """A file that is not there is named, in one sentence."""
        done = peek(command, "nowhere.jsonl", *READERS[command], "--json", code=3)
        assert (done.stdout, done.stderr) == ("", "peek: nowhere.jsonl: there is no such file\n")

    def test_no_trace(self, peek: Peek, tmp_path: Path) -> None:
        """A file in which nothing is an event is refused, with what stands in its first line."""
        path = tmp_path / "notes.txt"
        path.write_text("Dear diary,\nnothing happened.\n")
        done = peek("events", path, code=3)
        reason = "line 1 is not JSON: Expecting value at character 0"
        assert (done.stdout, done.stderr) == ("", f"peek: {path} is not a trace Peek can read: {reason}\n")

    @pytest.mark.parametrize(
        ("text", "code"), [("hello", 3), ("[1", 3), ('{"v":', 0), ("\ufeff {", 0), ("", 0), ("\n", 0)]
    )
    def test_no_whole_line(self, peek: Peek, tmp_path: Path, text: str, code: int) -> None:
        """Half a line is a trace that has begun, if it may become an event."""
        path = tmp_path / "notes.txt"
        path.write_text(text, encoding="utf-8")
        said = f"peek: {path} is not a trace Peek can read: it does not begin with a JSON object\n"
        assert peek("stats", path, code=code).stderr == (said if code else "")

    def test_no_sessions(self, peek: Peek, tmp_path: Path) -> None:
        """The latest of no sessions is not there, and how to make one is said."""
        done = peek("events", code=3)
        said = f"peek: there are no traces yet in {tmp_path / 'traces'}; `peek demo` makes one\n"
        assert (done.stdout, done.stderr) == ("", said)

    def test_no_such_session(self, peek: Peek, tmp_path: Path) -> None:
        """A word that is neither a file nor a session's beginning is refused."""
        done = peek("stats", "abc123", code=3)
        said = f"peek: abc123: there is no such file, and no session in {tmp_path / 'traces'} begins so\n"
        assert (done.stdout, done.stderr) == ("", said)

    def test_empty_directory(self, peek: Peek, tmp_path: Path) -> None:
        """A directory without traces is refused."""
        (tmp_path / "empty").mkdir()
        done = peek("events", tmp_path / "empty", code=3)
        said = f"peek: {tmp_path / 'empty'} holds no traces: there is no .jsonl file in it\n"
        assert (done.stdout, done.stderr) == ("", said)

    def test_device(self, peek: Peek) -> None:
        """What is no regular file is refused, and how to read a pipe is said."""
        done = peek("events", "/dev/null", code=3)
        said = "peek: /dev/null is not a regular file; to read a pipe, give - and pipe into peek\n"
        assert (done.stdout, done.stderr) == ("", said)

    def test_nothing_runs(self, peek: Peek, trace: Path) -> None:
        """To follow a run when none is running is refused."""
        done = peek("tail", code=3)
        assert done.stdout == ""
        assert done.stderr.startswith("peek: no session is running")


class TestPipes:
    @pytest.mark.parametrize("command", [["events"], ["events", "--json"], ["tree"], ["search", "e"]], ids=" ".join)
    def test_broken(self, peek: Peek, tmp_path: Path, command: list[str]) -> None:
        """A reader that has seen enough ends the command in silence, and well."""
        path = tmp_path / "long.jsonl"
        peek("demo", "--events", "3000", "--out", path)
        program = [*PEEK, *command[:1], str(path), *command[1:]]
        with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            assert running.stdout.readline() != b""
            running.stdout.close()
            assert running.stderr.read() == b""
            assert running.wait(30) == 0

    def test_closed_before_anything(self, trace: Path) -> None:
        """A reader that is gone from the start is no error either."""
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            [*PEEK, "stats", trace], stdout=write, stderr=subprocess.PIPE, env=environment(), check=False
        )
        os.close(write)
        assert (done.returncode, done.stderr) == (0, b"")

    def test_interrupted(self, tmp_path: Path) -> None:
        """Ctrl-C ends a command that waits, in silence, with 130, and leaves nothing behind."""
        place = tmp_path / "spool"
        place.mkdir()
        with subprocess.Popen(
            [*PEEK, "events", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(TMPDIR=str(place)),
        ) as running:
            deadline = time.monotonic() + 30
            while not list(place.glob("peek-*/*")):
                assert time.monotonic() < deadline
                time.sleep(0.01)
            running.send_signal(signal.SIGINT)
            said = running.communicate(timeout=30)
        assert (running.returncode, *said) == (130, b"", b"")
        assert list(place.iterdir()) == []

    def test_interrupted_early(self) -> None:
        """So does one that strikes while the command is still being imported."""
        program = """
import sys
from peek_tui.cli.main import main

class Struck:
    def find_spec(self, name, *_):
        if name == "peek_tui.cli.root":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Struck())
main(["stats"])
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment(), check=False)
        assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


class TestHostile:
    @pytest.fixture
    def hostile(self, tmp_path: Path) -> Path:
        """A trace in which everything that can be text is hostile."""
        (tmp_path / "traces").mkdir()
        text = "".join(HOSTILE)
        trace = TraceFile(tmp_path / "traces" / "hostile.jsonl", session="\x1b]52;c;SGVsbG8=\x07\u202e")
        start = trace.add("agent_start", text, {"agent_name": text, "argv": [text], "tags": [text], "host": text})
        for type in ("tool_call", "log", text):
            trace.add(type, text, {text: [text]}, error={"type": text, "message": text, "stack": text}, agent=text)
        trace.write(text.encode("utf-8", "replace").replace(b"\n", b"") + b"\n")
        trace.add("agent_end", text, {"status": text}, parent=start)
        return trace.path

    @pytest.mark.parametrize(
        "command",
        [
            *(["events"], ["events", "--json"], ["stats"], ["stats", "--json"], ["tree"], ["tree", "--json"]),
            *(["search", "markup"], ["search", "markup", "--json"]),
        ],
    )
    def test_readers(self, peek: Peek, hostile: Path, command: list[str]) -> None:
        """Nothing in a trace reaches a terminal as anything but text, on either stream."""
        done = peek(command[0], hostile, *command[1:])
        assert obeyed(done.stdout) == {"\n"}
        assert done.stderr == ""

    @pytest.mark.parametrize("command", [["ls"], ["ls", "--json"]])
    def test_lists(self, peek: Peek, hostile: Path, command: list[str]) -> None:
        """Nor does what a session calls itself."""
        done = peek(*command)
        assert obeyed(done.stdout) == {"\n"}
        assert len(done.stdout.splitlines()) == (1 if "--json" in command else 2)

    def test_the_same_values(self, peek: Peek, hostile: Path) -> None:
        """For programs the escaped text is the same text."""
        assert lines(peek("events", hostile, "--json"))[1]["name"] == "".join(HOSTILE)

    def test_markup(self, peek: Peek, trace: Path) -> None:
        """Markup is text."""
        assert 'q="[bold]not bold[/bold] [link=x]"' in peek("events", trace, FORCE_COLOR="1").stdout

    def test_errors(self, peek: Peek, tmp_path: Path) -> None:
        """Nor does the name of a file that cannot be read."""
        done = peek("events", f"{tmp_path}/\x1b]52;c;SGVsbG8=\x07\u202e.jsonl", code=3)
        assert obeyed(done.stderr) == {"\n"}

    def test_query(self, peek: Peek, trace: Path) -> None:
        """Nor does a query that is not understood."""
        done = peek("events", trace, "--where", "dur>\x1b[2Jx", code=2)
        assert obeyed(done.stderr) == {"\n"}


ACCEPTANCE = """
import asyncio, capture
from capture import TraceContext, init
init()
async def main():
    async with TraceContext(agent_name="my_agent") as ctx:
        await ctx.record_decision(
            reasoning="User asked for weather data", confidence=0.85, chosen_action="call_weather_tool"
        )
        await ctx.record_tool_call("weather_api", {"location": "Seattle"})
asyncio.run(main())
"""


def test_a_first_agent(peek: Peek, tmp_path: Path) -> None:
    """The agent of the README is recorded for its user alone, and the newest trace tells its story in order."""
    place = tmp_path / "empty"
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", ACCEPTANCE], cwd=place, capture_output=True, env=environment(), check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert list(place.iterdir()) == []
    [path] = (tmp_path / "traces").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700

    start, decision, call, end = lines(peek("events", "latest", "--json"))
    story = [(event["row"], event["type"], event["name"]) for event in (start, decision, call, end)]
    assert story == [
        (0, "agent_start", "my_agent"),
        (1, "decision", "call_weather_tool"),
        (2, "tool_call", "weather_api"),
        (3, "agent_end", "my_agent"),
    ]
    parents = [event["parent"] for event in (start, decision, call, end)]
    assert parents == ["0" * 16, start["id"], decision["id"], start["id"]]
    assert decision["data"] == {
        "reasoning": "User asked for weather data",
        "confidence": 0.85,
        "chosen_action": "call_weather_tool",
    }
    assert call["data"] == {"arguments": {"location": "Seattle"}}
    assert end["data"]["status"] == "completed"
    assert len({event["session"] for event in (start, decision, call, end)}) == 1


@pytest.mark.parametrize(("words", "expected"), [(["stats", "--help"], "1"), (["run", "--help"], "None")])
def test_threads_of_numpy(words: list[str], expected: str) -> None:
    """A command that only reads has numpy start no threads; one that runs a program leaves it its environment."""
    code = (
        "import atexit, os; from peek_tui.cli.main import main;"
        f" atexit.register(lambda: print(os.environ.get('OPENBLAS_NUM_THREADS'))); main({words})"
    )
    without = {key: value for key, value in environment().items() if key != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", code], env=without, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == expected


class TestOutput:
    """What becomes of output that cannot be written as it is."""

    COMMANDS = ("events", "{}"), ("stats", "{}", "--json"), ("convert", "{}", "-o", "-"), *HELPS

    @pytest.mark.parametrize("unbuffered", ["", "1"])
    @pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
    def test_full_disk(self, trace: Path, words: tuple[str, ...], unbuffered: str) -> None:
        """A full disk behind stdout is one sentence, not the exit code of a "no"."""
        with Path("/dev/full").open("wb") as full:
            done = self.run(words, trace, full, PYTHONUNBUFFERED=unbuffered)
        said = "peek: the output cannot be written: No space left on device; give it another place\n"
        assert (done.returncode, done.stderr) == (2, said)

    @pytest.mark.parametrize("unbuffered", ["", "1"])
    @pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
    def test_reader_gone(self, trace: Path, words: tuple[str, ...], unbuffered: str) -> None:
        """Whoever reads no more of the output than they like to hears nothing of it."""
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            done = self.run(words, trace, pipe, PYTHONUNBUFFERED=unbuffered)
        assert (done.returncode, done.stderr) == (0, "")

    @staticmethod
    def run(words: tuple[str, ...], trace: Path, stdout: IO[bytes], **changes: str) -> subprocess.CompletedProcess[str]:
        """Run a command on a trace, which its words call {}, with something for its stdout."""
        command = [*PEEK, *(word.format(trace) for word in words)]
        env = environment(**changes)
        return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, env=env, check=False)

    @pytest.mark.parametrize("words", HELPS, ids=" ".join)
    def test_help_closed(self, words: tuple[str, ...]) -> None:
        """Help and version are written to nobody without a word when stdout is closed."""
        shell = ["sh", "-c", '"$@" >&-', "sh"]
        done = subprocess.run([*shell, *PEEK, *words], env=environment(), capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")

    @pytest.mark.parametrize(("command", "code"), [("stats", 0), ("events", 0), ("search nowhere", 1)])
    def test_closed(self, trace: Path, command: str, code: int) -> None:
        """Whoever closed stdout and stderr wants nothing of them: the exit code says it all."""
        name, *more = command.split()
        shell = ["sh", "-c", '"$@" >&- 2>&-', "sh"]
        assert subprocess.run([*shell, *PEEK, name, trace, *more], env=environment(), check=False).returncode == code

    def test_without_unicode(self, peek: Peek, tmp_path: Path) -> None:
        """Where an encoding lacks a sign, people read its number, and programs the same JSON in ASCII."""
        path = tmp_path / "run.jsonl"
        path.write_text('{"v":1,"type":"log","name":"Zoë😀","data":{}}\n', encoding="utf-8")
        there = {"PYTHONIOENCODING": "ascii"}
        assert r"Zo\xeb\U0001f600" in peek("events", path, **there).stdout
        (event,) = lines(peek("events", path, "--json", **there))
        assert event["name"] == "Zoë😀"
