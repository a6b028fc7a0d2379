"""The runs in the trace directory, as `peek ls` and the list of sessions show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from peek_tui.errors import InputError

from .facts import SessionFacts
from .model import Usage
from .sources import TraceFile, group_sessions
from .store import Store

__all__ = ["Session", "read_sessions"]


class Session(msgspec.Struct, frozen=True):
    """One run."""

    id: str
    agent: str
    status: str
    """`running`, `finished`, `crashed` or `unknown`."""
    outcome: str | None
    """`completed`, `error` or `cancelled`; None before its end."""
    start: int
    """Nanoseconds since 1970 UTC."""
    duration_ms: float
    events: int
    errors: int
    tool_calls: int
    llm_calls: int
    usage: Usage
    cost_usd: float | None
    paths: tuple[Path, ...]


def read_sessions(files: Iterable[TraceFile], cache: Path | None = None) -> Iterator[Session]:
    """Yield the runs that these files make up, in their order; files that vanish meanwhile are passed over."""
    for id, parts in group_sessions(files).items():
        try:
            store = Store.load((part.path for part in parts), cache=cache)
        except InputError:
            continue
        try:
            facts = next((facts for facts in store.sessions() if facts.session == id), SessionFacts(id))
            yield _session(facts, store.status(), tuple(store.paths))
        finally:
            store.close()


def _session(facts: SessionFacts, status: str, paths: tuple[Path, ...]) -> Session:
    return Session(
        id=facts.session,
        agent=facts.agent,
        status=status,
        outcome=facts.outcome,
        start=facts.first_ts,
        duration_ms=facts.duration_ms,
        events=facts.events,
        errors=facts.errors,
        tool_calls=facts.types["tool_call"],
        llm_calls=facts.types["llm_request"],
        usage=facts.usage,
        cost_usd=facts.cost_usd,
        paths=paths,
    )
