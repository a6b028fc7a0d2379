from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from peek_tui.render import units

NOON = 1_763_640_000_123_456_789


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    """Local time is UTC."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (999, "999"), (1000, "1,000"), (12_480, "12,480"), (-5, "-5")])
def test_count(number: int, text: str) -> None:
    """A count has its thousands apart."""
    assert units.count(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.0k"),
        (4_102, "4.1k"),
        (999_949, "999.9k"),
        (999_950, "1.0M"),
        (1_234_567, "1.2M"),
        (999_950_000, "1.0G"),
        (1_618_000_000, "1.6G"),
    ],
)
def test_tokens(number: int, text: str) -> None:
    """Tokens are rounded to what can be skimmed, and never say 1000.0k."""
    assert units.tokens(number) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, "·"),
        (0.0, "0.0ms"),
        (0.31, "0.3ms"),
        (9.94, "9.9ms"),
        (9.95, "10ms"),
        (41.0, "41ms"),
        (999.4, "999ms"),
        (999.5, "1.0s"),
        (2_130.0, "2.1s"),
        (99_940.0, "99.9s"),
        (99_950.0, "1m40s"),
        (761_000.0, "12m41s"),
        (3_599_400.0, "59m59s"),
        (3_599_500.0, "1h00m"),
        (11_100_000.0, "3h05m"),
        (1e9, "277h46m"),
    ],
)
def test_duration(milliseconds: float | None, text: str) -> None:
    """A duration has the unit that fits it, and rounding never leaves sixty of a smaller one."""
    assert units.duration(milliseconds) == text


@pytest.mark.parametrize(
    ("dollars", "text"), [(None, "·"), (0.0, "$0.0000"), (0.0123, "$0.0123"), (1.0, "$1.00"), (1.816, "$1.82")]
)
def test_money(dollars: float | None, text: str) -> None:
    """Small amounts keep what a model call costs visible."""
    assert units.money(dollars) == text


def test_clock() -> None:
    """A time of day is local, with milliseconds."""
    assert units.clock(NOON) == "12:00:00.123"


def test_date() -> None:
    """A date is local, with seconds."""
    assert units.date(NOON) == "2025-11-20 12:00:00"


def test_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Local is where the reader is."""
    monkeypatch.setenv("TZ", "JST-9")
    time.tzset()
    assert (units.clock(NOON), units.date(NOON)) == ("21:00:00.123", "2025-11-20 21:00:00")


@pytest.mark.parametrize("nanoseconds", [0, -1, -(2**63), 2**63 - 1])
def test_any_clock(nanoseconds: int) -> None:
    """A clock that was never set, or wildly wrong, still reads as some time."""
    assert len(units.clock(nanoseconds)) == 12
    assert len(units.date(nanoseconds)) == 19
