"""Filters that take their time."""

from __future__ import annotations

import pytest

from peek_tui.errors import UsageError
from peek_tui.state import sift
from peek_tui.state.browse import Browse
from peek_tui.state.shown import Shown

from .traces import Growing, TraceFile


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line may be read while a key waits."""
    monkeypatch.setattr(sift, "_FEW", -1)


@pytest.fixture
def growing(trace: TraceFile) -> Growing:
    for number in range(6):
        trace.add("log", data={"n": number})
    return Growing(trace)


def finish(browse: Browse) -> bool:
    """Work out what is being worked out."""
    assert browse.sift is not None
    browse.sift.work()
    return browse.sifted()


ODD = Shown().with_filter("data.n:1,3,5,7")


def test_columns_decide(growing: Growing) -> None:
    """A filter that needs no lines is there at once."""
    growing.browse.show(Shown().with_filter("type:tool_call"))
    assert (growing.browse.rows, growing.browse.sift) == ([], None)


def test_shown_when_it_is_known(growing: Growing) -> None:
    """What was visible stays so, with the selection, until all of what will be is known."""
    browse = growing.browse
    browse.go_row(4)
    browse.show(ODD)
    assert (list(browse.rows), browse.row, browse.shown, browse.wanted) == ([*range(6)], 4, Shown(), ODD)
    assert not browse.sifted()
    assert finish(browse)
    assert (browse.rows, browse.row, browse.selected, browse.shown) == ([1, 3, 5], 3, 4, ODD)


def test_cancelled(growing: Growing) -> None:
    """A filter that is given up leaves everything as it was."""
    browse = growing.browse
    browse.show(ODD)
    assert browse.cancel()
    assert not browse.cancel()
    assert (len(browse.rows), browse.wanted) == (6, Shown())


def test_another_one(growing: Growing) -> None:
    """A filter that is asked for while another is worked out takes its place."""
    browse = growing.browse
    browse.show(ODD)
    first = browse.sift
    browse.show(Shown().with_filter("data.n:2"))
    assert first is not None
    assert first.stopped
    assert finish(browse)
    assert browse.rows == [2]


def test_grows(trace: TraceFile, growing: Growing) -> None:
    """Events that come while a filter is worked out are looked at after it, and only they."""
    browse = growing.browse
    browse.show(ODD)
    trace.add("log", data={"n": 7})
    assert not growing.take_in()
    assert finish(browse)
    assert (len(browse.snapshot), browse.rows) == (6, [1, 3, 5])
    assert finish(browse)
    assert (len(browse.snapshot), browse.rows) == (7, [1, 3, 5, 6])


def test_begun_again(trace: TraceFile, growing: Growing) -> None:
    """When all is read again nothing is shown until it is known what."""
    browse = growing.browse
    browse.show(ODD)
    browse.begin_again(trace.snapshot())
    assert (list(browse.rows), browse.wanted) == ([], ODD)
    assert finish(browse)
    assert (browse.rows, browse.row) == ([1, 3, 5], 1)


def test_no_query() -> None:
    """What is no query is no filter."""
    with pytest.raises(UsageError, match="agnet"):
        Shown().with_filter("agnet:x")


def test_stacked() -> None:
    """Filters stack, each once; turned off, nothing is hidden, and the next one turns them on."""
    shown = Shown().with_filter("error").with_filter("dur>1s").with_filter("error")
    assert shown.filters == ("error", "dur>1s")
    off = shown._replace(off=True)
    assert off.everything
    assert not off.with_filter("row>1").everything
