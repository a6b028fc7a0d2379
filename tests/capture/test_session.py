from __future__ import annotations

import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import capture
from capture import TraceContext, trace_agent, trace_tool
from capture._core.config import Config, in_force
from capture._core.paths import session_id
from capture.testing import read_events
from tests.conftest import RunPython

Event = dict[str, Any]


@pytest.fixture
def recorded(tmp_path: Path) -> Callable[[], list[Event]]:
    """The events of the one trace that the test left in the trace directory."""

    def read() -> list[Event]:
        [path] = (tmp_path / "traces").iterdir()
        return read_events(path)

    return read


class TestInProcess:
    def test_start_and_end(self, recorded: Callable[[], list[Event]]) -> None:
        """A session is opened and ended by hand."""
        ctx = capture.start_session("desk", tags=["a"])
        assert capture.start_session("another") is ctx
        assert capture.current() is ctx
        ctx.record_tool_call("search")
        capture.end_session()
        capture.end_session()
        assert [(event["type"], event["name"]) for event in recorded()] == [
            ("agent_start", "desk"), ("tool_call", "search"), ("agent_end", "desk")
        ]  # fmt: skip
        assert recorded()[0]["data"]["tags"] == ["a"]
        assert recorded()[-1]["data"]["status"] == "completed"

    @pytest.mark.parametrize("status", ["completed", "error", "cancelled"])
    def test_status(self, recorded: Callable[[], list[Event]], status: str) -> None:
        """The caller says how it ended."""
        capture.start_session("desk")
        capture.end_session(status)
        assert (recorded()[-1]["data"]["status"], "error" in recorded()[-1]) == (status, False)

    def test_error(self, recorded: Callable[[], list[Event]]) -> None:
        """An exception says that it ended with an error."""
        capture.start_session("desk")
        capture.end_session(error=ValueError("no"))
        end = recorded()[-1]
        assert (end["data"]["status"], end["error"]["message"]) == ("error", "no")

    def test_given_place(self, tmp_path: Path) -> None:
        """A session may name its file and its run."""
        ctx = capture.start_session("desk", tmp_path / "run.jsonl", "order-1")
        assert (ctx.path, ctx.session) == (tmp_path / "run.jsonl", session_id("order-1"))

    def test_opened_by_the_first_event(self, recorded: Callable[[], list[Event]]) -> None:
        """The first event opens a session when nobody has, named as `init` says."""
        capture.init(agent_name="configured", tags=["x"])
        capture.current().record_decision("why")
        capture.current().record_decision("why not")
        assert [event["type"] for event in recorded()] == ["agent_start", "decision", "decision"]
        assert (recorded()[0]["name"], recorded()[0]["data"]["tags"]) == ("configured", ["x"])

    def test_again(self, tmp_path: Path) -> None:
        """After its end the next event opens another."""
        capture.current().record_log("a")
        capture.end_session()
        capture.current().record_log("b")
        assert len({path.name for path in (tmp_path / "traces").iterdir()}) == 2

    def test_current_is_the_innermost(self, tmp_path: Path) -> None:
        """Inside a context, that is the current one; what it is in a task is the task's own."""
        with TraceContext("outer", path=tmp_path / "run.jsonl") as outer:
            assert capture.current() is outer
            with TraceContext("inner") as inner:
                assert capture.current() is inner
            assert capture.current() is outer

    def test_threads_share_it(self, recorded: Callable[[], list[Event]]) -> None:
        """Threads whose first events come at once open one session."""
        start = threading.Barrier(8)

        def work() -> None:
            start.wait()
            capture.current().record_log("x")

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [event["type"] for event in recorded()] == ["agent_start", *["log"] * 8]

    def test_init_without_arguments(self, tmp_path: Path) -> None:
        """`init()` puts the defaults in force again."""
        capture.init(agent_name="configured", directory=tmp_path / "elsewhere")
        capture.init()
        with TraceContext() as ctx:
            pass
        assert ctx.path is not None
        assert ctx.path.parent == tmp_path / "traces"
        assert ctx.agent_name != "configured"

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("agent_name", 5, "agent_name takes a text, not a value of type int"),
            ("directory", 5, "directory takes a path, not a value of type int"),
            ("tags", 7, "tags takes a list of texts, not a value of type int"),
            ("tags", "prod", "tags takes a list of texts, not 'prod'"),
            ("blob_bytes", "1 MiB", "blob_bytes takes a whole number above 0, not '1 MiB'"),
            (
                "redact",
                ["("],
                "redact takes True, False, a function, or a list of regular expressions, not a value of type list",
            ),
            ("redact", "token", "redact takes True, False, a function, or a list of regular expressions, not 'token'"),
            ("hosts", 5, "hosts takes a list of host names, not a value of type int"),
            ("hosts", [5], "hosts takes a list of host names, not a value of type list"),
            ("mode", "fast", "mode takes 'direct', 'durable' or 'queued', not 'fast'"),
            ("mode", [], "mode takes 'direct', 'durable' or 'queued', not a value of type list"),
            ("rotate_bytes", -1, "rotate_bytes takes a whole number above 0, not a value of type int"),
            ("rotate_seconds", "1h", "rotate_seconds takes a number above 0, not '1h'"),
            ("keep_parts", 0.5, "keep_parts takes a whole number above 0, not a value of type float"),
            ("sink", 5, "sink takes a function that takes a line, or a Sink, not a value of type int"),
            ("tee", 5, "tee takes a function that takes a line, or a Sink, not a value of type int"),
        ],
    )
    def test_init_of_no_use(self, name: str, value: Any, said: str) -> None:
        """What `init` cannot use is told, where it was given, and not used; what else it was given holds."""
        with pytest.warns(UserWarning, match="default holds") as warned:
            capture.init(**{"content": False, name: value})
        assert [str(one.message) for one in warned] == [f"capture.init(): {said}; the default holds instead"]
        assert warned[0].filename == __file__
        settings = in_force()
        assert settings == replace(Config(content=False), clock=settings.clock, randomness=settings.randomness)
        with TraceContext():
            pass

    @pytest.mark.parametrize(
        ("words", "given", "said"),
        [
            ((), {"host": ["a"]}, "'host'"),
            (("support",), {"tag": "x", "host": "y"}, "one without a name, 'tag', 'host'"),
        ],
    )
    def test_init_has_no_such(self, words: tuple[str, ...], given: dict[str, Any], said: str) -> None:
        """An argument that `init` does not have is told, where it was given; what else it was given holds."""
        with pytest.warns(UserWarning, match="no such argument") as warned:
            capture.init(*words, content=False, **given)
        message = f"capture.init() has no such argument: {said}; what else was given holds"
        assert [(str(one.message), one.filename) for one in warned] == [(message, __file__)]
        assert not in_force().content

    def test_init_with_what_fails(self, swallowed: list[Exception]) -> None:
        """An object that raises when it is asked what it is is of no use, and what else was given holds."""

        class Nowhere:
            def __fspath__(self) -> str:
                raise OSError("nowhere")

        with pytest.warns(UserWarning, match="directory takes a path, not a value of type Nowhere"):
            capture.init(directory=Nowhere(), content=False)
        assert not in_force().content
        assert [type(error) for error in swallowed] == [OSError]

    def test_init_of_use(self, tmp_path: Path) -> None:
        """What comes as something else that has the same in it is as good: a path, a set, a generator."""
        with warnings.catch_warnings(action="error"):
            capture.init(directory=tmp_path, tags=("a",), hosts=(name for name in ("A", "b")), redact=("x",))
            capture.init(directory=str(tmp_path), hosts={"a", "b"}, agent_name=None)  # type: ignore[arg-type]
        assert in_force().hosts == {"a", "b"}

    def test_warnings_that_are_errors(self, swallowed: list[Exception]) -> None:
        """Where Python makes errors of warnings, `init` does all the same what it can, and raises nothing."""
        with warnings.catch_warnings(action="error"):
            capture.init(content=False, hosts=5)  # type: ignore[arg-type]
        assert not in_force().content
        assert [type(error) for error in swallowed] == [UserWarning]


