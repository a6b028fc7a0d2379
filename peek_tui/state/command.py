"""The command line: what may stand after `:` beside a place to go to."""

from __future__ import annotations

from collections.abc import Iterable

from peek_tui.trace.store import Snapshot

from .complete import Mistake, complete_filter, mistake_in
from .prompt import Completion

__all__ = ["COMMANDS", "complete_command", "mistake_in_command", "split"]

COMMANDS = {
    "break": "a filter: running stops at what it wants",
    "filter": "a filter: only what it wants is shown",
    "find": "a text or pattern to look for",
    "near": "the type that nearest before and after go to",
    "note": "a note on this event",
}
"""What takes an argument, and what that is. Every action is a command without one."""
_FILTERS = ("break", "filter")


def split(text: str) -> tuple[str, str]:
    """Return the command and its argument."""
    word, _, argument = text.strip().partition(" ")
    return word, argument.strip()


def complete_command(text: str, actions: Iterable[str], snapshot: Snapshot) -> Completion:
    """Return what the line may become."""
    word, blank, rest = text.partition(" ")
    start = len(word) + len(blank)
    if not blank:
        return Completion(0, sorted(name for name in {*COMMANDS, *actions} if word and name.startswith(word)))
    if word in _FILTERS:
        completion = complete_filter(rest, snapshot)
        return Completion(start + completion.start, completion.words)
    types = [type for type, _ in snapshot.types().most_common()] if word == "near" else []
    return Completion(start, [type for type in types if type.startswith(rest)])


def mistake_in_command(text: str) -> Mistake | None:
    """Return what is wrong with the filter in the line, if there is one."""
    word, blank, rest = text.partition(" ")
    mistake = mistake_in(rest) if word in _FILTERS and rest.strip() else None
    return None if mistake is None else (len(word) + len(blank) + mistake[0], mistake[1])
