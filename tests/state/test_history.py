from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peek_tui.state.history import History


def test_there_and_back() -> None:
    """Going back and forward leads through the same places, and something new ends the way forward."""
    history: History[str] = History()
    for place in "ab":
        history.leave(place)
    assert [history.back("c"), history.back("b"), history.back("a")] == ["b", "a", None]
    assert [history.forward("a"), history.forward("b"), history.forward("c")] == ["b", "c", None]
    history.back("c")
    history.leave("b")
    assert history.forward("x") is None


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_all_the_way(places: list[int]) -> None:
    """Back as often as it goes is the first place, forward as often as it goes the last."""
    history: History[int] = History()
    here = places[0]
    for place in places[1:]:
        if place != here:
            history.leave(here)
            here = place
    while (before := history.back(here)) is not None:
        here = before
    assert here == places[0]
    while (after := history.forward(here)) is not None:
        here = after
    assert here == places[-1]
