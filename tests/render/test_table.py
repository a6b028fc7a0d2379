from __future__ import annotations

from peek_tui.render.table import table


def test_columns() -> None:
    """Columns are as wide as their widest cell, numbers flush right, and no line has blanks at its end."""
    assert table(["type", "events"], [["tool_call", "7"], ["log", "12,480"]], frozenset({"events"})) == [
        "type       events",
        "tool_call       7",
        "log        12,480",
    ]


def test_wide_characters() -> None:
    """A character that takes two columns counts as two."""
    assert table(["a", "b"], [["模块", "x"], ["ab", "y"]]) == ["a     b", "模块  x", "ab    y"]


def test_no_rows() -> None:
    """A table without rows is its head."""
    assert table(["type", "events"], []) == ["type  events"]
