"""How a run came out: completed, failed or unknown, with the reasons and the events they rest on.

This is the one definition: `peek ls --failed`, alerts and the search for a culprit ask here. It says what the run and
its writer said of themselves; whether an agent that says `completed` did its work is what alerts are about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from capture.events import NO_EVENT
from peek_tui.trace.header import read_word
from peek_tui.trace.model import Event
from peek_tui.trace.snapshot import Snapshot

from .values import word_of

__all__ = ["Outcome", "Reason", "Verdict", "outcome", "verdict", "why_it_failed"]

Verdict = Literal["completed", "failed", "unknown"]

_END = "agent_end"


class Reason(NamedTuple):
    """Why an outcome is what it is."""

    text: str
    """One sentence."""
    evidence: tuple[str, ...] = ()
    """The ids of the events that say so."""


@dataclass(frozen=True)
class Outcome:
    """How a run came out."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


def verdict(status: str, ends: Iterable[str | None]) -> Verdict:
    """Return how a run came out, given its status and what each of its own agents said at its end.

    `status` is that of `Store.status`; an agent says `completed`, `error` or `cancelled`, None as long as it has not
    ended. Failed is a run one of whose agents ended with an error, or whose writer vanished before they all ended. One
    that still runs, was cancelled, or whose writer nobody can ask about is neither failed nor completed.
    """
    said = list(ends)
    if "error" in said or status == "crashed":
        return "failed"
    return "completed" if status != "running" and said and set(said) == {"completed"} else "unknown"


def outcome(snapshot: Snapshot, status: str) -> Outcome:
    """Return how a run came out, with its reasons. `status` is what `Store.status` said of it."""
    facts = snapshot.sessions()
    found = verdict(status, [one.outcome for one in facts])
    ends = _ends(snapshot, {one.session: one.outcome for one in facts})
    reasons = [_said(end) for end in ends if found != "failed" or end.data.get("status") == "error"]
    if status == "crashed" and len(snapshot):
        last = snapshot.event(len(snapshot) - 1)
        what = " ".join(word for word in (last.type, last.name) if word)
        reasons.append(Reason(f"Its writer is gone and wrote no end; the last it wrote is {what}.", (last.id,)))
    elif status == "running":
        reasons.append(Reason("It is still running."))
    elif not ends:
        reasons.append(Reason("Nothing says how it ended."))
    return Outcome(found, tuple(reasons))


def why_it_failed(snapshot: Snapshot, status: str) -> str:
    """Return why a run failed, in a sentence; nothing for one that did not."""
    found = outcome(snapshot, status)
    return found.reasons[0].text if found.verdict == "failed" and found.reasons else ""


def _ends(snapshot: Snapshot, outcomes: Mapping[str, str | None]) -> list[Event]:
    """Return the end of an own agent of each session that says its outcome, in order; of several the last one."""
    ends: dict[str, Event] = {}
    for row in range(len(snapshot) - 1, -1, -1) if snapshot.types()[_END] else ():
        if snapshot.type(row) == _END:
            event = snapshot.event(row)
            told = (read_word(event.data, "status") or None) == outcomes.get(event.session)
            if told and event.session not in ends and _is_own(snapshot, event):
                ends[event.session] = event
                if len(ends) == len(outcomes):
                    break
    return sorted(ends.values(), key=lambda event: event.row)


def _is_own(snapshot: Snapshot, end: Event) -> bool:
    """Whether an end is that of an agent that belongs to no other event."""
    start = snapshot.find(end.parent)
    return start is not None and snapshot.event(snapshot.row(start)).parent == NO_EVENT


def _said(end: Event) -> Reason:
    status = word_of(end.data.get("status"))
    name = end.name or "The agent"
    failure = f": {end.error.type}: {end.error.message}".rstrip(": ") if end.error else ""
    return Reason(f"{name} ended as {status or 'it did not say what'}{failure}.", (end.id,))
