from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.state.inspect import Entry, Outline, Subject
from peek_tui.state.inspect.words import changed_words, level
from tests.state.traces import TraceFile, close_all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab\n", max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=12,
)


def outline_of(trace: TraceFile, old: Any, new: Any, width: int = 80) -> Outline:
    trace.add("checkpoint", "c", old)
    trace.add("checkpoint", "c", new)
    snapshot = trace.snapshot()
    return Outline(Subject(snapshot.event(1), snapshot), width, "changes")


def entries(trace: TraceFile, old: Any, new: Any, width: int = 80) -> list[Entry]:
    outline = outline_of(trace, old, new, width)
    return [entry for entry in outline.entries[2:] if entry.path[:1] == ("data",)]


def line_of(entry: Entry) -> str:
    line = f"{entry.sign or ' '}{' ' * entry.indent}{entry.key}{': ' if entry.key and entry.text else ''}{entry.text}"
    return line if entry.beside is None else f"{line.rstrip()} | {line_of(entry.beside).rstrip()}".rstrip()


def lines(trace: TraceFile, old: Any, new: Any, width: int = 80) -> list[str]:
    return [line_of(entry) for entry in entries(trace, old, new, width)]


def marked(entry: Entry) -> list[str]:
    return [entry.text[first:end] for first, end in entry.marks]


@pytest.mark.parametrize("width", [80, 120])
def test_too_deep(trace: TraceFile, width: int) -> None:
    """Of values that are nested too deep it is said that they cannot be compared."""
    for number in range(2):
        trace.add("checkpoint", "c", {"a": number})
        written = trace.path.read_bytes()
        trace.path.write_bytes(written.replace(b'"a":%d' % number, b'"a":%b%d%b' % (b"[" * 900, number, b"]" * 900)))
    snapshot = trace.snapshot()
    outline = Outline(Subject(snapshot.event(1), snapshot), width, "changes")
    assert "what follows is nested too deep to be compared" in [entry.text for entry in outline.entries]


def test_values(trace: TraceFile) -> None:
    """What is new, gone or other is shown with its sign; what is the same is named in one line."""
    old = {"kept": 1, "budget": 91_200, "gone": True, "flag": 1}
    new = {"kept": 1, "budget": 95_514, "new": "x", "flag": True}
    assert lines(trace, old, new) == [
        "-budget: 91200",
        "+budget: 95514",
        "+new: x",
        "-flag: 1",
        "+flag: true",
        "-gone: true",
        " the same: kept",
    ]


def test_lists(trace: TraceFile) -> None:
    """Items are aligned: one that was put in between does not make those behind it differ."""
    assert lines(trace, {"steps": ["a", "b", "c"]}, {"steps": ["a", "x", "b", "c"]}) == [
        " steps",
        "   1 the same",
        "+  1: x",
        "   2 the same",
    ]


def test_texts(trace: TraceFile) -> None:
    """A long text is compared line by line."""
    text = "\n".join(f"line {number} of a text" for number in range(9))
    assert lines(trace, {"diff": text}, {"diff": text.replace("line 4", "row 4")}) == [
        " diff",
        "   4 lines the same",
        "-  line 4 of a text",
        "+  row 4 of a text",
        "   4 lines the same",
    ]


def test_same(trace: TraceFile) -> None:
    """Two events that say the same are said to."""
    trace.add("checkpoint", "c", {"a": 1})
    trace.add("checkpoint", "c", {"a": 1})
    snapshot = trace.snapshot()
    outline = Outline(Subject(snapshot.event(1), snapshot), 80, "changes")
    assert outline.entries[1].text == "row 0, checkpoint c: they say the same"


def test_marked(trace: TraceFile) -> None:
    """A marked event is what the others are compared with."""
    trace.add("log", data={"text": "one"})
    trace.add("checkpoint", "c", {"a": 1})
    trace.add("log", data={"text": "two"})
    snapshot = trace.snapshot()
    outline = Outline(Subject(snapshot.event(2), snapshot, marked=snapshot.event(1)), 80, "since the mark")
    assert [entry.text for entry in outline.entries[1:4]] == ["row 1, checkpoint c", "two", "1"]


def test_nothing_before(trace: TraceFile) -> None:
    """The first event of its kind is compared with nothing, and that is said."""
    trace.add("checkpoint", "c", {"a": 1})
    snapshot = trace.snapshot()
    outline = Outline(Subject(snapshot.event(0), snapshot), 80, "changes")
    assert outline.entries[1].text == "there is nothing before it to compare it with"


