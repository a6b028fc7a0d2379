"""A trace as a plain loop reads it: every line parsed, everything in dictionaries, nothing clever."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

import pytest

from capture.errors import LineError
from capture.events import NO_EVENT
from capture.format import parse_line
from peek_tui.trace.facts import SPENDS
from peek_tui.trace.model import Usage, read_number, read_usage
from peek_tui.trace.snapshot import MISSING_SHOWN
from peek_tui.trace.store import Snapshot
from peek_tui.trace.tree import Sums

__all__ = ["Naive", "Row", "naive_reading", "naively_said", "said_by"]

TOO_MANY = {"too many to be named"}
_OURS = re.compile(r"(?!00000000)[0-9a-f]{16}").fullmatch


class Row(NamedTuple):
    """One event, or one line that is none."""

    raw: bytes
    fields: dict[str, Any]
    file: str
    line: int
    damage: tuple[str, str] | None
    """The reason, and the part: `line` or `payload`."""

    @property
    def is_event(self) -> bool:
        return self.damage is None or self.damage[1] == "payload"

    def word(self, key: str) -> str:
        return "" if self.fields.get(key) is None else str(self.fields[key])

    @property
    def type(self) -> str:
        return self.word("type") if self.is_event else "damaged"

    @property
    def failed(self) -> bool:
        return bool(self.fields.get("error"))

    @property
    def ts(self) -> int:
        ts = self.fields.get("ts")
        return int(ts) if isinstance(ts, int | float) and abs(ts) < 2**63 else 0

    @property
    def parent(self) -> str:
        return self.word("parent") or NO_EVENT


class Naive(NamedTuple):
    """What there is to say of a trace, in the form in which `said_by` says it of a snapshot."""

    rows: list[tuple[bytes, str, str, str, int, str, bool]]
    parents: list[int]
    sums: list[Sums]
    stats: dict[str, Any]


def naive_reading(files: Mapping[str, bytes]) -> list[Row]:
    """Return the rows of these files in the order of the run, each event once."""
    seen: set[str] = set()
    placed: list[tuple[int, tuple[int, str], Row]] = []
    for name, content in files.items():
        rows = [row for row in map(_row, *_lines(name, content)) if row is not None]
        new = [row for row in rows if _nameless(row) or _is_new(row.word("id"), seen)]
        clocks = accumulate((max(0, row.ts) for row in new), max)
        placed += [(clock, (_writer(rows), name), row) for clock, row in zip(clocks, new, strict=True)]
    return [row for *_, row in sorted(placed, key=lambda place: place[:2])]


def naively_said(rows: list[Row]) -> Naive:
    """Return all that can be said of rows."""
    parents, orphans, cycles = _parents(rows)
    return Naive(
        [(row.raw, row.type, row.word("name"), row.word("id"), row.ts, row.word("agent"), row.failed) for row in rows],
        [max(-1, parent) for parent in parents],
        _sums(rows, parents),
        _stats(rows) | {"orphans": orphans, "cycles": cycles},
    )


def said_by(snapshot: Snapshot) -> Naive:
    """Return what a snapshot says of its trace."""
    rows, tree, stats = range(len(snapshot)), snapshot.tree(), snapshot.stats()
    return Naive(
        [
            (event.raw, event.type, event.name, event.id, event.ts, snapshot.agent(row), snapshot.failed(row))
            for row, event in enumerate(map(snapshot.event, rows))
        ],
        [tree.parent(row) for row in rows],
        [tree.sums(row) for row in rows],
        stats._asdict() | {
            "damaged": sorted((damage.file.rpartition("/")[2], *damage[1:]) for damage in stats.damaged),
            "missing": TOO_MANY if len(stats.missing) == MISSING_SHOWN else set(stats.missing),
        },
    )  # fmt: skip


# -- pieces ------------------------------------------------------------------------------------------------------------


def _lines(name: str, content: bytes) -> tuple[list[bytes], list[str], range]:
    lines = content.split(b"\n")[:-1]
    return lines, [name] * len(lines), range(1, len(lines) + 1)


def _row(text: bytes, file: str, line: int) -> Row | None:
    if not text.strip(b" \t\r"):
        return None
    try:
        fields, reason = parse_line(text)
    except LineError as error:
        return Row(text, {}, file, line, (str(error), "line"))
    return Row(text, fields, file, line, None if reason is None else (reason, "payload"))


def _is_new(id: str, seen: set[str]) -> bool:
    new = id not in seen
    seen.add(id)
    return new


def _nameless(row: Row) -> bool:
    return row.word("id") in ("", NO_EVENT)


def _is_imported(row: Row) -> bool:
    return row.fields.get("source") is not None


def _writer(rows: list[Row]) -> int:
    first = next((row for row in rows if row.is_event), None)
    own = first is not None and _OURS(first.word("id")) and not _is_imported(first)
    return int(first.word("id")[:8], 16) if first and own else 2**32


def _parents(rows: list[Row]) -> tuple[list[int], int, int]:
    """Return the row each row belongs to (-1: none, -2: one that is not there), and how many orphans and cycles."""
    places = {row.word("id"): place for place, row in enumerate(rows) if not _nameless(row)}
    parents = [-1 if row.parent == NO_EVENT else places.get(row.parent, -2) for row in rows]
    cycles = set()
    for start in range(len(rows)):
        path = [start]
        while (above := parents[path[-1]]) >= 0 and above != start and len(path) <= len(rows):
            path.append(above)
        if above == start:
            cycles.add(min(path))
    orphans = parents.count(-2)
    return [-1 if place in cycles else parent for place, parent in enumerate(parents)], orphans, len(cycles)


def _spent(row: Row) -> int:
    usage = read_usage(row.fields.get("usage")) if row.is_event and row.word("type") in SPENDS else None
    return usage.total if usage else 0


def _cost(row: Row) -> float | None:
    return read_number(row.fields.get("cost_usd"))


def _sums(rows: list[Row], parents: list[int]) -> list[Sums]:
    below: list[list[Row]] = [[] for _ in rows]
    for place, row in enumerate(rows):
        above = place
        while above >= 0:
            below[above].append(row)
            above = parents[above]
    costs, durations = _near([_cost(row) for row in rows]), _near([_waited(row) for row in rows])
    return [
        Sums(
            len(branch),
            sum(row.failed for row in branch),
            sum(map(_spent, branch)),
            costs([_cost(row) for row in branch]),
            durations([_waited(row) for row in branch] or [0]),
        )
        for branch in below
    ]


def _waited(row: Row) -> float:
    duration = read_number(row.fields.get("duration_ms"))
    return duration if duration and row.type in ("llm_response", "tool_result") else 0


def _near(every: list[float | None]) -> Callable[[list[float | None]], Any]:
    """Return how to add some of these numbers up: the reader's sums are as exact as floats of their size are."""
    size = sum(abs(number) for number in every if number)

    def total(some: list[float | None]) -> Any:
        stated = [number for number in some if number is not None]
        return pytest.approx(sum(stated), rel=1e-12, abs=1e-12 * size + 1e-6) if stated else None

    return total


