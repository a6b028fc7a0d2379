"""The first view of an event: how it failed, what it says, what answers it."""

from __future__ import annotations

from collections.abc import Iterator

from peek_tui.render import units
from peek_tui.render.loss import read_loss
from peek_tui.render.summary import summary
from peek_tui.render.text import clean
from peek_tui.trace.model import Event

from .entry import Entry, Path
from .layout import Layout
from .subject import Subject

__all__ = ["payload"]


def payload(subject: Subject, layout: Layout) -> Iterator[Entry]:
    """Yield what a reader wants first: the failure, the damage, what it says, and the other half of a call."""
    event = subject.whole
    for remark in subject.remarks:
        kind = "error" if remark.kind == "alert" else "code"
        yield from layout.string(0, remark.kind, remark.text, (remark.kind,), kind)
    yield from _failure(event, layout)
    yield from _damage(event, layout)
    yield from _loss(event, layout)
    yield from _data(event, layout)
    yield from _answer(subject, layout)


def _failure(event: Event, layout: Layout) -> Iterator[Entry]:
    failure = event.error
    if failure is None:
        return
    yield from layout.value(0, "error", f"{failure.type}: {failure.message}", ("error",), "error")
    if failure.stack:
        path: Path = ("error", "stack")
        folded = layout.is_folded(path, at_first=True)
        lines = failure.stack.rstrip().split("\n")
        yield Entry(0, "stack", f"{len(lines)} lines" if folded else "", "branch", path, folded)
        if not folded:
            for line in lines:
                yield from layout.wrapped(2, line, "stack", path)


def _damage(event: Event, layout: Layout) -> Iterator[Entry]:
    damage = event.damage
    if damage is not None:
        yield Entry(0, "damaged", clean(damage.reason), "error", ())
        yield from layout.string(0, "file", damage.file, ("file",), "dim")
        yield from layout.string(0, "raw", event.raw.decode("utf-8", "backslashreplace"), ("raw",), "string")


def _loss(event: Event, layout: Layout) -> Iterator[Entry]:
    if event.type != "capture_loss":
        return
    loss = read_loss(event.data)
    yield Entry(0, "lost", loss.amount, "error", ())
    for reason, number in loss.reasons:
        yield from layout.string(0, "why", f"{reason} ({units.count(number)})", ("why", reason), "error")


def _data(event: Event, layout: Layout) -> Iterator[Entry]:
    if event.damage is not None and event.damage.part == "line":
        return  # what stands there is what has been said of the damage
    told = ("events", "bytes", "reasons") if event.type == "capture_loss" else ()
    for key, value in event.data.items():
        if key not in told:
            yield from layout.value(0, key, value, ("data", key))


def _answer(subject: Subject, layout: Layout) -> Iterator[Entry]:
    """Yield the result of a call, the call of a result: one line until it is opened."""
    answer = subject.answer
    if answer is None:
        return
    path: Path = ("answer",)
    half = answer.type.rpartition("_")[2]  # `result` of `tool_result`
    folded = layout.is_folded(path, at_first=True)
    took = f"{units.duration(answer.duration_ms)}  " if answer.duration_ms is not None else ""
    yield Entry(0, "", "", "fact", ())
    yield Entry(0, half, f"{took}{summary(answer)}", "error" if answer.error else "dim", path, folded)
    if not folded:
        if answer.error is not None:
            error = f"{answer.error.type}: {answer.error.message}"
            yield from layout.value(2, "error", error, (*path, "error"), "error")
        for key, value in answer.data.items():
            yield from layout.value(2, key, value, (*path, "data", key))
