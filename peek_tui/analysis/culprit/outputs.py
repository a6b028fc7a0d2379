"""What in a conversation is no speech: code that somebody is to run, and what came of running it.

Frameworks whose agents talk to a terminal or an environment write its answers down as messages like any other. Blaming
the terminal helps nobody, so what reads like an output is taken for what the agent before it got to see.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Output", "code_in", "read_output", "speaker"]

_SPEAKER = re.compile(r"\s*\([^()]*\)\s*$")
_ENVIRONMENT = re.compile(
    r"(?:^|[_\W])(?:tool|environment|env|observation|function|terminal|executor|interpreter|sandbox|shell|computer)s?(?:$|[_\W])"
    r"|[a-z](?:Terminal|Executor|Environment|Tool)$",
    re.IGNORECASE,
)
_OUTPUT = re.compile(
    r"\s*(?:exit ?code\b|traceback \(most recent|stdout:|stderr:|output:|observation:|the script ran\b|<returncode>)",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"exit ?code:? *-?[1-9]|traceback \(most recent|^\w*(?:error|exception)\b.*:|<returncode>[1-9]",
    re.IGNORECASE | re.MULTILINE,
)
_CODE = re.compile(r"```[ \t]*([\w+#.-]*)[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL)
_HEAD = 4_000
_LONGEST_NAME = 200
"""Characters of a name that are looked at: a hostile one may be a megabyte of blanks."""


class Output(NamedTuple):
    """What running something came to."""

    failed: bool


def speaker(agent: str) -> str:
    """Return who speaks: `Planner (thought)` and `Planner (to Coder)` are the same agent."""
    return _SPEAKER.sub("", agent[:_LONGEST_NAME]) or agent


def read_output(agent: str, text: str) -> Output | None:
    """Return what a message says of something that was run; None when it is speech."""
    if not _ENVIRONMENT.search(agent) and not _OUTPUT.match(text):
        return None
    return Output(_FAILED.search(text[:_HEAD]) is not None)


def code_in(text: str) -> tuple[str, str] | None:
    """Return the language and the text of the code in a message; None when there is none."""
    blocks = [match for match in _CODE.finditer(text) if match[2].strip()]
    if not blocks:
        return None
    language = next((match[1] for match in blocks if match[1]), "")
    return language or "code", "\n".join(match[2] for match in blocks)