class TestProcess:
    """Programs without a `with`."""

    def run(self, run_python: RunPython, tmp_path: Path, program: str, code: int = 0) -> list[Event]:
        script = tmp_path / "my_agent.py"
        script.write_text(program)
        run_python(script, code=code, quiet=code == 0)
        [path] = (tmp_path / "traces").iterdir()
        assert path.name.split("-")[1] == "my_agent"
        return read_events(path)

    def test_ends_well(self, run_python: RunPython, tmp_path: Path) -> None:
        """A session that opened by itself is named after the program, and ends with it."""
        events = self.run(run_python, tmp_path, "import capture\ncapture.current().record_decision('why')")
        assert [(event["type"], event["name"]) for event in events] == [
            ("agent_start", "my_agent"), ("decision", ""), ("agent_end", "my_agent")
        ]  # fmt: skip
        assert events[-1]["data"]["status"] == "completed"

    def test_decorated(self, run_python: RunPython, tmp_path: Path) -> None:
        """A decorated call opens one too."""
        program = "import capture\n@capture.trace_tool\ndef search(q): return q\nsearch('x')"
        events = self.run(run_python, tmp_path, program)
        assert [event["type"] for event in events] == ["agent_start", "tool_call", "tool_result", "agent_end"]

    def test_dies(self, run_python: RunPython, tmp_path: Path) -> None:
        """A program that dies of an exception ends its session with it, stack and all."""
        program = "import capture\ncapture.current().record_decision('why')\ndef fail(): raise KeyError('no')\nfail()"
        end = self.run(run_python, tmp_path, program, code=1)[-1]
        assert (end["type"], end["data"]["status"], end["error"]["type"]) == ("agent_end", "error", "KeyError")
        stack = end["error"]["stack"].splitlines()
        assert stack[1].endswith('my_agent.py", line 4, in <module>')
        assert stack[-1] == "KeyError: 'no'"

    def test_handled(self, run_python: RunPython, tmp_path: Path) -> None:
        """An exception that was handled is no end."""
        program = "import capture\ntry: 1 / 0\nexcept ZeroDivisionError: capture.current().record_log('x')"
        end = self.run(run_python, tmp_path, program)[-1]
        assert (end["data"]["status"], "error" in end) == ("completed", False)

    def test_exits(self, run_python: RunPython, tmp_path: Path) -> None:
        """A program that exits has ended well."""
        program = "import capture, sys\ncapture.current().record_log('x')\nsys.exit(0)"
        assert self.run(run_python, tmp_path, program)[-1]["data"]["status"] == "completed"

    @pytest.mark.parametrize(
        ("lines", "code", "ending"),
        [
            ("sys.exit(3)", 3, ("error", 3, "3")),
            ("sys.exit('too bad')", 1, ("error", 1, "too bad")),
            ("exit(3)", 3, ("completed", None, None)),  # raised past `sys.exit`: only `peek run` sees it
            ("try: sys.exit(3)\nexcept SystemExit: pass", 0, ("completed", None, None)),
            ("try: sys.exit(3)\nexcept SystemExit: 1 / 0", 1, ("error", None, "division by zero")),
            (
                "import threading\nt = threading.Thread(target=sys.exit, args=(3,)); t.start(); t.join()",
                0,
                ("completed", None, None),
            ),
            ("try: 1 / 0\nexcept Exception as e: sys.last_value = e\nsys.exit(4)", 4, ("error", 4, "4")),
        ],
    )
    def test_exit_code(self, tmp_path: Path, lines: str, code: int, ending: tuple[str, int | None, str | None]) -> None:
        """A program that nobody kept from exiting with an error has failed, and its code is said."""
        program = f"import capture, sys\ncapture.current().record_log('x')\n{lines}"
        script = tmp_path / "my_agent.py"
        script.write_text(program)
        done = subprocess.run([sys.executable, script], capture_output=True, check=False)
        [path] = (tmp_path / "traces").iterdir()
        end = read_events(path)[-1]
        assert done.returncode == code
        said = end["error"]["message"] if "error" in end else None
        assert (end["data"]["status"], end["data"].get("exit_code"), said) == ending

    def test_sys_exit(self) -> None:
        """`sys.exit` is the interpreter's own again once the session has ended."""
        original = sys.exit
        capture.start_session()
        assert sys.exit is not original
        assert sys.exit.__doc__ == original.__doc__
        capture.end_session()
        assert sys.exit is original

    def test_ended_by_hand(self, run_python: RunPython, tmp_path: Path) -> None:
        """A session that was ended does not end again with the program."""
        program = "import capture\ncapture.start_session()\ncapture.end_session('cancelled')"
        events = self.run(run_python, tmp_path, program)
        assert [event["type"] for event in events] == ["agent_start", "agent_end"]
        assert events[-1]["data"]["status"] == "cancelled"

    def test_asyncio(self, run_python: RunPython, tmp_path: Path) -> None:
        """Tasks of a program without a `with` share its session."""
        program = """
import asyncio, capture

async def work(name):
    await capture.current().record_decision(chosen_action=name)
    await asyncio.sleep(0)
    await capture.current().record_tool_call(name)

async def main():
    await asyncio.gather(work('a'), work('b'))

asyncio.run(main())
"""
        events = self.run(run_python, tmp_path, program)
        names = {event["id"]: f"{event['type']} {event['name']}" for event in events}
        assert [(names[event["id"]], names.get(event["parent"])) for event in events] == [
            ("agent_start my_agent", None),
            ("decision a", "agent_start my_agent"),
            ("decision b", "agent_start my_agent"),
            ("tool_call a", "decision a"),
            ("tool_call b", "decision b"),
            ("agent_end my_agent", "agent_start my_agent"),
        ]

    def test_interrupted(self, tmp_path: Path) -> None:
        """A program that the user interrupts ends its session as `cancelled`."""
        program = "import capture\ncapture.start_session('desk')\nprint('ready', flush=True)\nwhile True: pass"
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        process.communicate()
        [path] = (tmp_path / "traces").iterdir()
        end = read_events(path)[-1]
        assert (end["type"], end["data"]["status"], "error" in end) == ("agent_end", "cancelled", False)

    def test_modules(self, run_python: RunPython, tmp_path: Path) -> None:
        """A module that is run is the program; so is the interpreter when the program has no name."""
        package = tmp_path / "lib/shop"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text("import capture\nprint(capture.start_session().agent_name)")
        program = "import runpy, sys\nsys.argv[0] = 'x'\nrunpy.run_module('shop', run_name='__main__', alter_sys=True)"
        assert run_python(program, PYTHONPATH=str(tmp_path / "lib")).stdout == "shop\n"
        assert run_python("import capture\nprint(capture.start_session().agent_name)").stdout == "python\n"


def test_agents_without_a_with(recorded: Callable[[], list[Event]]) -> None:
    """A decorated agent is a session of its own when none is open, and ends it."""

    @trace_tool
    def search() -> None:
        pass

    @trace_agent
    def desk() -> None:
        search()

    desk()
    assert [(event["type"], event["name"]) for event in recorded()] == [
        ("agent_start", "desk"), ("tool_call", "search"), ("tool_result", "search"), ("agent_end", "desk")
    ]  # fmt: skip