def test_opened(trace: TraceFile) -> None:
    """What is the same is seen when it is opened."""
    outline = outline_of(trace, {"a": 1, "b": "x", "n": [1, 2]}, {"a": 1, "b": "y", "n": [1, 3]})
    texts = [line_of(entry) for entry in outline.entries]
    outline = outline.toggle(texts.index(" the same: a")).toggle(texts.index("   1 the same"))
    assert [line_of(entry) for entry in outline.entries[2:-3]] == [
        "-b: x",
        "+b: y",
        " n",
        "   1 the same",
        "     0: 1",
        "-  1: 2",
        "+  1: 3",
        " the same: a",
        "   a: 1",
    ]


def test_later_mark(trace: TraceFile) -> None:
    """Of two events the older one is what the other has come from, whichever is marked."""
    for number in range(2):
        trace.add("checkpoint", "c", {"n": number})
    snapshot = trace.snapshot()
    outline = Outline(Subject(snapshot.event(0), snapshot, marked=snapshot.event(1)), 80, "since the mark")
    assert [line_of(entry) for entry in outline.entries[1:4]] == [" until: row 1, checkpoint c", "-n: 0", "+n: 1"]


def test_failed(trace: TraceFile) -> None:
    """That one of the two failed is a difference."""
    trace.add("tool_result", "t", {"result": 1})
    trace.add("tool_result", "t", {"result": 1}, error={"type": "Boom", "message": "it broke"})
    snapshot = trace.snapshot()
    outline = Outline(Subject(snapshot.event(1), snapshot), 80, "changes")
    assert line_of(outline.entries[2]) == "+failed: Boom: it broke"


class TestColumns:
    def test_side_by_side(self, trace: TraceFile) -> None:
        """Where there is room the old stands left and the new right, line by line; what was nowhere else is alone."""
        text = "\n".join(f"line {number} of a text" for number in range(9))
        new = text.replace("line 4", "row 4\nrow 4½").replace("line 8 of a text", "")
        assert lines(trace, {"diff": text, "n": 1, "old": True}, {"diff": new, "n": 2, "new": None}, 120) == [
            " diff",
            "   4 lines the same",
            " | +  row 4",
            "-  line 4 of a text | +  row 4½ of a text",
            "   3 lines the same",
            "-  line 8 of a text | +",
            "-n: 1 | +n: 2",
            " | +new: null",
            "-old: true |",
        ]

    def test_wrapped(self, trace: TraceFile) -> None:
        """A line that takes more room on one side leaves it free on the other, so that the next ones are level."""
        old, new = {"a": "word " * 30, "b": 1}, {"a": "word " * 14, "b": 2}
        assert lines(trace, old, new, 100) == [
            " a",
            f"-  {('word ' * 9).strip()} | +  {('word ' * 9).strip()}",
            f"-  {('word ' * 9).strip()} | +  {('word ' * 5).strip()}",
            f"-  {('word ' * 9).strip()} |",
            f"-  {('word ' * 3).strip()} |",
            "-b: 1 | +b: 2",
        ]

    def test_opened(self, trace: TraceFile) -> None:
        """What is the same stands in both columns when it is opened, and folds again."""
        outline = outline_of(trace, {"a": 1, "b": 1}, {"a": 1, "b": 2}, 100)
        [line] = [at for at, entry in enumerate(outline.entries) if entry.text == "the same: a"]
        opened = outline.toggle(line)
        assert line_of(opened.entries[line + 1]) == "   a: 1 |    a: 1"
        assert opened.toggle(line).entries == outline.entries

    def test_folds_together(self, trace: TraceFile) -> None:
        """Branches that stand beside each other open together."""
        outline = outline_of(trace, {"a": [1] * 50, "z": 0}, {"a": {str(n): n for n in range(50)}, "z": 0}, 100)
        [line] = [at for at, entry in enumerate(outline.entries) if entry.key == "a"]
        assert line_of(outline.toggle(line).entries[line + 1]) == "-  0: 1 | +  0: 0"

    def test_which(self, trace: TraceFile) -> None:
        """Over each column stands whose it is."""
        outline = outline_of(trace, {"a": 1}, {"a": 2}, 100)
        assert line_of(outline.entries[1]) == " row 0, checkpoint c |  row 1, checkpoint c, this one"

    def test_conversation(self, trace: TraceFile) -> None:
        """Of two model requests, the messages are compared by who says what."""
        first = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": [{"type": "text", "text": "I"}]}]
        call = {"type": "tool_use", "id": "t", "name": "bash", "input": {"command": "ls"}}
        second = [first[0], {"role": "assistant", "content": [{"type": "text", "text": "You"}]}]
        trace.add("llm_request", "m", {"messages": first})
        trace.add("llm_request", "m", {"messages": [*second, {"role": "assistant", "content": [call]}]})
        snapshot = trace.snapshot()
        outline = Outline(Subject(snapshot.event(1), snapshot), 100, "changes")
        assert [line_of(entry) for entry in outline.entries[2:-3]] == [
            " messages",
            "   1 the same",
            "-  1 assistant: I | +  1 assistant: You",
            " | +  2 assistant: {1}",
            " | +    → bash: {1}",
            " | +      command: ls",
        ]

    def test_unspoken(self, trace: TraceFile) -> None:
        """A difference in what a message does not say is shown as well."""
        for cache in (1, 2):
            trace.add("llm_request", "m", {"messages": [{"role": "user", "content": "hi", "cache": cache}]})
        snapshot = trace.snapshot()
        outline = Outline(Subject(snapshot.event(1), snapshot), 100, "changes")
        assert "-    cache: 1 | +    cache: 2" in [line_of(entry) for entry in outline.entries]


