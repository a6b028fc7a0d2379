"""`peek run` on agents as people have them: the real packages, another Python and environment, servers, test runs."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import capture
from capture.testing import read_events
from tests.cli.conftest import PEEK
from tests.loopback import LoopbackServer, Reply, Text

from . import other_python
from .conftest import Ran, RunPeek, environment

pytestmark = pytest.mark.timeout(600)  # the first test of another Python builds its environment

Program = Callable[..., Path]

SDKS = """
import asyncio, os, sys
import anthropic, openai
ask = {"messages": [{"role": "user", "content": "hi"}]}
claude, gpt = anthropic.Anthropic(), openai.OpenAI()
print(claude.messages.create(model="claude-1", max_tokens=9, **ask).content[0].text)
print(gpt.chat.completions.create(model="gpt-1", **ask).choices[0].message.content)
with claude.messages.stream(model="claude-2", max_tokens=9, **ask) as stream:
    print(*stream.text_stream)
for chunk in gpt.chat.completions.create(model="gpt-2", stream=True, **ask):
    print(chunk.choices[0].delta.content if chunk.choices else "")
async def later():
    async with openai.AsyncOpenAI() as gpt, anthropic.AsyncAnthropic() as claude:
        print((await gpt.responses.create(model="gpt-3", input="hi")).output_text)
        print((await claude.messages.create(model="claude-3", max_tokens=9, **ask)).content[0].text)
asyncio.run(later())
"""
CALLS = ["claude-1", "gpt-1", "claude-2", "gpt-2", "gpt-3", "claude-3"]


class Speaker:
    def reply(self, request: object) -> Reply:
        return Reply((Text("hello there"),))


@pytest.fixture
def models() -> Iterator[dict[str, str]]:
    """What tells both packages where the model server is."""
    with LoopbackServer(model=Speaker()) as server:
        yield {
            "ANTHROPIC_BASE_URL": server.base_url,
            "ANTHROPIC_API_KEY": "k",
            "OPENAI_BASE_URL": server.openai_url,
            "OPENAI_API_KEY": "k",
        }


@pytest.fixture(scope="session")
def other() -> Path:
    """A Python of another minor version, in an environment without any package of ours."""
    python = other_python.find_python()
    if python is None:
        pytest.skip("there is no Python of another minor version on this machine")
    return other_python.prepare(python)


def calls(ran: Ran) -> list[str]:
    """Return the models that were asked, each once it has answered, in order over all files."""
    events = sorted((event for path in ran.files for event in read_events(path)), key=lambda event: event["ts"])
    requests = {event["id"]: event["name"] for event in events if event["type"] == "llm_request"}
    answers = [requests.pop(event["parent"]) for event in events if event["type"] == "llm_response"]
    assert requests == {}
    return answers


def test_both_sdks(peek_run: RunPeek, program: Program, models: dict[str, str]) -> None:
    """An untouched script records every call of both packages once, in order, and prints what it prints alone."""
    script = program(SDKS)
    ran = peek_run(sys.executable, script, **models)
    assert calls(ran) == CALLS
    assert len(ran.files) == 1
    assert {event["parent"] for event in ran.events if event["type"] == "llm_request"} == {ran.events[0]["id"]}
    alone = subprocess.run(
        [sys.executable, script], env=environment(script.parent, **models), capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == (alone.stdout, alone.stderr)


EVERYTHING = f"""
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
spans, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(spans))
trace.set_tracer_provider(provider)
import capture
capture.install()
{SDKS}
capture.wrap(claude), capture.wrap(gpt)
print(claude.messages.create(model="claude-4", max_tokens=9, **ask).content[0].text)
print(gpt.chat.completions.create(model="gpt-4", **ask).choices[0].message.content)
assert [span for span in spans.get_finished_spans() if "anthropic" in span.instrumentation_scope.name], "no telemetry"
"""


@pytest.mark.parametrize("same", [True, False], ids=["same version", "another version"])
def test_everything_at_once(
    peek_run: RunPeek, program: Program, tmp_path: Path, models: dict[str, str], other: Path, same: bool
) -> None:
    """With `install()`, `wrap()`, native telemetry and `peek run` at once, each call is one event, in one run; a
    `capture` of another version is another writer, with a file of its own.
    """
    installed = tmp_path / "installed"
    shutil.copytree(Path(capture.__file__).parent, installed / "capture")
    if not same:
        (installed / "capture" / "_version.py").write_text('__version__ = "0.0.1"\n')
    ran = peek_run(other, program(EVERYTHING), PYTHONPATH=str(installed), **models)
    assert calls(ran) == [*CALLS, "claude-4", "gpt-4"]
    assert len(ran.files) == (1 if same else 2)
    assert len({event["session"] for path in ran.files for event in read_events(path)}) == 1


FOREIGN = f"""
{SDKS}
import capture, importlib.util, os
print("capture:", capture.OWN, capture.__file__)
print("ours:", [name for name in sys.modules if name.split(".")[0] in ("peek_tui", "orjson", "typer", "msgspec")])
print("found:", importlib.util.find_spec("peek_tui"), importlib.util.find_spec("orjson"))
print("path:", [entry for entry in sys.path if "bootstrap" in entry])
print("python:", sys.version_info[:2], sys.prefix)
import sitecustomize
print("sitecustomize:", sitecustomize.OWN, sitecustomize.__file__)
"""


def test_other_python(peek_run: RunPeek, program: Program, tmp_path: Path, models: dict[str, str], other: Path) -> None:
    """In another environment, of another Python, without orjson and beside a `capture.py`, everything is recorded and
    the program sees what it sees alone: its own packages and its own `sitecustomize`.
    """
    script = program(FOREIGN)
    program("OWN = 'a module of the host'\n", "capture.py")
    own = tmp_path / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("OWN = 'of the host'\n")
    ran = peek_run(other, script, PYTHONPATH=str(own), **models)
    assert calls(ran) == CALLS
    assert len(ran.files) == 1
    python = subprocess.check_output([other, "-c", "import platform; print(platform.python_version())"], text=True)
    assert ran.events[0]["data"]["python"] == python.strip() != sys.version.partition(" ")[0]
    alone = subprocess.run(
        [other, script],
        env=environment(tmp_path, PYTHONPATH=str(own), **models),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == (alone.stdout, alone.stderr)
    assert "capture: a module of the host" in ran.stdout
    assert "ours: []" in ran.stdout


APP = """
import openai
client = openai.AsyncOpenAI()

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    asked = await client.chat.completions.create(model=scope["path"], messages=[{"role": "user", "content": "hi"}])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": asked.choices[0].message.content.encode()})
"""


def test_uvicorn(tmp_path: Path, program: Program, models: dict[str, str], other: Path) -> None:
    """A server started by its console script is recorded while it serves, and stops when it is told to."""
    app, trace = program(APP, "service.py"), tmp_path / "run.jsonl"
    command = [*PEEK, "run", "--out", str(trace), "--", str(other.with_name("uvicorn")), "service:app", "--port", "0"]
    with subprocess.Popen(
        command, cwd=app.parent, env=environment(tmp_path, **models), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        url = next(match[1] for line in process.stderr if (match := re.search(r"running on (http\S+)", line)))
        for path in ("/one", "/two"):
            with urllib.request.urlopen(url + path, timeout=30) as answer:
                assert answer.read() == b"hello there"
        during = [(event["type"], event["name"]) for event in read_events(trace)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert during == [
        ("agent_start", "uvicorn"),
        ("llm_request", "/one"), ("llm_response", "/one"), ("llm_request", "/two"), ("llm_response", "/two"),
    ]  # fmt: skip
    assert [event["type"] for event in read_events(trace)][5:] == ["agent_end"]
    assert process.returncode in {0, 130}  # as uvicorn has it


CHECKS = """
import openai

