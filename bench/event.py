"""What recording one event costs its caller, against a bare `os.write` of the same bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count, cycle
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import capture
from capture import TraceContext
from capture.events import ENDS
from capture.format import parse_line

from .measure import Plan, Row, Sample, against, microseconds
from .texts import pieces

__all__ = ["measure"]

GOAL = 3.0
"""Without redaction. The ratio of two costs per event."""
REDACTED_GOAL = 6.0
"""With it, on texts without secrets."""

NAMED_BY = {"agent_end": "agent_name", "llm_chunk": "model", "tool_call": "name", "tool_result": "name"}
"""The parameter that gives an event its name, for those whose payload does not hold it."""
GIVEN = ("duration_ms", "error", "usage", "cost_usd", "importance", "links")
"""The header's keys that whoever records gives."""

Method = Callable[..., object]


class Call(NamedTuple):
    """A call on one side of the comparison."""

    method: Method
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]


def measure(plan: Plan) -> list[Row]:
    """Measure a whole run's events in their order and two common ones alone; then with redaction, on texts as well."""
    with _redacting(False):
        bare = [
            _measure_run(plan, "one event", GOAL),
            _measure_one(plan, "one event, a decision", _record_decision, GOAL),
            _measure_one(plan, "one event, a log line", _record_log, GOAL),
        ]
    with _redacting(True):
        redacted = [_measure_run(plan, "redacted", REDACTED_GOAL)]
        for name, texts in pieces(50).items():
            redacted.append(_measure_one(plan, f"redacted, {name}", partial(_record_texts, texts), REDACTED_GOAL))
    return [*bare, *redacted]


@contextmanager
def _redacting(redact: bool) -> Iterator[None]:
    capture.init(redact=redact)
    yield
    capture.init()


# -- the events of a run -----------------------------------------------------------------------------------------------


def _measure_run(plan: Plan, name: str, goal: float) -> Row:
    run = plan.traces.demo().read_bytes().splitlines(keepends=True)
    files = _new_files(plan.traces.directory, "run")
    passes = plan.choose(40, 2)
    lines = _record_run(next(files), run, 1)[1]
    sides = {
        "ours": lambda: _record_run(next(files), run, passes)[0],
        "write": lambda: _write_run(next(files), lines, passes),
    }
    size = sum(map(len, lines)) / len(lines)
    return _row(f"{name}, the demo's {len(lines)} in turn, {size:,.0f} bytes", plan.rounds(15, sides), goal)


def _record_run(path: Path, run: list[bytes], passes: int) -> tuple[float, list[bytes]]:
    """Record a run's events again and again; return the seconds an event took, and the lines of the last pass.

    What is recorded is parsed anew for every pass, for no agent records the same objects twice.
    """
    taken = 0.0
    with TraceContext("bench", path) as context:
        writer = str(parse_line(path.read_bytes()).event["id"])[:8]
        for number in range(passes):
            taken += _time(_calls(context, run, writer, 1 + number * len(run)))
    lines = path.read_bytes().splitlines(keepends=True)
    path.unlink()
    return taken / passes / len(run), lines[-1 - len(run) : -1]


def _calls(context: TraceContext, run: list[bytes], writer: str, number: int) -> list[Call]:
    """Return the calls that record these events, the first of which will be the writer's event of this number."""
    events = [parse_line(line).event for line in run]
    ids = {event["id"]: f"{writer}{number + index:08x}" for index, event in enumerate(events)}
    return [_call(context, event, ids) for event in events]


def _call(context: TraceContext, event: dict[str, Any], ids: dict[str, str]) -> Call:
    """Return the call that records an event; one that ends another names that one, as the instrumentation does."""
    type = event["type"]
    keywords = {**event["data"], **{key: event[key] for key in GIVEN if key in event}}
    if type in ENDS:
        keywords["parent"] = ids[event["parent"]]
    if type in NAMED_BY:
        keywords[NAMED_BY[type]] = event["name"]
    return Call(getattr(context, f"record_{type}"), (), keywords)


def _write_run(path: Path, lines: list[bytes], passes: int) -> float:
    descriptor = _open(path)
    calls = [Call(os.write, (descriptor, line), {}) for line in lines]
    taken = sum(_time(calls) for _ in range(passes))
    os.close(descriptor)
    path.unlink()
    return taken / passes / len(lines)


def _time(calls: list[Call]) -> float:
    start = process_time()
    for method, arguments, keywords in calls:
        method(*arguments, **keywords)
    return process_time() - start


# -- one event over and over -------------------------------------------------------------------------------------------


def _measure_one(plan: Plan, name: str, record: Callable[[TraceContext, int], None], goal: float) -> Row:
    files = _new_files(plan.traces.directory, "one")
    events = plan.choose(2_000, 50)
    line = _line(next(files), record)
    sides = {"ours": lambda: _record(next(files), record, events), "write": lambda: _write(next(files), line, events)}
    return _row(f"{name} of {len(line)} bytes", plan.rounds(15, sides), goal)


def _line(path: Path, record: Callable[[TraceContext, int], None]) -> bytes:
    with TraceContext("bench", path) as context:
        record(context, 1)
    line = path.read_bytes().splitlines(keepends=True)[1]
    path.unlink()
    return line


def _record(path: Path, record: Callable[[TraceContext, int], None], events: int) -> float:
    with TraceContext("bench", path) as context:
        start = process_time()
        record(context, events)
        taken = process_time() - start
    path.unlink()
    return taken / events


def _write(path: Path, line: bytes, events: int) -> float:
    descriptor = _open(path)
    start = process_time()
    for _ in range(events):
        os.write(descriptor, line)
    taken = process_time() - start
    os.close(descriptor)
    path.unlink()
    return taken / events


def _record_decision(context: TraceContext, events: int) -> None:
    for _ in range(events):
        context.record_decision(
            reasoning="Both charges carry the same invoice number and were taken within a minute of each other.",
            confidence=0.85,
            chosen_action="refund the second charge",
            alternatives=["ask the customer for a statement", "hand the case over"],
            evidence=["invoice 4127-10 was charged twice"],
            evidence_event_ids=["00000000000000a1"],
        )


def _record_log(context: TraceContext, events: int) -> None:
    for _ in range(events):
        context.record_log(
            stream="stderr",
            text="2026-11-20 03:00:00,000 WARNING billing.charges: the provider answered 503 Service Unavailable to "
            "POST /v1/refunds of charge ch_9002 after 2.41 s; attempt 2 of 5 follows in 0.8 s, with the same key as "
            "before, so that the card is not credited twice for one charge [request 7f31c2]",
        )


def _record_texts(texts: list[str], context: TraceContext, events: int) -> None:
    for _, text in zip(range(events), cycle(texts), strict=False):
        context.record_log("stdout", text)


# -- both sides --------------------------------------------------------------------------------------------------------


def _row(figure: str, taken: dict[str, Sample], goal: float) -> Row:
    ratio, compared = against(taken["ours"], taken["write"])
    other = f"{microseconds(taken['write'])} os.write"
    return Row(figure, microseconds(taken["ours"]), other, compared, f"≤ {goal:.0f}×", ratio <= goal)


def _new_files(directory: Path, name: str) -> Iterator[Path]:
    """Yield a new file's path for every round: no round appends to what another left for the disk to do."""
    return (directory / f"{name}-{number}.jsonl" for number in count())


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
