"""`Browse` against a model that keeps everything in lists and filters them anew each time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from peek_tui.render.words import GROUPS, group_of
from peek_tui.state.browse import ERRORS
from peek_tui.trace.model import DAMAGED

from .traces import NOON, Growing, TraceFile, close_all

TYPES = ("llm_request", "tool_call", "tool_result", "log", "custom", "c*", DAMAGED)
AGENTS = ("", "a", "b")


@dataclass
class Seen:
    """An event as the model knows it."""

    file: int
    clock: int
    type: str
    agent: str
    failed: bool


@dataclass
class Model:
    """What a `Browse` should show."""

    arrived: list[Seen] = field(default_factory=list)
    shown: int = 0
    """How many of them the view has taken in."""
    selected: int | None = None
    """By order of arrival."""
    hidden: set[str] = field(default_factory=set)
    filter: str = ""
    """One of `FILTERS`."""
    only: str | None = None
    follow: bool = False
    frozen: bool = False

    def order(self) -> list[int]:
        """The events taken in, in the order of the run; at the same moment a file of nothing but damage comes last."""
        taken = self.arrived[: self.shown]
        known = {event.file for event in taken if event.type != DAMAGED}
        key = [(event.clock, event.file not in known, event.file, at) for at, event in enumerate(taken)]
        return sorted(range(self.shown), key=key.__getitem__)

    def visible(self) -> list[int]:
        seen = self.arrived
        return [at for at in self.order() if self.is_shown(seen[at].type) and FILTERS[self.filter](seen[at])]

    def is_shown(self, type: str) -> bool:
        return type == self.only if self.only is not None else group_of(type).key not in self.hidden

    def current(self) -> int | None:
        """The selected event, or the one that stands in for it."""
        visible = self.visible()
        if not visible or self.selected is None:
            return visible[0] if visible else None
        order = self.order()
        before = [at for at in visible if order.index(at) <= order.index(self.selected)]
        return before[-1] if before else visible[0]

    def position(self) -> int:
        current = self.current()
        return 0 if current is None else self.visible().index(current)

    def take_in(self) -> None:
        if self.frozen or self.shown == len(self.arrived):
            return
        self.shown = len(self.arrived)
        if self.selected is None:
            self.selected = self.order()[0]
        if self.follow and self.visible():
            self.selected = self.visible()[-1]

    def go(self, position: int) -> None:
        before = self.position()
        visible = self.visible()
        if visible:
            self.selected = visible[min(len(visible) - 1, max(0, position))]
        if self.position() < before:
            self.follow = False

    def seek(self, by: int, wanted: Sequence[bool]) -> bool:
        visible = self.visible()
        end = len(visible) if by > 0 else -1
        for position in range(self.position() + by, end, by):
            if wanted[visible[position]]:
                self.go(position)
                return True
        return False


FILTERS: dict[str, Callable[[Seen], bool]] = {
    "": lambda _: True,
    "error": lambda event: event.failed,
    "-agent:a": lambda event: event.agent != "a",
    "type:log OR agent:b": lambda event: event.type == "log" or event.agent == "b",
    "data.none:x": lambda _: False,
}


class Pair:
    """A real view and the model, told the same."""

    def __init__(self, directory: Path, follow: bool) -> None:
        self.files = [
            TraceFile(directory / f"{name}.jsonl", writer * 8) for name, writer in (("one", "1"), ("two", "2"))
        ]
        self.real = Growing(*self.files, follow=follow)
        self.model = Model(follow=follow)
        self.clocks = [0, 0]

    def arrive(self, file: int, second: int, type: str, agent: str, failed: bool) -> None:
        ts = NOON + second * 10**9
        if type == DAMAGED:
            self.files[file].write(b"garbage\n")
            ts, agent, failed = 0, "", False
        else:
            header: dict[str, Any] = {"agent": agent} if agent else {}
            if failed:
                header["error"] = {"type": "E", "message": ""}
            self.files[file].add(type, ts=ts, **header)
        self.clocks[file] = max(self.clocks[file], ts)
        self.model.arrived.append(Seen(file, self.clocks[file], type, agent, failed))
        self.real.take_in()
        self.model.take_in()

    def move(self, by: int) -> None:
        self.real.browse.move(by)
        self.model.go(self.model.position() + by)

    def go_end(self) -> None:
        self.real.browse.go_end()
        self.model.go(len(self.model.visible()) - 1)

    def go_row(self, row: int) -> None:
        self.real.browse.go_row(row)
        order = self.model.order()
        self.model.go(sum(order.index(at) <= row for at in self.model.visible()) - 1)

    def step(self, by: int) -> None:
        current = self.model.current()
        agents = [event.agent for event in self.model.arrived]
        expected = current is not None and self.model.seek(by, [agent == agents[current] for agent in agents])
        assert self.real.browse.step(by) is expected

    def seek(self, by: int) -> None:
        expected = self.model.seek(by, [event.failed for event in self.model.arrived])
        assert self.real.browse.seek(ERRORS, by) is expected

    def toggle_group(self, key: str) -> None:
        self.real.browse.toggle_group(key)
        self.model.only = None
        self.model.hidden ^= {key}

    def filter(self, text: str) -> None:
        browse = self.real.browse
        shown = browse.wanted._replace(filters=())
        browse.show(shown.with_filter(text) if text else shown)
        self.model.filter = text

    def show_all(self) -> None:
        self.real.browse.show_all()
        self.model.hidden, self.model.only = set(), None

    def isolate(self) -> None:
        self.real.browse.isolate()
        current = self.model.current()
        self.model.only = None if self.model.only or current is None else self.model.arrived[current].type

    def freeze(self) -> None:
        self.real.browse.toggle_frozen()
        self.model.frozen = not self.model.frozen
        self.model.take_in()

    def toggle_follow(self) -> None:
        self.real.browse.toggle_follow()
        if self.model.follow:
            self.model.follow = False
        else:
            self.model.go(len(self.model.visible()) - 1)
            self.model.follow = True

    def agree(self) -> None:
        browse, model = self.real.browse, self.model
        order = model.order()
        current = model.current()
        assert list(browse.rows) == [order.index(at) for at in model.visible()]
        assert browse.position == model.position()
        assert browse.row == (None if current is None else order.index(current))
        assert (browse.follow, browse.frozen, browse.shown.only) == (model.follow, model.frozen, model.only)
        assert browse.behind == len(model.arrived) - model.shown
        counts = {group.key: 0 for group in GROUPS}
        for at in order:
            counts[group_of(model.arrived[at].type).key] += 1
        assert {key: number for key, _, number, _ in browse.counts()} == counts


ARRIVALS = st.tuples(
    st.just("arrive"),
    st.integers(0, 1),
    st.integers(0, 6),
    st.sampled_from(TYPES),
    st.sampled_from(AGENTS),
    st.booleans(),
)
COMMANDS = st.one_of(
    st.tuples(st.just("move"), st.integers(-4, 4)),
    st.tuples(st.just("go_row"), st.integers(0, 12)),
    st.tuples(st.sampled_from(("step", "seek")), st.sampled_from((-1, 1))),
    st.tuples(st.just("toggle_group"), st.sampled_from("1278")),
    st.tuples(st.just("filter"), st.sampled_from(list(FILTERS))),
    st.tuples(st.sampled_from(("go_end", "show_all", "isolate", "freeze", "toggle_follow"))),
)


@settings(max_examples=400)
@given(st.booleans(), st.lists(st.one_of(ARRIVALS, ARRIVALS, COMMANDS), min_size=8, max_size=40))
def test_agrees_with_the_model(follow: bool, story: list[tuple[Any, ...]]) -> None:
    """Whatever arrives and whatever is pressed, the view shows and selects what a plain filter over lists would."""
    with tempfile.TemporaryDirectory() as directory:
        pair = Pair(Path(directory), follow)
        for name, *arguments in story:
            getattr(pair, name)(*arguments)
            pair.agree()
    close_all()
