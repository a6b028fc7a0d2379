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
            timeout=600,
            check=False,
        )
    if done.returncode != 0:
        return [done.stderr]
    lines = [line.split("\t") for line in done.stdout.splitlines() if line.startswith("instrument.")]
    struck = [_Struck(name.removeprefix("instrument.").removeprefix("adapters."), *rest) for name, *rest in lines]
    return [
        *(f"{each.fault} in {each.name} {each.fate}: {each.felt}" for each in struck if not each.is_well(host)),
        *(f"{name} was not called" for name in sorted(_observers(host.adapter) - {each.name for each in struck})),
    ]


class _Struck(NamedTuple):
    """A function of ours that raised a fault, and what became of that: a line of `faults_in`."""

    name: str
    fault: str
    fate: str
    felt: str

    def is_well(self, host: Host) -> bool:
        if self.fault == "RuntimeError":
            return self.fate == "unfelt" or self.name in host.wrappers
        return self.fate in ("passed", "taken", "unraised")


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
