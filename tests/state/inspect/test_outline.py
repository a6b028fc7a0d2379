from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from peek_tui.state.inspect import Entry, Outline, Subject
from tests.state.conftest import InZone
from tests.state.traces import DEEP, HOSTILE, TraceFile, event_of, obeyed

STACK = 'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\n    boom()\nBoom: it broke\n'


@pytest.fixture
def outline(tmp_path: Path) -> Any:
    """Lay out an event with this payload."""

    def lay_out(data: dict[str, Any], width: int = 60, **header: Any) -> Outline:
        return Outline(Subject(event_of(tmp_path, "tool_call", "search", data, **header)), width)

    return lay_out


def payload(outline: Outline) -> list[tuple[int, str, str]]:
    """The lines of the payload: indent, key, text."""
    lines = [(entry.indent, entry.key, entry.text) for entry in outline.entries if entry.path[:1] == ("data",)]
    assert lines
    return lines


def line_of(outline: Outline, key: str) -> int:
    [line] = [line for line, entry in enumerate(outline.entries) if entry.key == key]
    return line


def entry_of(outline: Outline, key: str) -> Entry:
    return outline.entries[line_of(outline, key)]


class TestHeader:
    def test_when_and_what_it_cost(self, outline: Any, in_zone: InZone) -> None:
        """The first line says when it happened, how long it took, its tokens and its cost."""
        usage = {"input_tokens": 4102, "output_tokens": 212, "cache_read_tokens": 3000}
        header = outline({}, duration_ms=2130.0, usage=usage, cost_usd=0.0123).entries[0]
        assert header.text == "2025-11-20 12:00:00.000  took 2.1s  4.1k (3.0k cached) → 212 tok  $0.0123"

    def test_only_what_is_known(self, outline: Any, in_zone: InZone) -> None:
        """What the event does not have is not spoken of."""
        assert outline({}).entries[0].text == "2025-11-20 12:00:00.000"
        nothing = {"input_tokens": 0, "output_tokens": 0}
        assert outline({}, usage=nothing).entries[0].text == "2025-11-20 12:00:00.000"

    def test_no_time(self, trace: TraceFile) -> None:
        """An event that says no time is not given one."""
        trace.write(b'{"v":1,"id":"5f3a9c1e00000000","type":"log"}\n')
        assert Outline(Subject(trace.snapshot().event(0)), 60).entries[0].text == "no time given"

    def test_where_it_belongs(self, outline: Any) -> None:
        """Agent, task, id, parent, links and session are named."""
        lines = outline({}, agent="planner", task="main/2", links=["a", "b"], parent="5f3a9c1e000000ff").entries
        named = {entry.key: entry.text for entry in lines if entry.key}
        assert named == {
            "agent": "planner",
            "task": "main/2",
            "id": "5f3a9c1e00000000",
            "parent": "5f3a9c1e000000ff",
            "links": "a b",
            "session": "0af7651916cd43dd8448eb211c80319c",
        }

    def test_root(self, outline: Any) -> None:
        """A root names no parent."""
        assert "parent" not in {entry.key for entry in outline({}).entries}