class TestLevel:
    @pytest.mark.parametrize(
        ("old", "new", "pairs"),
        [
            ("a b c", "x\na b d", [("", "x"), ("a b c", "a b d")]),
            ("a b c\nq", "a b d", [("a b c", "a b d"), ("q", "")]),
            ("a b c\nd e f", "d e x\na b x", [("a b c", ""), ("d e f", "d e x"), ("", "a b x")]),
            ("a\nb", "x\ny", [("a\nb", "x\ny")]),
            ("a", "x", [("a", "x")]),
            ("", "x", [("", "x")]),
        ],
    )
    def test_known(self, old: str, new: str, pairs: list[tuple[str, str]]) -> None:
        """Lines that are alike are level, in order; what is between them stands beside what is between them."""
        before, after = old.split("\n") if old else [], new.split("\n")
        found = [
            ("\n".join(before[a.start : a.stop]), "\n".join(after[b.start : b.stop])) for a, b in level(before, after)
        ]
        assert found == pairs

    @given(st.lists(st.text("ab ", max_size=6), max_size=25), st.lists(st.text("ab ", max_size=6), max_size=25))
    def test_any(self, old: list[str], new: list[str]) -> None:
        """Every line is there, once and in order."""
        found = list(level(old, new))
        assert [at for gone, _ in found for at in gone] == list(range(len(old)))
        assert [at for _, come in found for at in come] == list(range(len(new)))


class TestWords:
    def test_marked(self, trace: TraceFile) -> None:
        """The words that changed are marked on either side, also where the line wraps."""
        old = f"pay {'no more than ' * 6}100 EUR to anybody"
        found = entries(trace, {"text": old}, {"text": old.replace("100 EUR", "500 PLN and a bit")}, 100)
        assert [marked(entry) for entry in found[1:]] == [[], ["100", "EUR"], []]
        assert [marked(entry.beside) for entry in found[1:] if entry.beside] == [[], ["500", "PLN"], ["and a bit"]]

    @pytest.mark.parametrize(
        ("old", "new", "gone", "come"),
        [
            ("ls -la /tmp", "ls -la /var/tmp", [], ["var/"]),
            ("the lamp", "a completely different sentence", [], []),
            ("same", "same", [], []),
            ("模块一二三四", "模块一叁三四", ["二"], ["叁"]),
            ("cafe\u0301 noir, please", "cafe noir, please", ["cafe\u0301"], ["cafe"]),
            ("x" * 20_000, "x" * 20_000 + " y", [], []),
        ],
    )
    def test_which(self, old: str, new: str, gone: list[str], come: list[str]) -> None:
        """Words that one has and the other has not; nothing of what is altogether different, or too long."""
        before, after = changed_words(old, new)
        assert [old[first:end] for first, end in before] == gone
        assert [new[first:end] for first, end in after] == come

    def test_many(self) -> None:
        """Of very many words those from the first to the last change are marked, in linear time."""
        old = " ".join(map(str, range(1_000)))
        new = old.replace(" 200 ", " x ").replace(" 800 ", " y ")
        [(first, end)], _ = changed_words(old, new)
        assert old[first:end].split()[0] == "200"
        assert old[first:end].split()[-1] == "800"


@given(JSON, JSON, st.sampled_from((80, 120)))
def test_any(old: Any, new: Any, width: int) -> None:
    """Of any two values, something is shown to differ exactly when they are not the same JSON."""
    with tempfile.TemporaryDirectory() as directory:
        trace = TraceFile(Path(directory) / "trace.jsonl")
        found = entries(trace, {"state": old}, {"state": new}, width)
        close_all()
    sides = [side for entry in found for side in (entry, entry.beside) if side is not None]
    signs = {side.sign for side in sides} - {""}
    assert bool(signs) is (json.dumps(old, sort_keys=True) != json.dumps(new, sort_keys=True))


@pytest.mark.parametrize(
    ("value", "long"), [("a\nb\n" * 100, False), ("a\nb\n" * 300, True), ([1] * 100, False), ([1] * 600, True)]
)
def test_many_lines_take_long(trace: TraceFile, value: Any, long: bool) -> None:
    """Many short lines or items are compared beside the screen, few are not: each is aligned with all others."""
    assert outline_of(trace, {"x": value}, {"x": value}).takes_long is long
