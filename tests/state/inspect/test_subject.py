from __future__ import annotations

import pytest

from peek_tui.state.inspect import Outline, Subject
from peek_tui.state.inspect.copied import PARTS, part
from tests.state.traces import TraceFile


def subject(trace: TraceFile, row: int) -> Subject:
    snapshot = trace.snapshot()
    snapshot.tree()
    return Subject(snapshot.event(row), snapshot, snapshot)


class TestAnswer:
    def test_call_and_result(self, trace: TraceFile) -> None:
        """A call has its result beside it, a result its call, also among calls that ran side by side."""
        one = trace.add("tool_call", "read", {"arguments": {"path": "a"}})
        other = trace.add("tool_call", "read", {"arguments": {"path": "b"}})
        trace.add("tool_result", "read", {"result": "B"}, parent=other, duration_ms=21.0)
        trace.add("tool_result", "read", {"result": "A"}, parent=one)
        answers = [subject(trace, row).answer for row in range(4)]
        assert [answer.row for answer in answers if answer is not None] == [3, 2, 1, 0]

    def test_shown(self, trace: TraceFile) -> None:
        """It is one line that opens."""
        call = trace.add("tool_call", "read", {"arguments": {}})
        trace.add("tool_result", "read", {"result": "B"}, parent=call, duration_ms=21.0)
        outline = Outline(subject(trace, 0), 60)
        [line] = [number for number, entry in enumerate(outline.entries) if entry.key == "result"]
        assert outline.entries[line].text == "21ms  B"
        opened = outline.toggle(line).entries[line + 1]
        assert (opened.indent, opened.key, opened.text) == (2, "result", "B")

    def test_open_call(self, trace: TraceFile) -> None:
        """A call without a result has none; when it comes, there is something new to show."""
        call = trace.add("tool_call", "read", {"arguments": {}})
        before = subject(trace, 0)
        assert before.answer is None
        trace.add("tool_result", "read", {"result": "B"}, parent=call)
        after = subject(trace, 0)
        assert not after.is_as(before)
        assert after.is_as(subject(trace, 0))

    def test_foreign_parent(self, trace: TraceFile) -> None:
        """A result whose parent is no call has no call."""
        turn = trace.add("agent_turn", "a", {})
        trace.add("tool_result", "read", {"result": "B"}, parent=turn)
        assert subject(trace, 1).answer is None


@pytest.mark.parametrize(
    ("key", "copied"),
    [
        ("v", "Seattle"),
        ("p", "data.arguments.city"),
        ("i", "5f3a9c1e00000000"),
    ],
)
def test_copied(trace: TraceFile, key: str, copied: str) -> None:
    """A key copies the value on the selected line, the path to it as the filter language has it, or the id."""
    trace.add("tool_call", "weather", {"arguments": {"city": "Seattle"}})
    assert part(subject(trace, 0), ("data", "arguments", "city"), key) == copied


def test_copied_whole(trace: TraceFile) -> None:
    """The event is copied as JSON for people, the line as it stands, and no other key copies anything."""
    trace.add("log", data={"text": "ü"})
    looked_at = subject(trace, 0)
    assert '"text": "ü"' in (part(looked_at, (), "e") or "")
    assert part(looked_at, (), "l") == looked_at.event.raw.decode()
    assert part(looked_at, (), "v") == '{\n  "text": "ü"\n}'
    assert part(looked_at, (), "x") is None
    assert set(PARTS) == set("vpeil")


def test_path_of_a_view(trace: TraceFile) -> None:
    """On a line that only a view has, the nearest value around it is copied."""
    trace.add("llm_request", "m", {"messages": [{"role": "user", "content": "hello"}]})
    outline = Outline(subject(trace, 0), 60, "conversation")
    [entry] = [entry for entry in outline.entries if entry.text == "hello"]
    assert part(outline.subject, entry.path, "p") == "data.messages.0"


def test_raw(trace: TraceFile) -> None:
    """The raw view shows the line as it stands in the file, a huge one as far as a person reads."""
    trace.add("log", data={"text": "x" * 300_000})
    outline = Outline(subject(trace, 0), 100, "raw")
    shown = "".join(entry.text for entry in outline.entries if entry.path == ("raw",))
    assert shown.startswith('{"v":1,"ts":')
    assert shown.endswith("bytes more")