class TestFailure:
    def test_error(self, outline: Any) -> None:
        """A failure stands before the payload, its stack folded to one line."""
        laid_out = outline({"x": 1}, error={"type": "Boom", "message": "it broke", "stack": STACK})
        error, stack = entry_of(laid_out, "error"), entry_of(laid_out, "stack")
        assert (error.text, error.kind) == ("Boom: it broke", "error")
        assert (stack.text, stack.folded) == ("4 lines", True)
        assert line_of(laid_out, "error") < line_of(laid_out, "stack") < line_of(laid_out, "x")

    def test_stack_opened(self, outline: Any) -> None:
        """An opened stack shows its lines, indents kept; closed again it is one line."""
        folded = outline({}, error={"type": "Boom", "message": "it broke", "stack": STACK})
        line = line_of(folded, "stack")
        opened = folded.toggle(line)
        assert (opened.entries[line].text, opened.entries[line].folded) == ("", False)
        assert [entry.text for entry in opened.entries[line + 1 : line + 5]] == STACK.splitlines()
        assert opened.toggle(line).entries == folded.entries

    def test_long_message(self, outline: Any) -> None:
        """A message of many lines is shown whole."""
        laid_out = outline({}, error={"type": "Boom", "message": "first\nsecond"})
        line = line_of(laid_out, "error")
        assert [entry.text for entry in laid_out.entries[line + 1 : line + 3]] == ["Boom: first", "second"]

    @pytest.mark.parametrize(
        ("error", "text"), [("boom", "Error: boom"), (["a"], "Error: ['a']"), ({"message": 3}, "Error: 3")]
    )
    def test_foreign_error(self, tmp_path: Path, trace: TraceFile, error: Any, text: str) -> None:
        """An error that another writer put differently is shown all the same."""
        trace.add("tool_result", error=error)
        assert entry_of(Outline(Subject(trace.snapshot().event(0)), 60), "error").text == text


class TestPayload:
    def test_values(self, outline: Any) -> None:
        """Every kind of JSON value has one line, in the order of the payload."""
        laid_out = outline({"s": "text", "n": 1.5, "yes": True, "no": None, "none": [], "empty": {}, "blank": ""})
        assert payload(laid_out) == [
            (0, "s", "text"),
            (0, "n", "1.5"),
            (0, "yes", "true"),
            (0, "no", "null"),
            (0, "none", "[]"),
            (0, "empty", "{}"),
            (0, "blank", ""),
        ]
        kinds = [entry.kind for entry in laid_out.entries if entry.path[:1] == ("data",)]
        assert kinds == ["string", "number", "constant", "constant", "constant", "constant", "string"]

    def test_tree(self, outline: Any) -> None:
        """Small containers are open, with their entries below them."""
        assert payload(outline({"arguments": {"q": "refunds", "tags": ["a", "b"]}})) == [
            (0, "arguments", "{2}"),
            (2, "q", "refunds"),
            (2, "tags", "[2]"),
            (4, "0", "a"),
            (4, "1", "b"),
        ]

    def test_fold(self, outline: Any) -> None:
        """A branch that is folded is one line; unfolded it is as before, what is folded within included."""
        laid_out = outline({"a": {"b": {"c": 1}}, "z": 2})
        inner = laid_out.toggle(line_of(laid_out, "b"))
        assert payload(inner) == [(0, "a", "{1}"), (2, "b", "{1}"), (0, "z", "2")]
        outer = inner.toggle(line_of(inner, "a"))
        assert payload(outer) == [(0, "a", "{1}"), (0, "z", "2")]
        assert entry_of(outer, "a").folded is True
        assert payload(outer.toggle(line_of(outer, "a"))) == payload(inner)

    def test_fold_all_of_it(self, outline: Any) -> None:
        """The first line folds all that the event says, failure and payload; whose event it is stays."""
        laid_out = outline({"a": {"b": 1}, "z": 2}, agent="planner", error={"type": "Boom", "message": "it broke"})
        folded = laid_out.toggle(0)
        assert [entry.key for entry in folded.entries] == ["", "", "agent", "id", "session"]
        assert (laid_out.entries[0].folded, folded.entries[0].folded) == (False, True)
        assert folded.toggle(0).entries == laid_out.entries
        assert outline({}).entries[0].folded is None

    def test_same_keys_fold_apart(self, outline: Any) -> None:
        """Of two branches with the same key, only the chosen one folds."""
        laid_out = outline({"a": {"x": {"n": 1}}, "b": {"x": {"n": 2}}})
        first = next(line for line, entry in enumerate(laid_out.entries) if entry.key == "x")
        assert payload(laid_out.toggle(first)) == [
            (0, "a", "{1}"),
            (2, "x", "{1}"),
            (0, "b", "{1}"),
            (2, "x", "{1}"),
            (4, "n", "2"),
        ]

    @pytest.mark.parametrize("line", [-1, 1, 99])
    def test_what_does_not_fold(self, outline: Any, line: int) -> None:
        """To fold a line that does not fold changes nothing."""
        laid_out = outline({"a": 1})
        assert laid_out.toggle(line) is laid_out

    def test_resized(self, outline: Any) -> None:
        """Another width keeps what is folded."""
        laid_out = outline({"a": {"b": 1}})
        folded = laid_out.toggle(line_of(laid_out, "a")).resized(100)
        assert (folded.width, payload(folded)) == (100, [(0, "a", "{1}")])


