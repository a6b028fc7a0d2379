"""`peek stats`: counts and sums over a trace, and what is wrong with it."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import typer

from peek_tui.analysis.cost import costs
from peek_tui.render import units
from peek_tui.render.cost import cost_lines
from peek_tui.render.summary import summary
from peek_tui.render.table import table
from peek_tui.render.text import clean_line
from peek_tui.trace.model import Usage
from peek_tui.trace.store import Snapshot, Stats

from .options import SRC_HELP, FormatOption
from .output import print_json, print_line
from .source import loaded

_DAMAGE_SHOWN = 10
_TURN_WIDTH = 48


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)] = "latest",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    format: FormatOption = None,
) -> None:
    """Count a trace's events, tokens and errors, and name what is damaged or missing.

    People also read what models, agents, tools and turns used up. With `genai-prices` installed, what the trace does
    not say of money is estimated.

    Example: `peek stats run.jsonl --json`
    """
    with loaded(source, format) as snapshot:
        facts = snapshot.stats()
        if as_json:
            print_json(_as_json(facts))
            return
        spent = list(cost_lines(costs(snapshot), partial(_turn, snapshot)))
    for line in (*_lines(facts), *(["", *spent] if spent else [])):
        print_line(line)


def _turn(snapshot: Snapshot, row: int) -> str:
    event = snapshot.event(row)
    return f"row {row} {event.name} {summary(event)}"[:_TURN_WIDTH]


def tokens_json(usage: Usage) -> dict[str, int]:
    """Return tokens as CLI.md names them."""
    return {
        "input": usage.input,
        "output": usage.output,
        "cache_read": usage.cache_read,
        "cache_write": usage.cache_write,
        "total": usage.total,
    }


def _as_json(facts: Stats) -> dict[str, Any]:
    return {
        "events": facts.events,
        "types": facts.types,
        "sessions": facts.sessions,
        "duration_ms": facts.duration_ms,
        "errors": facts.errors,
        "tokens": tokens_json(facts.usage),
        "cost_usd": facts.cost_usd,
        "damaged": [damage._asdict() for damage in facts.damaged],
        "unfinished": facts.unfinished,
        "missing": list(facts.missing),
        "orphans": facts.orphans,
        "cycles": facts.cycles,
    }


def _lines(facts: Stats) -> list[str]:
    usage = facts.usage
    sessions = "" if facts.sessions == 1 else f" in {units.count(facts.sessions)} sessions"
    cached = units.count(usage.cache_read)
    failed, over = units.count(facts.errors), units.duration(facts.duration_ms)
    lines = [
        f"{units.count(facts.events)} events{sessions} over {over}, {failed} with an error",
        f"{units.count(usage.input)} tokens in ({cached} from the cache), {units.count(usage.output)} out",
    ]
    if facts.cost_usd is not None:
        lines.append(f"{units.money(facts.cost_usd)} as far as the trace says")
    rows = [[clean_line(name), units.count(count)] for name, count in facts.types.items()]
    lines += ["", *table(["type", "events"], rows, right=frozenset({"events"}))]
    problems = _problems(facts)
    return [*lines, "", *problems] if problems else lines


def _problems(facts: Stats) -> list[str]:
    lines = [
        f"{damage.file}:{damage.line}: {damage.part} unreadable: {damage.reason}"
        for damage in facts.damaged[:_DAMAGE_SHOWN]
    ]
    if len(facts.damaged) > _DAMAGE_SHOWN:
        lines.append(f"… and {units.count(len(facts.damaged) - _DAMAGE_SHOWN)} more damaged lines (--json names all)")
    if facts.unfinished:
        lines.append("the last line is unfinished: its writer was cut off, or is still writing")
    if facts.missing:
        lines.append(f"{units.count(len(facts.missing))} events were lost, the first one {facts.missing[0]}")
    if facts.orphans:
        lines.append(f"{units.count(facts.orphans)} events name a parent that is not there")
    if facts.cycles:
        lines.append(f"{units.count(facts.cycles)} cycles among parents")
    return lines
