from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.state.browse import ERRORS, Browse

from .traces import NOON, Growing, TraceFile

SECOND = 1_000_000_000
BOOM = {"type": "Boom", "message": "it broke"}


@pytest.fixture
def browse(trace: TraceFile) -> Browse:
    """Ten events: 0 the start, calls and results in pairs, an error in 4 and 8; agent `b` has 5, 6 and 9."""
    trace.add("agent_start", "main")
    trace.add("user_message")
    trace.add("llm_request", "model")
    trace.add("tool_call", "search")
    trace.add("tool_result", "search", error=BOOM)
    trace.add("decision", "retry", agent="b")
    trace.add("tool_call", "search", agent="b")
    trace.add("checkpoint")
    trace.add("tool_result", "search", error=BOOM)
    trace.add("custom.metric", agent="b")
    return Browse(trace.snapshot())


class TestArrival:
    def test_starts_at_the_first_event(self, trace: TraceFile) -> None:
        """A view that does not follow begins at the first event."""
        for _ in range(3):
            trace.add("log")
        assert (Growing(trace).browse.row, Growing(trace).browse.follow) == (0, False)

    def test_starts_at_the_last_event_when_it_follows(self, trace: TraceFile) -> None:
        """A view that follows begins at the newest event."""
        for _ in range(3):
            trace.add("log")
        assert Growing(trace, follow=True).browse.row == 2

    def test_nothing_yet(self, trace: TraceFile) -> None:
        """A view of a file without events selects nothing, and its first event when that arrives."""
        growing = Growing(trace)
        assert (growing.browse.row, growing.browse.position, len(growing.browse.rows)) == (None, 0, 0)
        trace.add("log")
        assert growing.take_in()
        assert growing.browse.row == 0

    def test_selection_stays(self, trace: TraceFile) -> None:
        """The selection stays on its event while others arrive."""
        for _ in range(3):
            trace.add("log")
        growing = Growing(trace)
        growing.browse.go_row(1)
        trace.add("log")
        assert growing.take_in()
        assert (growing.browse.row, len(growing.browse.rows)) == (1, 4)

    def test_nothing_new(self, trace: TraceFile) -> None:
        """A look at a file that has not grown changes nothing."""
        trace.add("log")
        assert not Growing(trace).take_in()

    def test_late_file(self, tmp_path: Path) -> None:
        """An event that a late file moves to another row stays selected."""
        early, late = TraceFile(tmp_path / "a.jsonl"), TraceFile(tmp_path / "b.jsonl", "77777777", start=NOON - SECOND)
        early.add("log", "first")
        selected = early.add("log", "second")
        growing = Growing(early, late)
        growing.browse.go_row(1)
        late.add("log", "earlier than both")
        assert growing.take_in()
        assert growing.browse.row == 2
        assert growing.browse.snapshot.event(2).id == selected

    def test_late_file_while_filtered(self, tmp_path: Path) -> None:
        """The visible rows are right after a late file has moved them, with a filter on."""
        early, late = TraceFile(tmp_path / "a.jsonl"), TraceFile(tmp_path / "b.jsonl", "77777777", start=NOON - SECOND)
        early.add("log")
        early.add("tool_call", "search")
        growing = Growing(early, late)
        growing.browse.toggle_group("8")
        assert list(growing.browse.rows) == [1]
        late.add("tool_call", "search")
        late.add("log")
        growing.take_in()
        assert [growing.browse.snapshot.type(row) for row in range(4)] == ["tool_call", "log", "log", "tool_call"]
        assert list(growing.browse.rows) == [0, 3]

    def test_filtered_arrivals(self, trace: TraceFile) -> None:
        """Of what arrives only the types that are shown become visible, types nobody has seen before included."""
        trace.add("log")
        growing = Growing(trace)
        growing.browse.toggle_group("2")
        trace.add("tool_call")
        trace.add("brand.new")
        trace.add("llm_request")
        growing.take_in()
        assert list(growing.browse.rows) == [0, 2, 3]


