from __future__ import annotations

from typing import Any

import pytest

from peek_tui.trace.model import Event, Failure, Usage, read_failure, read_number, read_usage


def event(**fields: Any) -> Event:
    return Event(0, 0, 0, "", "0" * 16, "", "log", "", fields, b"")


@pytest.mark.parametrize(
    ("value", "failure"),
    [
        (None, None),
        ({}, None),
        ("", None),
        ("broken", Failure("Error", "broken", None)),
        (True, Failure("Error", "True", None)),
        ({"type": "E"}, Failure("E", "", None)),
        ({"message": 7}, Failure("Error", "7", None)),
        ({"type": "E", "message": "m", "stack": "s", "code": 1}, Failure("E", "m", "s")),
        ({"type": "E", "message": {"$type": "str", "escaped": "a\\udcff"}}, Failure("E", "a\udcff", None)),
        ({"type": "E", "message": "", "stack": {"$type": "str", "escaped": "\\ud800"}}, Failure("E", "", "\ud800")),
    ],
)
def test_failure(value: Any, failure: Failure | None) -> None:
    """An error is read however it was put, escaped texts as what they were."""
    assert read_failure(value) == failure
    assert event(error=value).error == failure


@pytest.mark.parametrize(
    ("value", "usage"),
    [
        (None, None),
        ([], None),
        ({}, Usage()),
        ({"input_tokens": 1, "output_tokens": 2.0, "reasoning_tokens": 3, "other": 9}, Usage(1, 2, 0, 0, 3)),
        ({"cache_read_tokens": 4, "cache_write_tokens": "5"}, Usage(0, 0, 4, 0, 0)),
    ],
)
def test_usage(value: Any, usage: Usage | None) -> None:
    """Counts of tokens are read where they are counts."""
    assert read_usage(value) == usage
    assert event(usage=value).usage == usage


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1), (0.5, 0.5), (-1, -1), (0, 0), (True, None), ("1", None), (None, None), (float("nan"), None),
     (float("inf"), None), (2**63 - 512, None), (2**63 - 513, 2**63 - 513), (10**400, None)],
)  # fmt: skip
def test_number(value: Any, number: float | None) -> None:
    """A number is one that can be added up."""
    assert read_number(value) == number


def test_texts() -> None:
    """Names that UTF-8 cannot hold are read as what they were."""
    read = event(agent={"$type": "str", "escaped": "\\ud800"}, task="a/b", links=["x", 7], data={"k": 1})
    assert (read.agent, read.task, read.links, read.data) == ("\ud800", "a/b", ("x", "7"), {"k": 1})


def test_payload_of_another_kind() -> None:
    """A payload that is no object is empty, and so are links that are no list."""
    read = event(data=[1], links="x")
    assert (read.data, read.links) == ({}, ())


def test_root() -> None:
    """An event whose parent is all zeros is a root."""
    assert event().is_root
    assert not Event(0, 0, 0, "", "5f3a9c1e00000001", "", "log", "", {}, b"").is_root
