"""A whole `View` against a naive one: whatever is pressed and whatever happens to the file, the two say the same.

The naive one keeps every event that was ever written in a list, and works out anew each time what should be seen.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from peek_tui.render.words import group_of
from peek_tui.state import sift
from peek_tui.state.forest import Forest, Shape
from peek_tui.state.layout import PANES, Layout, arrange
from peek_tui.state.memory import Memory
from peek_tui.state.play import Play
from peek_tui.state.shown import Shown
from peek_tui.state.strip import Strip
from peek_tui.state.tree import TreeView
from peek_tui.state.view import View
from peek_tui.trace.query import parse_query
from peek_tui.trace.store import Store

from .traces import TraceFile

TYPES = ("llm_request", "tool_call", "tool_result", "decision", "refusal", "log")
FILTERS = ("error", "-type:log", "type:tool_call OR type:tool_result", "data.n<5", "seven", "row>3", "-seven")
QUERIES = ("error", "type:decision", "data.n:3", "seven")


class Viewing(RuleBasedStateMachine):
    """Keys, filters, arrivals, truncations and sizes of the screen, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._slow = patch.object(sift, "_FEW", 3)  # from the fourth line on a filter takes its time
        self._slow.start()
        self._directory = tempfile.TemporaryDirectory()
        self.path = Path(self._directory.name) / "trace.jsonl"
        self.memory = Memory(Path(self._directory.name) / "views")
        self._restart()
        self.store = Store([self.path])
        self._read()
        self.view = View(self.store.snapshot())
        self.layout = Layout()

    def _restart(self) -> None:
        self.path.unlink(missing_ok=True)
        self.trace = TraceFile(self.path)
        self.written: list[dict[str, Any]] = []

    def _read(self) -> None:
        while self.store.advance():
            pass

    # -- what happens to the file ----------------------------------------------------------------------------------

    @rule(type=st.sampled_from(TYPES), n=st.integers(0, 9), failed=st.booleans())
    def arrive(self, type: str, n: int, failed: bool) -> None:
        header: dict[str, Any] = {"error": {"type": "E", "message": "it broke"}} if failed else {}
        data = {"n": n, "text": "seven" if n == 7 else "other"}
        self.trace.add(type, "name", data, **header)
        self.written.append({"type": type, "n": n, "failed": failed})
        self._take()

    @precondition(lambda self: len(self.written) > 2)
    @rule(kept=st.integers(0, 2))
    def truncate(self, kept: int) -> None:
        """The file is cut, and written on: everything is read again."""
        lines = self.path.read_bytes().splitlines(keepends=True)
        self.path.write_bytes(b"".join(lines[:kept]))
        self.written = self.written[:kept]
        begun_again = self.store.begun_again
        self._read()
        assert self.store.begun_again is not begun_again
        self.view.begin_again(self.store.snapshot())
        self._finish()

    def _take(self) -> None:
        self._read()
        self.view.browse.update(self.store.snapshot())
        self._finish()

    def _finish(self) -> None:
        """Work out what is worked out beside the event loop."""
        while (sifting := self.view.browse.sift) is not None:
            sifting.work()
            self.view.browse.sifted()

    # -- keys ------------------------------------------------------------------------------------------------------

    @rule(by=st.integers(-5, 5))
    def move(self, by: int) -> None:
        before = self.view.browse.position
        self.view.browse.move(by)
        rows = len(self.view.browse.rows)
        assert self.view.browse.position == max(0, min(rows - 1, before + by)) if rows else True

    @rule(to=st.sampled_from(["start", "end", "half"]))
    def jump(self, to: str) -> None:
        place, browse = self.view.place, self.view.browse
        browse.go_percent({"start": 0, "half": 50, "end": 100}[to])
        self.view.jumped(place)

    @rule(text=st.sampled_from(FILTERS))
    def filter(self, text: str) -> None:
        self._refilter(self.view.browse.wanted.with_filter(text))

    @rule(key=st.sampled_from("12348"))
    def toggle(self, key: str) -> None:
        wanted = self.view.browse.wanted
        self._refilter(wanted._replace(hidden=wanted.hidden ^ {key}))

    @rule()
    def filters_off(self) -> None:
        wanted = self.view.browse.wanted
        self._refilter(wanted._replace(off=not wanted.off))

    @rule()
    def clear(self) -> None:
        self._refilter(Shown())

    def _refilter(self, shown: Shown) -> None:
        """Change the filters: the selection stays on its event."""
        before = self.view.browse.handle
        self.view.leave()
        self.view.browse.show(shown)
        self._finish()
        assert self.view.browse.handle == before

    @rule()
    def undo_and_redo(self) -> None:
        """What is taken back and made again is as it was."""
        before = self.view.place
        if self.view.undo():
            self._finish()
            assert self.view.redo()
            self._finish()
            assert self.view.place == before

    @rule()
    def undo(self) -> None:
        self.view.undo()
        self._finish()

    @rule(by=st.sampled_from([-1, 1]))
    def jump_list(self, by: int) -> None:
        self.view.jump_back(by)

    @rule(text=st.sampled_from(QUERIES), by=st.sampled_from([-1, 1]))
    def seek(self, text: str, by: int) -> None:
        browse = self.view.browse
        seek = self.view.seek(parse_query(text), by)
        seek.work()
        here = -1 if browse.selected is None else browse.selected
        holds = [row for row in browse.rows if self._holds(text, row)]
        beyond = [row for row in holds if row > here] if by > 0 else [row for row in holds if row < here][::-1]
        assert seek.found == (beyond[0] if beyond else None)
        if seek.found is not None:
            browse.go_row(seek.found)

    @rule(by=st.sampled_from([-1, 1]))
    def search(self, by: int) -> None:
        search = self.view.look_for("seven")
        search.work()
        assert search.hits == [row for row, event in enumerate(self.written) if event["n"] == 7]
        found = self.view.seek_hit(by)
        assert found is any(row in self.view.browse.rows for row in search.hits)
        if found:
            assert self.view.browse.row in search.hits

    @rule(letter=st.sampled_from("ab"))
    def mark(self, letter: str) -> None:
        event = self.view.selected
        if event is not None:
            is_set = self.view.marks.toggle(letter, event.id)
            assert (event.row in [mark.row for mark in self.view.marks.all(self.view.browse.snapshot)]) >= is_set

    @rule()
    def break_here(self) -> None:
        event = self.view.selected
        if event is not None and self.view.breakpoints.toggle(self.view.same_kind()):
            assert self.view.breakpoints.stops_at(self.view.browse.snapshot, event.row)

    @rule()
    def cross(self) -> None:
        self.view.cross()

    @rule(seconds=st.floats(0, 3), speed=st.sampled_from([1, 5]))
    def play(self, seconds: float, speed: int) -> None:
        before = self.view.browse.position
        Play(self.view.browse, speed).advance(seconds)
        assert self.view.browse.position >= before

    @rule()
    def close_and_open(self) -> None:
        """A session that is left and opened again is as it was."""
        self.view.keep(self.memory)
        again = View(self.store.snapshot())
        if len(self.written):
            again.recall(self.memory)
            while (sifting := again.browse.sift) is not None:
                sifting.work()
                again.browse.sifted()
            assert list(again.browse.rows) == list(self.view.browse.rows)
            assert again.browse.handle == self.view.browse.handle
            assert again.marks.letters == self.view.marks.letters
        self.view = again

    @rule(
        width=st.integers(1, 250), height=st.integers(1, 80), pane=st.sampled_from(PANES), by=st.sampled_from([-1, 1])
    )
    def resize(self, width: int, height: int, pane: str, by: int) -> None:
        self.layout = self.layout.resized(pane, by, by, width)
        assert arrange(self.layout, width, height).panes
        strip = Strip(self.view.browse.snapshot, width)
        if self.view.browse.selected is not None:
            assert 0 <= strip.column(self.view.browse.selected) < width

    # -- what should be seen ---------------------------------------------------------------------------------------

    @invariant()
    def rows_are_those_of_the_naive_view(self) -> None:
        shown = self.view.browse.shown
        expected = [row for row in range(len(self.written)) if self._is_shown(shown, row)]
        assert list(self.view.browse.rows) == expected

    @invariant()
    def tree_has_the_same_events(self) -> None:
        browse = self.view.browse
        tree = TreeView(browse)
        tree.take(Forest(Shape(browse.snapshot), browse.shown))
        assert sorted(tree.rows) == list(browse.rows)

    @invariant()
    def selection_is_in_sight(self) -> None:
        browse = self.view.browse
        if not len(browse.rows):
            assert browse.row is None
            return
        assert browse.selected is not None
        before = [row for row in browse.rows if row <= browse.selected]
        assert browse.row == (before[-1] if before else browse.rows[0])

    def _is_shown(self, shown: Shown, row: int) -> bool:
        if shown.off:
            return True
        hidden = group_of(self.written[row]["type"]).key in shown.hidden
        return not hidden and all(self._holds(text, row) for text in shown.filters)

    def _holds(self, text: str, row: int) -> bool:
        event = self.written[row]
        holds: dict[str, bool] = {
            "error": event["failed"],
            "-type:log": event["type"] != "log",
            "type:tool_call OR type:tool_result": event["type"] in ("tool_call", "tool_result"),
            "type:decision": event["type"] == "decision",
            "data.n<5": event["n"] < 5,
            "data.n:3": event["n"] == 3,
            "seven": event["n"] == 7,
            "-seven": event["n"] != 7,
            "row>3": row > 3,
        }
        return holds[text]

    def teardown(self) -> None:
        self._slow.stop()
        self.store.close()
        self._directory.cleanup()


TestViewing = Viewing.TestCase
TestViewing.settings = settings(max_examples=40, stateful_step_count=25)