class TestFollow:
    @pytest.fixture
    def growing(self, trace: TraceFile) -> Growing:
        for _ in range(3):
            trace.add("log")
        return Growing(trace, follow=True)

    def test_follows(self, growing: Growing, trace: TraceFile) -> None:
        """A view that follows selects each newest event."""
        trace.add("log")
        trace.add("log")
        growing.take_in()
        assert growing.browse.row == 4

    def test_released_by_moving_up(self, growing: Growing, trace: TraceFile) -> None:
        """An upward move stops following."""
        growing.browse.move(-1)
        trace.add("log")
        growing.take_in()
        assert (growing.browse.follow, growing.browse.row) == (False, 1)

    def test_not_released_by_moving_down(self, growing: Growing) -> None:
        """A move down at the end goes nowhere and keeps following."""
        growing.browse.move(1)
        assert (growing.browse.follow, growing.browse.row) == (True, 2)

    def test_released_by_going_to_a_row_above(self, growing: Growing) -> None:
        """Going to any earlier event stops following."""
        growing.browse.go_row(0)
        assert not growing.browse.follow

    def test_retaken(self, growing: Growing, trace: TraceFile) -> None:
        """To follow again selects the newest event at once, and stays with it."""
        growing.browse.move(-2)
        growing.browse.toggle_follow()
        assert (growing.browse.follow, growing.browse.row) == (True, 2)
        trace.add("log")
        growing.take_in()
        assert growing.browse.row == 3

    def test_toggled_off(self, growing: Growing) -> None:
        """A second press stops following and stays where it is."""
        growing.browse.toggle_follow()
        assert (growing.browse.follow, growing.browse.row) == (False, 2)

    def test_newest_visible_event(self, growing: Growing, trace: TraceFile) -> None:
        """With a filter on, the newest event that is visible is followed."""
        trace.add("tool_call")
        growing.take_in()
        growing.browse.toggle_group("2")
        trace.add("log")
        trace.add("tool_call")
        growing.take_in()
        assert growing.browse.row == 4


class TestFreeze:
    def test_counts_what_waits(self, trace: TraceFile) -> None:
        """A frozen view stands still and counts what has arrived meanwhile."""
        trace.add("log")
        growing = Growing(trace)
        growing.browse.toggle_frozen()
        assert (growing.browse.frozen, growing.browse.behind) == (True, 0)
        for _ in range(5):
            trace.add("log")
        assert not growing.take_in()
        assert (len(growing.browse.rows), growing.browse.behind) == (1, 5)

    def test_catches_up(self, trace: TraceFile) -> None:
        """A view let go takes in at once what has waited."""
        trace.add("log")
        growing = Growing(trace)
        growing.browse.toggle_frozen()
        trace.add("log")
        growing.take_in()
        growing.browse.toggle_frozen()
        assert (growing.browse.frozen, growing.browse.behind, len(growing.browse.rows)) == (False, 0, 2)

    def test_keeps_following(self, trace: TraceFile) -> None:
        """A view that followed when it was frozen follows again when it is let go."""
        trace.add("log")
        growing = Growing(trace, follow=True)
        growing.browse.toggle_frozen()
        trace.add("log")
        growing.take_in()
        assert growing.browse.row == 0
        growing.browse.toggle_frozen()
        assert growing.browse.row == 1

    def test_nothing_waits(self, trace: TraceFile) -> None:
        """A view that is let go when nothing has arrived is as it was."""
        trace.add("log")
        browse = Growing(trace).browse
        browse.toggle_frozen()
        browse.toggle_frozen()
        assert (browse.frozen, browse.behind, list(browse.rows)) == (False, 0, [0])


