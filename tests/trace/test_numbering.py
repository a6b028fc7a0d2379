from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.trace.ids import Ids
from peek_tui.trace.numbering import Gap, Numbering, missing_ids

WRITER = "5f3a9c1e"


def numbering(*ids: str) -> Numbering:
    numbers = Numbering()
    for id in ids:
        numbers.see(Ids().number(id))
    return numbers


def ids(*numbers: int, writer: str = WRITER) -> list[str]:
    return [f"{writer}{number:08x}" for number in numbers]


@pytest.mark.parametrize(
    ("seen", "missing"),
    [
        ([], []),
        ([0], []),
        ([0, 1, 2], []),
        ([0, 2], [1]),
        ([1, 2], [0]),
        ([0, 5, 7], [1, 2, 3, 4, 6]),
        ([0, 5, 3, 7], [1, 2, 4, 6]),
        ([0, 3, 1, 2], []),
        ([2, 1, 0], []),
        ([0, 2, 2, 0, 2], [1]),
        ([7], []),
    ],
)
def test_gaps(seen: list[int], missing: list[int]) -> None:
    """A writer counts from 0 and never skips: what is not here was lost. One number alone proves nothing."""
    assert missing_ids(numbering(*ids(*seen)).gaps(), 100) == ids(*missing)


@given(st.sets(st.integers(0, 40), min_size=2).flatmap(lambda seen: st.permutations(sorted(seen))))
def test_any_order(seen: list[int]) -> None:
    """In whatever order numbers arrive, the missing ones are those below the highest that did not."""
    assert missing_ids(numbering(*ids(*seen)).gaps(), 100) == ids(*sorted(set(range(max(seen))) - set(seen)))


def test_writers() -> None:
    """Each writer counts for itself."""
    other = "00000001"
    numbers = numbering(*ids(0), *ids(0, writer=other), *ids(2), *ids(1, writer=other))
    assert numbers.gaps() == [Gap(WRITER, 1, 2)]


@pytest.mark.parametrize(
    "foreign", ["", "abc", "5F3A9C1E00000007", "5f3a9c1e0000000x", "0" * 17, "span-12345678901", "٠" * 16]
)
def test_foreign_ids(foreign: str) -> None:
    """An id that is not 16 hex digits has no number."""
    assert numbering(foreign, foreign).gaps() == []


def test_random_ids() -> None:
    """Ids that are random throughout are no counters."""
    assert numbering("5f3a9c1e00000007", "5f3a9c1f10000007", "5f3a9c2000ab0007").gaps() == []


def test_hostile_numbers() -> None:
    """A number that claims billions of losses costs no more than it names."""
    numbers = numbering(*ids(0, 2**32 - 1))
    assert numbers.gaps() == [Gap(WRITER, 1, 2**32 - 1)]
    assert missing_ids(numbers.gaps(), 3) == ids(1, 2, 3)


def test_backwards() -> None:
    """A file that counts backwards, with every second number missing, is read in reasonable time."""
    numbers = numbering(*ids(*range(100_000, -2, -2)))
    assert len(numbers.gaps()) == 50_000
