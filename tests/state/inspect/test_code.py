from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.state.inspect import Outline, Subject
from peek_tui.state.inspect.code import Code, language_of, lines_in_prose, lines_of
from tests.state.traces import HOSTILE, event_of

PYTHON = '@cache\nclass Boom(Exception):\n    """It\n    broke for 3 reasons."""\n    n = 0x1f  # if ever\n'


@pytest.mark.parametrize(
    ("key", "text", "language"),
    [
        ("result", '{"id": 1, "ok": true}', "json"),
        ("result", "[]", "json"),
        ("result", '\n[{"a": 1}', "json"),
        ("result", "[see below] it is so", ""),
        ("result", "{braces} in a text", ""),
        ("command", "ls -la", "shell"),
        ("command", '{"a": 1}', "json"),
        ("input", "#!/bin/bash\nls", "shell"),
        ("code", "x = 1", "python"),
        ("input", "#!/usr/bin/env python3\nx = 1", "python"),
        ("content", "# A comment\n\ndef total(rows):\n    return 1\n", "python"),
        ("content", "from here on it goes wrong: import nothing\n", ""),
        ("patch", "-x\n+y", "diff"),
        ("output", "diff --git a/x b/x\n", "diff"),
        ("output", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n", "diff"),
        ("output", "--- a line ---\n", ""),
        ("reasoning", "The user asked for the weather.", ""),
    ],
)
def test_language(key: str, text: str, language: str) -> None:
    """A text is code by its looks or by the key it stands under; prose is none."""
    assert language_of(key, text) == language


@pytest.mark.parametrize(
    ("language", "line", "tokens"),
    [
        ("json", '{"a": "b\\"c", "n": -1.5e3, "t": true}', ['name "a"', 'string "b\\"c"', 'name "n"', "number 1.5e3"]),
        ("json", '"it goes on', ['string "it goes on']),
        ("python", "async def f(n=3): # why", ["keyword async", "keyword def", "name f", "number 3", "comment # why"]),
        ("python", "@x.y(f'{a}#', notdef)", ["name @x.y", "string f'{a}#'"]),
        ("shell", 'ls -la "$X" | wc -l # n', ["name -la", 'string "$X"', "keyword |", "name -l", "comment # n"]),
        ("shell", "for f in $DIR; do", ["keyword for", "keyword in", "name $DIR", "keyword ;", "keyword do"]),
        ("diff", "+x = 1", ["added +x = 1"]),
        ("diff", "--- a/x", ["comment --- a/x"]),
        ("diff", " x = 1", []),
    ],
)
def test_tokens(language: str, line: str, tokens: list[str]) -> None:
    """What can be told of a line is told in order."""
    found = [f"{kind} {line[first:end]}" for first, end, kind in Code(language, line).tokens(len(line))]
    assert found[: len(tokens)] == tokens
    assert len(found) == len(tokens) + ('"t"' in line) * 2


def test_part() -> None:
    """A line that is wrapped inside of a text knows so on the next line of the screen."""
    line = '{"a": "one two", "b": 3}'
    assert list(Code("json", line, 11).tokens(13)) == [(0, 4, "string"), (6, 9, "name"), (11, 12, "number")]


def test_text_of_lines() -> None:
    """Inside of a text of several lines nothing is code."""
    assert [language for _, language in lines_of(PYTHON, "python")] == [
        "python",
        "python",
        "python",
        "python",
        "python",
    ]
    text = PYTHON.replace("reasons.", "reasons,\n    if any.")
    assert [language for _, language in lines_of(text, "python")][2:5] == ["python", "quoted", "python"]


def test_prose() -> None:
    """In what somebody says, code is what stands between fences, in the language that they name."""
    text = "import nothing\n```python\nx = 1\n```\nand\n```\ny\n```\n"
    assert [language for _, language in lines_in_prose(text)] == ["", "", "python", "", "", "", "", ""]
    assert [language for _, language in lines_in_prose('{"a": 1}')] == ["json"]


def test_laid_out(tmp_path: Path) -> None:
    """The inspector's lines know what they are part of; a long text costs nothing until it is seen."""
    data = {"arguments": {"command": "echo 'a text that is wrapped' | wc -l"}, "why": "it is time"}
    outline = Outline(Subject(event_of(tmp_path, "tool_call", "bash", data)), 30)
    codes = [entry.code for entry in outline.entries if entry.path[-1:] == ("command",) and entry.text]
    assert [(code.language, code.start) for code in codes if code] == [("shell", 0), ("shell", 21)]
    assert all(entry.code is None for entry in outline.entries if entry.path == ("data", "why"))


@pytest.mark.parametrize("language", ["json", "python", "shell", "diff"])
@pytest.mark.parametrize("piece", ['"', "'", '"\\', "${", '"""', "# ", "--", "@", "def ", "b'", "1", *HOSTILE[-10:]])
def test_any(language: str, piece: str) -> None:
    """Whatever stands in a line, its pieces are in order and inside of it, and it takes linear time."""
    for line in (piece * 50, piece * (9_000 // len(piece))):
        end = 0
        for token in Code(language, line).tokens(len(line)):
            assert end <= token.first < token.end <= len(line)
            end = token.end
    assert list(Code(language, "1" * 10_001).tokens(80)) == []