def ask(model):
    asked = openai.OpenAI().chat.completions.create(model=model, messages=[{"role": "user", "content": "hi"}])
    return asked.choices[0].message.content

def test_passes():
    assert ask("one") == "hello there"

def test_fails(capsys):
    assert ask("two") == "something else"
"""


@pytest.mark.parametrize("way", ["console script", "-m"])
def test_pytest(peek_run: RunPeek, program: Program, models: dict[str, str], other: Path, way: str) -> None:
    """A test run is recorded, and its failure is the run's, also when nothing but the exit code says so."""
    tests = program(CHECKS, "test_agent.py")
    command = [other.with_name("pytest")] if way == "console script" else [other, "-m", "pytest"]
    ran = peek_run(*command, "-q", "-p", "no:cacheprovider", tests, code=1, **models)
    assert "1 failed, 1 passed" in ran.stdout
    assert calls(ran) == ["one", "two"]
    start, *_, end = ran.events
    assert start["name"] == "pytest"
    assert (end["type"], end["data"]["status"], end["data"]["exit_code"]) == ("agent_end", "error", 1)


def test_output(peek_run: RunPeek, program: Program) -> None:
    """With `--output` what is printed stands in the trace, a line an event, and comes out as it did."""
    script = program(
        """
import logging, sys
print("one", "two", end="")
print(" three\\nfour")
logging.warning("careful")
sys.stdout.write("no end of line")
"""
    )
    ran = peek_run(sys.executable, script, options=("--output",))
    assert (ran.stdout, ran.stderr) == ("one two three\nfour\nno end of line", "WARNING:root:careful\n")
    logs = [(event["name"], event["data"]["text"]) for event in ran.events if event["type"] == "log"]
    assert logs == [
        ("stdout", "one two three"),
        ("stdout", "four"),
        ("stderr", "WARNING:root:careful"),
        ("stdout", "no end of line"),
    ]
