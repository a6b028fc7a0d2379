"""Things of several kinds, told apart with vectors, against the same told one by one."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.analysis.streaks import by_kind, count_by_kind, in_streaks

THINGS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.booleans()), max_size=20)
Things = list[tuple[int, int, bool]]


def columns(things: Things) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    some = np.array(things, np.int64).reshape(-1, 3)
    return some[:, 0], some[:, 1], some[:, 2].astype(bool)


@given(THINGS, st.booleans())
def test_streaks(things: Things, going: bool) -> None:
    """What is marked is in a streak, and what is not ends one if the one before of its kind was marked."""
    last: dict[tuple[int, int], bool] = {}
    expected = []
    for one, other, is_marked in things:
        expected.append(is_marked or last.get((one, other), going))
        last[one, other] = is_marked
    ones, others, marked = columns(things)
    assert in_streaks(marked, ones, others, going=going).tolist() == expected


@given(THINGS, st.integers(0, 20))
def test_counts(things: Things, cut: int) -> None:
    """Each thing has the number that counting one by one gives it, however they come in pieces."""
    counted: dict[tuple[int, int], int] = {}
    expected = []
    for one, other, _ in things:
        expected.append(counted.get((one, other), 0))
        counted[one, other] = expected[-1] + 1
    counts: dict[tuple[int, ...], int] = {}
    parts = [count_by_kind(counts, *columns(part)[:2]).before.tolist() for part in (things[:cut], things[cut:])]
    assert (parts[0] + parts[1], counts) == (expected, counted)


@given(THINGS, st.sampled_from([1, 1 << 15, 1 << 40]))
def test_by_kind(things: Things, factor: int) -> None:
    """Things of a kind follow each other as they did, whether there are few kinds or they are far apart."""
    ones, others, _ = columns(things)
    order = by_kind(ones * factor, others).tolist()
    assert sorted(order) == list(range(len(things)))
    kinds = [things[at][:2] for at in order]
    assert len(list(groupby(kinds))) == len(set(kinds))
    for kind in set(kinds):
        of_kind = [at for at in order if things[at][:2] == kind]
        assert of_kind == sorted(of_kind)
