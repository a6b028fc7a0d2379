"""Everything that records by itself, in one table: what `install()` applies and `peek doctor` tells.

A row costs nothing until the host has imported its module. Right after that, `instrument(module)` of the row's home is
called, which returns what undoes it; the home is imported only then.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from .._core.guard import guarded
from ..errors import UsageError
from ._imports import when_imported
from ._wrap import notify

__all__ = ["INSTRUMENTATIONS", "Instrumentation", "Undo", "do_once", "install", "uninstall"]

Undo = Callable[[], None]
"""Puts everything back as it was, the same objects."""


class Instrumentation(NamedTuple):
    """One way to see what an agent does."""

    name: str
    """What `install(only=…)` calls it. Rows that make sense only together share one."""
    module: str
    """The module that is instrumented, right after the host has imported it."""
    package: str
    """The distribution that brings the module; empty for the standard library."""
    how: str
    """By which way: `wire`, `callback`, `spans`, or `python` for what the interpreter itself offers."""
    sees: str
    """What it records, in half a sentence."""
    home: str
    """The module beside this one whose `instrument(module)` does it and returns an `Undo`."""


INSTRUMENTATIONS = (
    Instrumentation("httpx", "httpx", "httpx", "wire", "model calls: requests, chunks, answers", "http"),
    Instrumentation("httpx2", "httpx2", "httpx2", "wire", "model calls: requests, chunks, answers", "http"),
    Instrumentation("threads", "threading", "", "python", "which event a thread was started from", "threads"),
    Instrumentation(
        "threads", "concurrent.futures.thread", "", "python", "which event an executor's work comes from", "threads"
    ),
    Instrumentation(
        "exceptions", "threading", "", "python", "what nobody caught, in the program and its threads", "exceptions"
    ),
    Instrumentation(
        "exceptions", "asyncio.base_events", "", "python", "what nobody caught, in asyncio's tasks", "exceptions"
    ),
    Instrumentation(
        "langchain",
        "langchain_core.tracers.context",
        "langchain-core",
        "callback",
        "runs of LangChain and LangGraph, nodes, tools, retrievers",
        "adapters.langchain",
    ),
    Instrumentation(
        "openai-agents",
        "agents.tracing",
        "openai-agents",
        "callback",
        "agents, turns, tools, handoffs, guardrails",
        "adapters.openai_agents",
    ),
    Instrumentation(
        "pydantic-ai", "pydantic_ai", "pydantic-ai-slim", "callback", "agents, tools", "adapters.pydantic_ai"
    ),
    Instrumentation(
        "strands", "strands.agent.agent", "strands-agents", "callback", "agents, tools", "adapters.strands"
    ),
    Instrumentation(
        "claude-agent-sdk",
        "claude_agent_sdk.types",
        "claude-agent-sdk",
        "callback",
        "prompts, tools, subagents",
        "adapters.claude_agent",
    ),
    Instrumentation("litellm", "litellm", "litellm", "callback", "model calls beside the wire", "adapters.litellm"),
    Instrumentation("mcp", "mcp.client.session", "mcp", "callback", "tools that a client calls", "adapters.mcp"),
    Instrumentation(
        "opentelemetry",
        "opentelemetry.sdk.trace",
        "opentelemetry-sdk",
        "spans",
        "agents, tools and model calls of every tracer in the process",
        "adapters.otel",
    ),
)

_applied: dict[object, list[Undo]] = {}


def install(only: Iterable[str] | None = None) -> None:
    """Record model calls from now on, and have threads belong to whoever starts them. Twice is once.

    Libraries that are imported already are instrumented at once, others right after the program imports them. `only`
    names the instrumentations wanted, by default all: `httpx`, `threads` and what else `peek doctor` lists. What was
    installed before stays. Raises `UsageError` for a name there is not.
    """
    names = {row.name for row in INSTRUMENTATIONS}
    wanted = names if only is None else {only} if isinstance(only, str) else set(only)
    if not wanted <= names:
        unknown = ", ".join(map(repr, sorted(wanted - names)))
        raise UsageError(f"install() knows no {unknown}; it knows {', '.join(sorted(names))}")
    _install(wanted)


def uninstall() -> None:
    """Put everything back as it was before `install()`. What is recorded by hand goes on."""
    while _applied:
        _, undone = _applied.popitem()
        for undo in reversed(undone):
            notify(undo)


def is_tapped() -> bool:
    """Whether model calls of this process may record themselves, as it is now."""
    return any(not isinstance(key, Instrumentation) or _is_tap(key) for key in list(_applied))


def _is_tap(row: Instrumentation) -> bool:
    return row.how == "wire" and row.module in sys.modules


@guarded(None)
def do_once(key: object, instrument: Callable[[], Undo]) -> None:
    """Do something that is not in the table, unless what goes by this key is done; `uninstall()` undoes it."""
    if key not in _applied:
        _applied[key] = [instrument()]


@guarded(None)
def _install(wanted: set[str]) -> None:
    for row in INSTRUMENTATIONS:
        if row.name in wanted and row not in _applied:
            _apply(row)


@guarded(None)
def _apply(row: Instrumentation) -> None:
    undo = _applied[row] = []
    undo.append(when_imported(row.module, partial(_instrument, row, undo)))


def _instrument(row: Instrumentation, undo: list[Undo], module: ModuleType) -> None:
    home = import_module(f".{row.home}", __package__)
    undo.append(home.instrument(module))