class TestText:
    def test_wrapped_at_blanks(self, outline: Any) -> None:
        """Text that does not fit is wrapped at blanks."""
        assert payload(outline({"text": "one two three four five six seven"}, width=20)) == [
            (0, "text", ""),
            (2, "", "one two three"),
            (2, "", "four five six"),
            (2, "", "seven"),
        ]

    def test_wrapped_without_blanks(self, outline: Any) -> None:
        """A word longer than a line is cut where the line ends."""
        lines = payload(outline({"text": "x" * 40}, width=20))
        assert [text for _, _, text in lines] == ["", "x" * 17, "x" * 17, "x" * 6]

    def test_line_ends(self, outline: Any) -> None:
        """Line ends of the text are kept, tabs become blanks, and what a terminal would obey is made visible."""
        lines = payload(outline({"text": "one\n\n\ttwo\r\n"}))
        assert [text for _, _, text in lines] == ["", "one", "", "    two␍"]

    @pytest.mark.parametrize("width", [20, 33, 80])
    @pytest.mark.parametrize(
        "text",
        ["模块" * 60, "ab模块 " * 40, "e\u0301" * 200, "👩" * 100, "\u202e\x9b" * 40, "한국어 " * 30, "x" * 300],
        ids=["cjk", "mixed", "combining", "emoji", "unsafe", "hangul", "ascii"],
    )
    def test_fits(self, outline: Any, text: str, width: int) -> None:
        """No line is wider than the inspector, whatever is written in it, and nothing of the text is left out."""
        laid_out = outline({"text": text, "list": [text[:12]], "text too wide": text[:40]}, width=width)
        for entry in laid_out.entries:
            if entry.path[:1] == ("data",):
                assert cell_len(entry.text) + entry.indent + 1 <= width
        shown = "".join(entry.text for entry in laid_out.entries if entry.path == ("data", "text"))
        assert shown.replace(" ", "").replace("<U+202E><U+009B>", "\u202e\x9b") == text.replace(" ", "")

    def test_short_but_wide(self, outline: Any) -> None:
        """Text that has few characters but takes more columns than there are is wrapped, not cut."""
        lines = payload(outline({"text": "模" * 12}, width=24))
        assert lines == [(0, "text", ""), (2, "", "模" * 10), (2, "", "模" * 2)]

    def test_long_text_is_one_line(self, outline: Any) -> None:
        """A long text is one line with its length until it is opened."""
        folded = outline({"text": "lorem ipsum " * 1000, "next": 1})
        assert payload(folded) == [(0, "text", "lorem ipsum lorem ipsum… 12,000 characters"), (0, "next", "1")]
        line = line_of(folded, "text")
        opened = folded.toggle(line)
        assert len(payload(opened)) == 1 + 223 + 1  # nine of the 2,000 words fit on a line
        assert opened.toggle(line).entries == folded.entries

    def test_long_wide_text_is_one_line(self, outline: Any) -> None:
        """The line of a long text shows its length even when its characters are wide."""
        [(_, _, text)] = payload(outline({"text": "模" * 5000}))
        assert text == f"{'模' * 14}… 5,000 characters"

    def test_short_text_of_lines_folds(self, outline: Any) -> None:
        """A text of several lines folds to its first one."""
        laid_out = outline({"text": "one\ntwo"})
        assert payload(laid_out.toggle(line_of(laid_out, "text"))) == [(0, "text", "one… 7 characters")]

    def test_hostile(self, outline: Any) -> None:
        """Keys and values show what a terminal would obey as signs and codes."""
        data = {f"{number} {text}": text for number, text in enumerate(HOSTILE)}
        for entry in outline(data, width=200, agent=HOSTILE[-7], task=HOSTILE[-7]).entries:
            assert obeyed(entry.key + entry.text) == set()


