"""A model call of a real program under `peek run`, to a server on this machine, looked for in the trace."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from capture.bootstrap.launch import prepare
from peek_tui.demo.server import ModelServer, Reply, ScriptedModel, Text
from peek_tui.trace.store import Store

from .check import Check

__all__ = ["recording_checks"]

_SECONDS = 60
_PROGRAM = """
import sys
try:
    import httpx2 as http
except ImportError:
    try:
        import httpx as http
    except ImportError:
        sys.exit("none")
with http.Client(trust_env=False) as client:
    asked = client.post(sys.argv[1], json={"model": "doctor", "messages": [{"role": "user", "content": "hello?"}]})
print(http.__name__, asked.status_code)
"""
_NONE = "none"


def recording_checks(python: Path) -> Iterator[Check]:
    """Yield whether a program is recorded, whether its model call is, and what is kept of it."""
    with tempfile.TemporaryDirectory(prefix="peek-") as directory:
        trace = Path(directory) / "doctor.jsonl"
        done = _run(python, trace)
        if isinstance(done, str):
            yield Check("test run", False, f"{python} does not run: {done}; name another with --python PATH")
            return
        if not trace.exists():
            yield Check("test run", False, f"{python} runs, but is not recorded; see that it heeds PYTHONPATH")
            return
        yield Check("test run", True, "a program under `peek run` is recorded, without a change to it")
        yield _model_call(done, trace)
    yield from _settings()


def _run(python: Path, trace: Path) -> subprocess.CompletedProcess[str] | str:
    """Run the program; return what came of it, or why it could not be run."""
    with ModelServer(ScriptedModel(Reply((Text("hello"),)))) as server:
        command = [str(python), "-c", _PROGRAM, f"{server.base_url}/v1/chat/completions"]
        try:
            return subprocess.run(
                command,
                env=prepare(command, trace).environment,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _model_call(done: subprocess.CompletedProcess[str], trace: Path) -> Check:
    name = "test call"
    if done.returncode and done.stderr.strip() == _NONE:
        return Check(name, True, "not made: there is neither httpx nor httpx2; --python PATH names the agent's Python")
    if done.returncode:
        return Check(name, False, f"the program failed, so see to its packages: {done.stderr.strip().splitlines()[-1]}")
    library, status = done.stdout.split()
    store = Store.load([trace])
    try:
        types = store.snapshot().types()
    finally:
        store.close()
    if (types["llm_request"], types["llm_response"]) != (1, 1):
        return Check(name, False, f"a model call through {library} was answered ({status}) but is not in the trace")
    return Check(name, True, f"a model call through {library} to a server on this machine is in the trace, once")


def _settings() -> Iterator[Check]:
    if os.environ.get("PEEK_CONTENT") == "0":
        yield Check("content", True, "off: shapes and sizes only; PEEK_CONTENT=1 turns it on")
    else:
        yield Check("content", True, "on: what is said stands in the trace; PEEK_CONTENT=0 keeps shapes and sizes only")
    if os.environ.get("PEEK_REDACT") == "0":
        yield Check("redaction", True, "off: secrets are recorded as they are; PEEK_REDACT=1 turns it on")
    else:
        yield Check("redaction", True, "on: secrets are replaced before they are written; PEEK_REDACT=0 turns it off")
    if named := os.environ.get("PEEK_HOSTS"):
        yield Check("hosts", True, f"model calls in a format we know on any host, and all that is posted to {named}")
    else:
        yield Check("hosts", True, "model calls in a format we know on any host; PEEK_HOSTS=name,name:port adds others")
