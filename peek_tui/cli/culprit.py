"""`peek culprit`: the events most likely to have caused a failure."""

from __future__ import annotations

from typing import Annotated

import typer

from peek_tui.analysis.culprit import Suspect, suspects
from peek_tui.analysis.outcome import outcome
from peek_tui.render.summary import summary
from peek_tui.render.text import clean_line
from peek_tui.trace.store import Snapshot

from .options import SRC_HELP, FormatOption
from .output import note, print_json, print_line
from .source import loaded_store

_WIDTH = 160


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)] = "latest",
    count: Annotated[int, typer.Option("-n", metavar="N", min=1, help="How many.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="One object a line, the most suspicious first.")] = False,
    format: FormatOption = None,
) -> None:
    """Rank what most likely made the run fail, each with its reasons.

    Errors are symptoms: it looks for the step that brought the wrong thing in, and need not be right at once. The
    score is a step's share of the suspicion.

    Example: `peek culprit latest -n 5`
    """
    with loaded_store(source, format) as store:
        snapshot = store.snapshot()
        if not as_json and outcome(snapshot, store.status()).verdict == "completed":
            note("the run itself says that it completed; if its answer is wrong, these are the steps to look at")
        found = suspects(snapshot, count)
        if not found:
            note("nobody to suspect: there is no step of an agent in this trace")
        for number, suspect in enumerate(found, 1):
            if as_json:
                print_json(_as_json(number, suspect))
            else:
                for line in _lines(snapshot, number, suspect):
                    print_line(line)


def _as_json(number: int, suspect: Suspect) -> dict[str, object]:
    said: dict[str, object] = {
        "rank": number,
        "id": suspect.id,
        "row": suspect.row,
        "score": round(suspect.score, 6),
        "reasons": list(suspect.reasons),
    }
    return said if suspect.step is None else said | {"step": suspect.step}


def _lines(snapshot: Snapshot, number: int, suspect: Suspect) -> list[str]:
    event = snapshot.event(suspect.row)
    where = f"row {suspect.row}" + (f" (step {suspect.step})" if suspect.step is not None else "")
    what = clean_line("  ".join(filter(None, (where, event.agent, event.type, summary(event)))))[:_WIDTH]
    return [
        f"{number}. {suspect.score:4.0%}  {what}",
        *(f"          {clean_line(reason)}" for reason in suspect.reasons),
    ]