class TestShown:
    def test_toggle_group(self, browse: Browse) -> None:
        """A group's types are hidden by one press and shown again by the next."""
        browse.toggle_group("2")
        assert list(browse.rows) == [0, 1, 2, 5, 7, 9]
        assert browse.filtered
        browse.toggle_group("2")
        assert list(browse.rows) == list(range(10))
        assert not browse.filtered

    def test_unknown_types(self, browse: Browse) -> None:
        """Types that no group names are shown and hidden with the last group."""
        browse.toggle_group("8")
        assert list(browse.rows) == [0, 1, 2, 3, 4, 5, 6, 8]

    def test_everything_hidden(self, browse: Browse) -> None:
        """When every group is hidden nothing is selected, and moving does nothing."""
        for key in "12345678":
            browse.toggle_group(key)
        assert (list(browse.rows), browse.row, browse.position) == ([], None, 0)
        browse.move(1)
        browse.go_end()
        browse.go_time(NOON)
        browse.go_percent(50)
        assert not browse.step(1)
        assert not browse.seek(ERRORS, -1)
        browse.isolate()
        browse.hide_selected()
        assert (browse.row, browse.shown.only) == (None, None)

    def test_hidden_selection(self, browse: Browse) -> None:
        """While the selected event is hidden the nearest visible one before it stands in, and it is back when shown."""
        browse.go_row(4)
        browse.toggle_group("2")
        assert browse.row == 2
        browse.toggle_group("2")
        assert browse.row == 4

    def test_hidden_selection_with_nothing_before(self, browse: Browse) -> None:
        """When no visible event is before the hidden one, the first visible one stands in."""
        browse.toggle_group("6")
        assert (browse.row, browse.position) == (1, 0)

    def test_moving_from_a_stand_in(self, browse: Browse) -> None:
        """A move from the event that stands in selects its neighbour for good."""
        browse.go_row(4)
        browse.toggle_group("2")
        browse.move(1)
        browse.show_all()
        assert browse.row == 5

    def test_isolate(self, browse: Browse) -> None:
        """Only the selected event's type is shown; again, everything."""
        browse.go_row(3)
        browse.isolate()
        assert (list(browse.rows), browse.row, browse.shown.only) == ([3, 6], 3, "tool_call")
        browse.isolate()
        assert (list(browse.rows), browse.row, browse.shown.only) == (list(range(10)), 3, None)

    def test_isolate_keeps_hidden_groups(self, browse: Browse) -> None:
        """What was hidden before a type was isolated is hidden again afterwards."""
        browse.toggle_group("1")
        browse.go_row(3)
        browse.isolate()
        browse.isolate()
        assert list(browse.rows) == [0, 1, 3, 4, 5, 6, 7, 8, 9]

    def test_group_ends_isolation(self, browse: Browse) -> None:
        """To show or hide a group ends the isolation of a type."""
        browse.go_row(3)
        browse.isolate()
        browse.toggle_group("1")
        assert (browse.shown.only, list(browse.rows)) == (None, [0, 1, 3, 4, 5, 6, 7, 8, 9])

    def test_isolate_a_type_with_signs(self, trace: TraceFile) -> None:
        """A type's name is taken as it is written, whatever signs are in it."""
        for type in ("a*", "abc", "a?", "a[bc]", "ab"):
            trace.add(type)
        browse = Browse(trace.snapshot())
        shown = []
        for row in range(5):
            browse.go_row(row)
            browse.isolate()
            shown.append(list(browse.rows))
            browse.isolate()
        assert shown == [[0], [1], [2], [3], [4]]

    def test_show_all(self, browse: Browse) -> None:
        """Every type is shown again, whatever hid it."""
        browse.toggle_group("2")
        browse.isolate()
        browse.show_all()
        assert (list(browse.rows), browse.shown.hidden, browse.shown.only, browse.filtered) == (
            list(range(10)),
            frozenset(),
            None,
            False,
        )

    def test_hide_selected(self, browse: Browse) -> None:
        """The group of the selected event is hidden."""
        browse.go_row(5)
        browse.hide_selected()
        assert (browse.shown.hidden, browse.row) == (frozenset("3"), 4)

    def test_counts(self, browse: Browse) -> None:
        """Every group has its number of events, hidden or not, and says whether it is shown."""
        browse.toggle_group("2")
        assert browse.counts() == [
            ("1", "llm", 1, True),
            ("2", "tool", 4, False),
            ("3", "dec", 1, True),
            ("4", "safe", 0, True),
            ("5", "msg", 1, True),
            ("6", "agent", 1, True),
            ("7", "err", 0, True),
            ("8", "sys", 2, True),
        ]

    def test_counts_while_isolated(self, browse: Browse) -> None:
        """While one type is shown alone, only its group counts as shown."""
        browse.go_row(3)
        browse.isolate()
        assert [key for key, _, _, shown in browse.counts() if shown] == ["2"]

    def test_damaged_lines(self, trace: TraceFile) -> None:
        """A line that is no event is shown and hidden with the errors."""
        trace.add("log")
        trace.write(b"garbage\n")
        browse = Browse(trace.snapshot())
        assert browse.counts()[6] == ("7", "err", 1, True)
        browse.toggle_group("7")
        assert list(browse.rows) == [0]


