"""Made-up runs, cut into appends anywhere: what is found in them must not depend on where."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from hypothesis import strategies as st

from peek_tui.trace.snapshot import Snapshot
from peek_tui.trace.store import Store

from .run import Run

__all__ = ["CUTS", "STORIES", "Happening", "Story", "cut_up", "stories", "whole"]


T = TypeVar("T")


class Happening(NamedTuple):
    """An event of a made-up run."""

    type: str
    name: str = ""
    data: dict[str, Any] = {}  # noqa: RUF012 - never changed
    header: dict[str, Any] = {}  # noqa: RUF012 - never changed
    answers: int = 0
    """How many events before it the one is that it belongs to; 0 for none."""
    after: int = 1
    """Seconds since the one before."""


Story = list[Happening]

_ERROR = {"error": {"type": "ToolError", "message": "no"}}
CALLS = [Happening("tool_call", name, {"arguments": {"q": q}}) for name in "ab" for q in (1, 2)]
RESULTS = [
    Happening("tool_result", name, data, header, back)
    for name in "ab"
    for data, header in (({"result": 1}, {}), ({"result": 2}, {}), ({}, _ERROR))
    for back in (1, 2)
]
MODEL = [
    Happening("llm_request", "m", {"messages": [{"role": "user", "content": "x"}]}),
    Happening("llm_response", "m", {"content": []}, {}, 1),
    Happening("llm_response", "m", {}, _ERROR, 1),
]
OTHERS = [Happening("decision", "go", {"confidence": 0.5}), Happening("log", "", {"text": "x"}, {"importance": 0.3})]


def stories(happenings: list[Happening], most: int = 40) -> st.SearchStrategy[Story]:
    """Return runs of these happenings."""
    return st.lists(st.sampled_from(happenings), max_size=most)


STORIES = stories([*CALLS, *RESULTS, *MODEL, *OTHERS])
CUTS = st.lists(st.integers(0, 120), max_size=6)


def cut_up(story: Story, cuts: list[int], look: Callable[[Snapshot], T]) -> list[T]:
    """Return what is seen after each append; the cuts are numbers of events."""
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        run = Run(Path(directory) / "run.jsonl")
        store = Store([run.path])
        stack.callback(store.close)
        seen, written = [], 0
        for cut in [*sorted(cuts), len(story)]:
            for index in range(written, min(cut, len(story))):
                _write(run, story[index], index)
            written = max(written, min(cut, len(story)))
            while store.advance():
                pass
            seen.append(look(store.snapshot()))
        return seen


@contextmanager
def whole(story: Story) -> Iterator[Snapshot]:
    """Give a snapshot of a run that was read after it was over."""
    with tempfile.TemporaryDirectory() as directory:
        run = Run(Path(directory) / "run.jsonl")
        for index, happening in enumerate(story):
            _write(run, happening, index)
        store = Store.load([run.path])
        try:
            yield store.snapshot()
        finally:
            store.close()


def _write(run: Run, event: Happening, index: int) -> None:
    back = event.answers
    parent = run.ids[index - back] if 0 < back <= index else "0" * 16
    run.clock += event.after
    run.add(event.type, event.name, event.data, parent, run.clock * 1_000_000_000, **event.header)