def _stats(rows: list[Row]) -> dict[str, Any]:
    events = [row for row in rows if row.is_event]
    times = [row.ts for row in events if row.ts] or [0]
    usages = [read_usage(row.fields.get("usage")) or Usage() for row in events if row.word("type") in SPENDS]
    costs = [_cost(row) for row in events]
    return {
        "events": len(events),
        "types": Counter(row.word("type") for row in events),
        "sessions": len({row.word("session") for row in events}),
        "duration_ms": (max(times) - min(times)) / 1e6,
        "errors": sum(row.failed for row in events),
        "usage": Usage(*map(sum, zip(Usage(), *usages, strict=True))),
        "cost_usd": _near(costs)(costs),
        "damaged": sorted((row.file, row.line, *row.damage) for row in rows if row.damage),
        "unfinished": False,
        "missing": _missing(rows),
    }


def _missing(rows: list[Row]) -> set[str]:
    counters: dict[str, set[int]] = {}
    for row in rows:
        if _OURS(row.word("id")) and not _is_imported(row):
            counters.setdefault(row.word("id")[:8], set()).add(int(row.word("id")[8:], 16))
    counters = {writer: known for writer, known in counters.items() if len(known) > 1}
    if sum(max(known) + 1 - len(known) for known in counters.values()) >= MISSING_SHOWN:
        return TOO_MANY
    return {
        f"{writer}{number:08x}"
        for writer, known in counters.items()
        for number in range(max(known))
        if number not in known
    }