class TestSize:
    """What is folded costs nothing: counted in lines, which is what is built."""

    def test_long_containers(self, outline: Any) -> None:
        """A container of more than 40 entries is folded until it is opened."""
        laid_out = outline({"forty": list(range(40)), "more": list(range(41))})
        assert len(payload(laid_out)) == 42
        assert entry_of(laid_out, "more").folded is True
        assert len(payload(laid_out.toggle(line_of(laid_out, "more")))) == 83

    def test_wide_on_every_level(self, outline: Any) -> None:
        """A payload that branches on every level is folded when it holds more than a thousand values."""
        laid_out = outline({"x": [[[[1] * 20] * 20] * 20] * 20})
        assert payload(laid_out) == [(0, "x", "[20]")]
        opened = laid_out.toggle(line_of(laid_out, "x"))
        assert len(payload(opened)) == 21

    def test_deep(self, outline: Any) -> None:
        """Four levels are open at first, and each next one opens by itself."""
        laid_out = outline({"deep": DEEP})
        for levels in range(5, 12):
            assert len(payload(laid_out)) == levels
            laid_out = laid_out.toggle(len(laid_out.entries) - 1 - _below(laid_out))

    def test_megabytes(self, outline: Any) -> None:
        """A text of a megabyte is laid out in one pass when it is opened."""
        folded = outline({"text": "模块 lorem " * 100_000})
        opened = folded.toggle(line_of(folded, "text"))
        shown = "".join(entry.text for entry in opened.entries if entry.path == ("data", "text"))
        assert shown.replace(" ", "") == "模块lorem" * 100_000


def _below(outline: Outline) -> int:
    """How many lines stand below the payload."""
    return next(at for at, entry in enumerate(reversed(outline.entries)) if entry.path[:1] == ("data",))


class TestDamage:
    def test_payload(self, trace: TraceFile) -> None:
        """An event whose payload cannot be read shows why, and the line as it stands in the file."""
        trace.write(b'{"v":1,"id":"5f3a9c1e00000000","type":"tool_call","name":"x","data":{"a":\x1b[2J\xff}}\n')
        laid_out = Outline(Subject(trace.snapshot().event(0)), 200)
        assert entry_of(laid_out, "damaged").kind == "error"
        assert entry_of(laid_out, "damaged").text == "not UTF-8 at byte 77"
        raw = '{"v":1,"id":"5f3a9c1e00000000","type":"tool_call","name":"x","data":{"a":␛[2J\\xff}}'
        assert entry_of(laid_out, "raw").text == raw

    def test_line(self, trace: TraceFile) -> None:
        """A line that is no event shows where it stands, why it is none, and its bytes, each once, and no time."""
        trace.write(b"garbage\n")
        laid_out = Outline(Subject(trace.snapshot().event(0)), 200)
        assert [(entry.key, entry.text) for entry in laid_out.entries] == [
            ("", "line 1, 7 bytes"),
            ("damaged", "not JSON: Expecting value at character 0"),
            ("file", str(trace.path)),
            ("raw", "garbage"),
        ]

    def test_long_line(self, trace: TraceFile) -> None:
        """A long damaged line is one line until it is opened."""
        trace.write("模".encode() * 1_000_000 + b"\n")
        laid_out = Outline(Subject(trace.snapshot().event(0)), 300)
        assert entry_of(laid_out, "raw").text.endswith("… 1,000,000 characters")
        assert len(laid_out.entries) == 4
