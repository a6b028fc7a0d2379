"""`peek ls`: the sessions, newest first."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

import typer

from peek_tui.analysis.outcome import verdict
from peek_tui.paths import cache_directory, trace_directory
from peek_tui.render import units
from peek_tui.render.table import table
from peek_tui.render.text import clean_line
from peek_tui.trace.sessions import Session, read_sessions
from peek_tui.trace.sources import group_sessions, trace_files

from .output import note, print_json, print_line
from .stats import tokens_json

_SHOWN = 50
_HEAD = ("session", "agent", "status", "outcome", "started", "took", "events", "errors", "tools", "llm", "tokens")
_RIGHT = frozenset({"took", "events", "errors", "tools", "llm", "tokens"})


def run(
    everything: Annotated[bool, typer.Option("--all", help=f"Not only the {_SHOWN} newest.")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Only those that crashed or ended in an error.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One object a line.")] = False,
) -> None:
    """List the sessions, newest first.

    Example: `peek ls --failed`
    """
    files = trace_files(trace_directory())
    wanted = (session for session in read_sessions(files, cache_directory()) if not failed or _has_failed(session))
    sessions = list(wanted if everything else islice(wanted, _SHOWN + failed))
    more = not everything and len(sessions) > _SHOWN
    sessions = sessions[:_SHOWN] if more else sessions
    if as_json:
        for session in sessions:
            print_json(_as_json(session))
    elif sessions:
        for line in table(_HEAD, [_row(session) for session in sessions], _RIGHT):
            print_line(line)
    else:
        note(f"no {'failed ' if failed else ''}sessions in {trace_directory()}")
    if more:  # how many is not known: telling takes reading them all
        note("more failed sessions; --all shows them")
    hidden = len(group_sessions(files)) - len(sessions)
    if not everything and not failed and hidden > 0:
        note(f"{units.count(hidden)} older sessions are not shown; --all shows them")


def _has_failed(session: Session) -> bool:
    return verdict(session.status, [session.outcome]) == "failed"


def _as_json(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "agent": session.agent,
        "status": session.status,
        "outcome": session.outcome,
        "start": session.start,
        "duration_ms": session.duration_ms,
        "events": session.events,
        "errors": session.errors,
        "tool_calls": session.tool_calls,
        "llm_calls": session.llm_calls,
        "tokens": tokens_json(session.usage),
        "cost_usd": session.cost_usd,
        "paths": [str(path) for path in session.paths],
    }


def _row(session: Session) -> list[str]:
    counts = (session.events, session.errors, session.tool_calls, session.llm_calls)
    return [
        clean_line(session.id)[:8],
        clean_line(session.agent),
        session.status,
        session.outcome or "·",
        units.date(session.start),
        units.duration(session.duration_ms),
        *map(units.count, counts),
        units.tokens(session.usage.total),
    ]
