"""How a trace ends, told from its last lines before all that stands above them is read."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from capture.events import NO_EVENT

from .facts import SessionFacts, worst
from .header import read_agent, read_headers
from .imported import AnyTail

__all__ = ["LAST_SLICE", "Ends", "ended_agents", "with_ending"]

LAST_SLICE = 64 * 1024
"""Bytes of each file that are looked at: where a run's end stands, if it has one."""


Ends = dict[tuple[str, str], str | None]
"""The status of agents that have ended, by session and the id of their start."""


def ended_agents(tails: Iterable[AnyTail]) -> Ends:
    """Return the agents whose end stands in the last lines of files."""
    ended: Ends = {}
    for tail in tails:
        block = tail.ending(LAST_SLICE)
        texts = [] if block is None else block.lines.split(b"\n")
        for header, text in zip(read_headers(texts)[0], texts, strict=True):
            if header is not None and header.type == "agent_end":
                ended[header.session, header.parent] = read_agent(text).status or None
    return ended


def with_ending(facts: SessionFacts, ended: Ends) -> SessionFacts:
    """Return what is known of a run, with its end if that has been seen although it has not been read."""
    roots = {(facts.session, root) for root in facts.open_roots}
    whole = (facts.session, NO_EVENT)
    if not roots or (not roots <= ended.keys() and whole not in ended):
        return facts
    outcome = worst((facts.outcome, *map(ended.get, (*roots, whole))))
    return replace(facts, outcome=outcome, has_ended=True, open_roots={})
