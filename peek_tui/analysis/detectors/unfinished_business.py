"""Unfinished business: the run is over, and what it leaves behind says that the work is not.

Rules, each with its own words in the title, all of one run in one alert:

- open todos: on the agent's own list of things to do an item is not even begun, or two are not done;
- last check failing: the last command that did something, rather than look around, failed;
- last result an error: the last result is a failure of a tool that does something other than look or run commands;
- no final message: the run has no end and breaks off at a call, other than one that only ends something, or a result;
- admission: the last message says itself that something could not be done, falls short, was replaced or guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from peek_tui.trace.model import Event

from ..admission import admissions
from ..alerts import Alert, Found
from ..ending import Ending, answer_text, endings
from ..episodes import quoted
from ..news import News
from ..values import word_of

__all__ = ["RULES", "UnfinishedBusiness"]

SHELLS = re.compile(r"bash|shell|terminal|exec|run_?command|cmd|powershell|run_?code|python", re.IGNORECASE)
"""Names of tools that run commands."""
_LOOKS = """
alias base64 basename cat cd chmod chown clear column command compgen cp cut date declare df diff dirname du echo egrep
env exit export false fgrep fi file find for free grep head hexdump history hostname id if jobs jq kill killall less ln
locate ls lsof man md5sum mkdir more mv netstat nl od pgrep ping pkill printenv printf ps pwd read readlink realpath rg
rm rmdir set sha256sum sleep sort ss stat strings tail tee then top touch tr tree true type uname uniq unset uptime wait
wc whereis which while who whoami xargs xxd yes
"""
LOOKS = frozenset(_LOOKS.split())
"""Commands that look around or tidy up: whether they fail says little about the work."""
READS = re.compile(
    r"read|view|glob|grep|list|^ls$|search|find|fetch|get|look|open|cat|browse|check|status|query", re.IGNORECASE
)
"""Names of tools that only look."""
ENDS = re.compile(r"kill|stop|close|cancel|terminate|shut_?down|cleanup|clean_up|disconnect", re.IGNORECASE)
"""Names of tools that only end something."""
MISUSED = frozenset({"tool_use_error", "PermissionDenied", "ValidationError", "InvalidArguments"})
"""Errors that are about how a tool was asked, not about what came of it."""

_FIRST_WORDS = re.compile(r"(?:^|[;&|\n({]|\bdo\b|\bthen\b)[ \t]*(?:\w+=\S*[ \t]+)*([\w./+-]+)")
_LONGEST = 4_000
"""Characters of a command that are looked at: what it does first says what it is for."""
_SENTENCE = 140


class Reason(NamedTuple):
    """Why business is unfinished."""

    text: str
    evidence: tuple[Event, ...]


def open_todos(ending: Ending) -> Reason | None:
    if ending.todos is None:
        return None
    call, todos = ending.todos
    left = [todo for todo in todos if todo.is_open]
    if len(left) < 2 and not any(todo.status.lower() in ("pending", "todo", "not_started") for todo in left):
        return None
    return Reason(f"{len(left)} of {len(todos)} todos are open, such as {quoted(left[-1].text, 'one')}", (call,))


def last_check_failing(ending: Ending) -> Reason | None:
    for call, result in reversed(ending.calls):
        if result is None or not SHELLS.search(call.name) or not _does_something(call):
            continue
        if result.error is None:
            return None
        return Reason(f"the last command failed: {quoted(_command(call), 'it')}", (call, result))
    return None


def last_result_an_error(ending: Ending) -> Reason | None:
    call, result = ending.calls[-1] if ending.calls and ending.began else (None, None)
    if call is None or result is None or result.error is None:
        return None
    if result.error.type in MISUSED or any(kind.search(call.name) for kind in (SHELLS, READS, ENDS)):
        return None
    return Reason(f"the last call, of {quoted(call.name)}, failed", (call, result))


def no_final_message(ending: Ending) -> Reason | None:
    if not ending.began or ending.said is not None:
        return None  # an agent that says it has ended may well end with a call
    if not ending.has_model or ending.answer is not None or not ending.calls:
        return None
    call, result = ending.calls[-1]
    if ENDS.search(call.name):
        return None
    at = "and nothing came back" if result is None else "and the agent said nothing after its result"
    return Reason(f"it breaks off: {quoted(call.name)} was called {at}", (call,) if result is None else (call, result))


def admission(ending: Ending) -> Reason | None:
    if ending.answer is None:
        return None
    found = admissions(answer_text(ending.answer))
    if not found:
        return None
    sentence = " ".join(found[0].sentence.split())
    said = sentence if len(sentence) <= _SENTENCE else f"{sentence[: _SENTENCE - 1]}…"
    return Reason(f"the last message admits it: “{said}”", (ending.answer,))


RULES = {
    "open todos": open_todos,
    "last check failing": last_check_failing,
    "last result an error": last_result_an_error,
    "no final message": no_final_message,
    "admission": admission,
}
"""What makes business unfinished; each looks at how a run ended."""


class UnfinishedBusiness:
    """Finds runs that ended before their work did."""

    rule = "unfinished_business"

    def __init__(self) -> None:
        self._starts: dict[int, int] = {}

    def take(self, news: News) -> Iterator[Found]:
        for ending in endings(news, self._starts):
            reasons = [reason for rule in RULES.values() if (reason := rule(ending)) is not None]
            if reasons:
                yield self._found(ending, reasons)

    def _found(self, ending: Ending, reasons: list[Reason]) -> Found:
        events = {event.row: event for reason in reasons for event in reason.evidence}
        ordered = [events[row] for row in sorted(events)]
        title = f"the run ended unfinished: {'; '.join(reason.text for reason in reasons)}"
        ids = tuple(event.id for event in ordered)
        last = max(ending.last, ordered[-1].row)
        return Found(ending.first, Alert(self.rule, "high", title, ids, ordered[0].row, last))


def _command(call: Event) -> str:
    arguments = call.data.get("arguments")
    if isinstance(arguments, str):
        return arguments
    values = arguments if isinstance(arguments, dict) else {}
    said = next((values[key] for key in ("command", "cmd", "script", "code", "input") if values.get(key)), "")
    return " ".join(map(word_of, said)) if isinstance(said, list) else word_of(said)


def _does_something(call: Event) -> bool:
    """Whether a command does more than look around: any of the programs it runs is not one of `LOOKS`."""
    words = _FIRST_WORDS.findall(_command(call)[:_LONGEST])
    return any(word.rpartition("/")[2] not in LOOKS for word in words)
