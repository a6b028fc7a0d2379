"""The README's table of packages, versions and what is seen of each, made from the pins and the cases."""

from __future__ import annotations

import re
from pathlib import Path

from .cases import CASES
from .environments import ENVIRONMENTS, version

__all__ = ["in_readme", "table", "write"]

_README = Path(__file__).parents[2] / "README.md"
_PLACE = re.compile(r"(?<=<!-- make test-sdks writes this table -->\n)(?:\|.*\n)*")
_WORDS = {
    "agent_start": "agents",
    "agent_turn": "turns",
    "llm_request": "model calls",
    "llm_chunk": "streams",
    "tool_call": "tools",
    "safety_check": "guardrails",
    "decision": "handoffs",
}


def table() -> str:
    """Return the table as Markdown."""
    rows = ["| package | versions | what is seen |", "|---|---|---|"]
    packages = sorted({package for case in CASES for package in case.packages})
    return "\n".join([*rows, *map(_row, packages)]) + "\n"


def in_readme() -> str:
    """Return the table as the README has it."""
    found = _PLACE.search(_README.read_text())
    return "" if found is None else found[0]


def write() -> None:
    """Write the table into the README."""
    _README.write_text(_PLACE.sub(lambda _: table(), _README.read_text()))


def _row(package: str) -> str:
    versions = [found for environment in ENVIRONMENTS if (found := version(environment, package))]
    outlines = [case.seen.strip().split("\n", 1)[1] for case in CASES if package in case.packages]
    types = {line.split()[0] for outline in outlines for line in outline.splitlines()}
    seen = [word for type, word in _WORDS.items() if type in types]
    return f"| {package} | {', '.join(versions)} | {', '.join(seen)} |"
