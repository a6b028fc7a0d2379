"""Which packages an agent's Python has, and what is seen of them by which way."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from capture.instrument.registry import INSTRUMENTATIONS, Instrumentation

from .check import Check

__all__ = ["package_checks"]

_OLDEST = (3, 11)
_CLIENTS = ("anthropic", "openai", "google-genai", "mistralai", "groq", "cohere", "ollama", "litellm", "boto3")
"""Packages that agents call models with, and that may have no row of their own for that."""
_SPAN_CONTENT = (
    ("anthropic", "ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE", "content"),
    ("opentelemetry-util-genai", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "SPAN_ONLY"),
)
"""Packages whose spans carry prompts and answers only when a variable says so."""
_SECONDS = 60
_ASK = """
import json, sys
from importlib import metadata
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = [metadata.version(name), metadata.requires(name) or []]
    except metadata.PackageNotFoundError:
        pass
print(json.dumps({"version": sys.version_info[:3], "found": found}))
"""
_WAYS = {
    "wire": "as they pass it",
    "callback": "by its own callbacks",
    "spans": "by the spans that libraries and the agent itself open",
}


def package_checks(python: Path) -> Iterator[Check]:
    """Yield what Python there is, then each package that there is, then which are not."""
    rows = [row for row in INSTRUMENTATIONS if row.package]
    names = {*(row.package for row in rows), *_CLIENTS}
    asked = _ask(python, names | {package for package, _, _ in _SPAN_CONTENT})
    if isinstance(asked, str):
        yield Check("python", False, f"{python} cannot be asked what it has: {asked}; name another with --python PATH")
        return
    version, found = tuple(asked["version"]), asked["found"]
    words = ".".join(map(str, version))
    if version[:2] < _OLDEST:
        yield Check("python", False, f"{python} is Python {words}, and only 3.11 and newer can be recorded")
        return
    yield Check("python", True, f"{python} is Python {words}")
    here = [row for row in rows if row.package in found]
    for row in here:
        yield Check(row.name, True, _seen(row, found[row.package][0]))
    for name in _CLIENTS:
        if name in found and name not in {row.package for row in here}:
            yield Check(name, True, _seen_through(name, found))
    if any(row.how == "spans" for row in here):
        yield from _span_content(found)
    missing = sorted(names - found.keys())
    if missing:
        yield Check("not here", True, f"{', '.join(missing)}: nothing to see yet")


def _ask(python: Path, packages: set[str]) -> dict[str, Any] | str:
    """Return what a Python says of itself and of these packages, or why it cannot."""
    try:
        done = subprocess.run(
            [python, "-c", _ASK, *sorted(packages)], capture_output=True, text=True, timeout=_SECONDS, check=True
        )
        return cast("dict[str, Any]", json.loads(done.stdout.splitlines()[-1]))
    except subprocess.CalledProcessError as error:
        said = cast("str", error.stderr)
        return (said.strip().splitlines() or ["it said nothing"])[-1]
    except OSError as error:
        return error.strerror or "it is no program"
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        return "it does not answer as a Python does"


def _seen(row: Instrumentation, version: str) -> str:
    return f"{row.package} {version}: {row.sees}, {_WAYS[row.how]}"


def _seen_through(name: str, found: dict[str, Any]) -> str:
    """Say by which HTTP library, and so whether, the calls of a client are seen."""
    version, requires = found[name]
    needed = {match[0].lower() for text in requires if (match := re.match(r"[\w.-]+", text))}
    through = [library for library in ("httpx", "httpx2") if library in needed and library in found]
    if through:
        return f"{name} {version}: model calls, as they pass {' or '.join(through)}"
    return f"{name} {version}: model calls are not seen, for they pass neither httpx nor httpx2; see @trace_llm_call"


def _span_content(found: dict[str, Any]) -> Iterator[Check]:
    """Yield which spans leave out what was said. `peek run` leaves that so: the agent's exporters would send it."""
    for package, variable, value in _SPAN_CONTENT:
        if package in found and not os.environ.get(variable):
            detail = f"{package} leaves out what was said, which the wire has; {variable}={value} puts it in"
            yield Check("span content", True, detail)
