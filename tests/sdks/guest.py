"""The guest rule for each adapter: whichever function of ours raises, the host gets its own objects and exceptions."""

from __future__ import annotations

import ast
import os
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import capture

__all__ = ["HOSTS", "Host", "check_guest"]

_HERE = Path(__file__).parent
_CAPTURE = Path(capture.__file__).parent
_FAULTS = _HERE.parent / "capture" / "host" / "faults.py"


class Host(NamedTuple):
    """What a host does with one library."""

    package: str
    adapter: str
    """The adapter, and the program in `hosts/`."""
    wrappers: frozenset[str] = frozenset()
    """The functions of ours that stand between the host and its own, and so are the only ones it may feel."""


HOSTS = (
    Host("claude-agent-sdk", "claude_agent", frozenset({"claude_agent._Hooks.told"})),
    Host("langgraph", "langchain"),
    Host("litellm", "litellm"),
    Host(
        "mcp",
        "mcp",
        frozenset(
            f"mcp_tee.{name}"
            for name in (
                "Reading.__aiter__",
                "Reading.__anext__",
                "Writing.send",
                "_Stream.__aenter__",
                "_Stream.__aexit__",
                "_Stream.__getattr__",
            )
        ),
    ),
    Host("openai-agents", "openai_agents"),
    Host("opentelemetry-sdk", "otel"),
    Host(
        "pydantic-ai-slim",
        "pydantic_ai",
        frozenset({"tracer._Tracer.start_as_current_span", "tracer._Tracer.start_span"}),
    ),
    Host("strands-agents", "strands"),
)


def check_guest(host: Host, python: Path) -> list[str]:
    """Return what the host felt that it must not, and what was not tried."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        (place / "capture").symlink_to(_CAPTURE)
        (place / "peek_faults.py").symlink_to(_FAULTS)
        (place / f"host_{host.adapter}.py").symlink_to(_HERE / "hosts" / f"{host.adapter}.py")
        environment = {
            "HOME": directory,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "PATH": os.environ["PATH"],
            "PEEK_DIR": directory,
            "PYTHONPATH": directory,
        }
        done = subprocess.run(
            [str(python), str(_HERE / "faults_in.py"), f"host_{host.adapter}"],
            cwd=directory,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    if done.returncode != 0:
        return [done.stderr]
    lines = [line.split("\t") for line in done.stdout.splitlines() if line.startswith("instrument.")]
    tried = {name.removeprefix("instrument.adapters.") for name, _, _ in lines}
    felt = {name.removeprefix("instrument.adapters."): what for name, how, what in lines if how == "felt"}
    return [
        *(f"{name} was felt: {felt[name]}" for name in sorted(felt.keys() - host.wrappers)),
        *(f"{name} was not called" for name in sorted(_observers(host.adapter) - tried)),
    ]


def _observers(adapter: str) -> set[str]:
    """Return what of an adapter the library calls: what the guard stands around."""
    tree = ast.parse((_CAPTURE / "instrument" / "adapters" / f"{adapter}.py").read_text())
    scopes = [("", tree.body), *((f"{each.name}.", each.body) for each in tree.body if isinstance(each, ast.ClassDef))]
    return {
        f"{adapter}.{scope}{each.name}"
        for scope, body in scopes
        for each in body
        if isinstance(each, ast.FunctionDef) and any("guarded" in ast.unparse(by) for by in each.decorator_list)
    }
