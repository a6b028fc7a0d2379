"""The runs in the trace directory, as `peek ls` and the list of sessions show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from peek_tui.errors import InputError

from .facts import SessionFacts
from .model import Usage
from .snapshot import Snapshot
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
    reason: str = ""
    """Why it came out as it did, as far as somebody was asked."""


def read_sessions(
    files: Iterable[TraceFile], cache: Path | None = None, reason: Callable[[Snapshot, str], str] = lambda *_: ""
) -> Iterator[Session]:
    """Yield the runs that these files make up, in their order; files that vanish meanwhile are passed over.

    `reason` is asked why a run with this status came out as it did.
    """
    for id, parts in group_sessions(files).items():
        try:
            store = Store.load((part.path for part in parts), cache=cache)
        except InputError:
            continue
        try:
            facts = next((facts for facts in store.sessions() if facts.session == id), SessionFacts(id))
            status = store.status()
            yield _session(facts, status, tuple(store.paths), reason(store.snapshot(), status))
        finally:
            store.close()


def _session(facts: SessionFacts, status: str, paths: tuple[Path, ...], reason: str) -> Session:
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
        reason=reason,
    )