class TestStep:
    def test_same_agent(self, browse: Browse) -> None:
        """A step goes to the next event of the selected one's agent, and back to the previous one."""
        browse.go_row(5)
        rows = []
        for by in (1, 1, -1, -1):
            assert browse.step(by)
            rows.append(browse.row)
        assert rows == [6, 9, 6, 5]

    def test_the_runs_own_agent(self, browse: Browse) -> None:
        """The run's own agent steps over the events of the others."""
        browse.go_row(4)
        assert browse.step(1)
        assert browse.row == 7

    def test_at_the_end(self, browse: Browse) -> None:
        """Without a further event of the agent the selection stays."""
        browse.go_row(9)
        assert not browse.step(1)
        browse.go_row(5)
        assert not browse.step(-1)
        assert browse.row == 5

    def test_hidden_events(self, browse: Browse) -> None:
        """A step passes over events that are hidden."""
        browse.toggle_group("2")
        browse.go_row(5)
        assert browse.step(1)
        assert browse.row == 9

    def test_errors_forward(self, browse: Browse) -> None:
        """The next error is the nearest after the selection; after the last one there is none."""
        assert browse.seek(ERRORS, 1)
        assert browse.row == 4
        assert browse.seek(ERRORS, 1)
        assert browse.row == 8
        assert not browse.seek(ERRORS, 1)
        assert browse.row == 8

    def test_errors_backward(self, browse: Browse) -> None:
        """The previous error is the nearest before the selection; before the first one there is none."""
        browse.go_end()
        assert browse.seek(ERRORS, -1)
        assert browse.row == 8
        assert browse.seek(ERRORS, -1)
        assert browse.row == 4
        assert not browse.seek(ERRORS, -1)
        assert browse.row == 4

    def test_hidden_errors(self, browse: Browse) -> None:
        """An error that is hidden is not gone to."""
        browse.toggle_group("2")
        assert not browse.seek(ERRORS, 1)


class TestGo:
    def test_move(self, browse: Browse) -> None:
        """Moves stop at both ends."""
        rows = []
        for by in (3, 100, -4, -100):
            browse.move(by)
            rows.append(browse.row)
        assert rows == [3, 9, 5, 0]

    def test_ends(self, browse: Browse) -> None:
        """The start and the end are those of what is visible."""
        browse.toggle_group("6")
        browse.toggle_group("8")
        browse.go_end()
        assert browse.row == 8
        browse.go_start()
        assert browse.row == 1

    @pytest.mark.parametrize(("row", "selected"), [(0, 0), (1, 1), (3, 2), (4, 2), (6, 5), (9, 9), (99, 9)])
    def test_row(self, browse: Browse, row: int, selected: int) -> None:
        """A row that is hidden or beyond the end stands for the nearest visible one before it."""
        browse.toggle_group("2")
        browse.go_row(row)
        assert browse.row == selected

    def test_row_before_the_first(self, browse: Browse) -> None:
        """A row before everything visible stands for the first visible one."""
        browse.toggle_group("6")
        browse.go_row(0)
        assert browse.row == 1

    @pytest.mark.parametrize(("percent", "row"), [(0, 0), (50, 4), (100, 9), (33.3, 3), (-5, 0), (250, 9)])
    def test_percent(self, browse: Browse, percent: float, row: int) -> None:
        """A percentage is a share of the visible events."""
        browse.go_percent(percent)
        assert browse.row == row

    @pytest.mark.parametrize(
        ("seconds", "row"), [(-1, 0), (0, 0), (1, 1), (1.5, 2), (5, 5), (8.999, 9), (9, 9), (3600, 9)]
    )
    def test_time(self, browse: Browse, seconds: float, row: int) -> None:
        """A time stands for the first event that is not older, and past the end for the last."""
        browse.go_time(NOON + int(seconds * SECOND))
        assert browse.row == row

    def test_time_of_a_hidden_event(self, browse: Browse) -> None:
        """When the event at that time is hidden, the next visible one is selected."""
        browse.toggle_group("2")
        browse.go_time(NOON + 3 * SECOND)
        assert browse.row == 5
