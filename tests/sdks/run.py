"""One program run twice, as it is and under capture, and what is wrong with what was seen."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from capture.testing import read_events
from tests.loopback import Exchange, LoopbackServer

from .cases import Case
from .outline import Event, outline

__all__ = ["check"]

_HERE = Path(__file__).parent
_SECONDS = 120
_PEEK = Path(sys.executable).with_name("peek")


class _Run(NamedTuple):
    output: tuple[str, str, int]
    exchanges: list[Exchange]
    events: list[Event]


def check(case: Case, environment: str, python: Path) -> list[str]:
    """Return what is wrong, one finding a string; nothing if all is as it must be."""
    plain, seen = _run(case, python, captured=False), _run(case, python, captured=True)
    expected = (environment == "older" and case.older) or case.seen
    billed = [] if case.elsewhere else sorted([*_sent(seen.exchanges), *case.unbilled])
    return [
        *(_differences("its output changed", _text(plain.output), _text(seen.output))),
        *(_differences("something else was seen", expected.strip(), outline(seen.events))),
        *(_differences("other tokens", str(billed), str(_counted(seen.events)))),
    ]


def _run(case: Case, python: Path, *, captured: bool) -> _Run:
    with tempfile.TemporaryDirectory() as directory, _server(case) as server:
        scratch = Path(directory)
        environment = {
            "ANTHROPIC_API_KEY": "k",
            "ANTHROPIC_BASE_URL": server.base_url,
            "GEMINI_API_KEY": "k",
            "GOOGLE_GEMINI_BASE_URL": server.base_url,
            "HOME": directory,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "OPENAI_API_KEY": "k",
            "OPENAI_BASE_URL": server.openai_url,
            "PATH": os.environ["PATH"],
            "PEEK_DIR": str(scratch / "peek"),
            "PYTHONUTF8": "1",
            **case.environment,
        }
        done = subprocess.run(
            [*([str(_PEEK), "run", "--"] if captured else []), str(python), str(_HERE / f"programs/{case.program}.py")],
            cwd=directory,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        paths = sorted((scratch / "peek").glob("traces/*.jsonl"))
        events = [event for path in paths for event in read_events(path)]
        return _Run((done.stdout, done.stderr, done.returncode), list(server.exchanges), events)


def _server(case: Case) -> LoopbackServer:
    return LoopbackServer(*case.answers) if isinstance(case.answers, tuple) else LoopbackServer(model=case.answers)


def _text(output: tuple[str, str, int]) -> str:
    stdout, stderr, code = output
    return f"{stdout}--- stderr\n{stderr}--- exit {code}"


def _sent(exchanges: list[Exchange]) -> list[tuple[int, int]]:
    """Return what the server billed, input and output tokens of each answer."""
    return [_billed(exchange.usage) for exchange in exchanges if exchange.usage is not None]


def _billed(usage: Mapping[str, Any]) -> tuple[int, int]:
    given = usage.get("prompt_tokens") or usage.get("input_tokens") or usage.get("promptTokenCount") or 0
    spent = usage.get("completion_tokens") or usage.get("output_tokens") or usage.get("candidatesTokenCount") or 0
    cached = usage.get("cache_read_input_tokens", 0) + usage.get("cache_creation_input_tokens", 0)  # beside the input
    return given + cached, spent + usage.get("thoughtsTokenCount", 0)


def _counted(events: list[Event]) -> list[tuple[int, int]]:
    usages = (event["usage"] for event in events if event["type"] == "llm_response" and "usage" in event)
    return sorted((usage["input_tokens"], usage["output_tokens"]) for usage in usages)


def _differences(title: str, expected: str, got: str) -> Iterator[str]:
    if expected != got:
        lines = difflib.unified_diff(expected.splitlines(), got.splitlines(), "expected", "got", n=100, lineterm="")
        yield "\n".join([f"{title}:", *lines])
