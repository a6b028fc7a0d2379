"""The ratios of `python -m bench` that a change could ruin unnoticed, on 50 MB.

Bounds lie well below what is measured: neighbours are noisy, a regression is not. Of several rounds the best counts,
and within a round the sides take turns.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.commands import COMMANDS, Command, ask
from bench.fold import Folding
from bench.foreign import write_foreign
from bench.probe import probe
from bench.processes import run
from bench.search import sides

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are measured as on POSIX here")

EVENTS = 100_000
ROUNDS = 3

OWN, HEADERS, FOREIGN, KEPT, SEARCH = 2.0, 2.0, 1.0, 12.0, 3.0
"""How many times as fast as `json.loads`, as an index made anew, as `re`."""
FOLD = 4.0
"""How many times as fast as Textual's tree, of a tenth of the events: theirs takes ten times as long for all."""
GROWTH = 9.0
"""How many times as long for ten times the events; part of it is the same for both."""
HELD, PEAK = 180, 320
"""Bytes an event; on so short a trace, what the C library keeps of freed blocks is half of it."""
ANSWERS = {"events": 1.4, "stats": 0.6, "stats again": 3.0}
"""How many times as fast as `json.loads`."""
MEMORY = 120
"""Megabytes that answering may take."""

Side = Callable[[], float]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("traces") / "own.jsonl"
    run("-m", "peek_tui", "demo", "--events", str(EVENTS), "--out", str(path))
    return path


def first(path: Path, events: int) -> Path:
    """Return a trace of the first events of another."""
    with path.open("rb") as lines:
        part = path.with_name(f"first-{events}.jsonl")
        part.write_bytes(b"".join(line for line, _ in zip(lines, range(events), strict=False)))
    return part


def cpu(what: str, *arguments: str | Path) -> Side:
    return lambda: probe(what, *arguments).seconds


def assert_faster(ours: Side, other: Side, times: float) -> None:
    """Check that ours is so many times as fast as the other side, in one of several rounds."""
    ratios: list[float] = []
    while len(ratios) < ROUNDS and max(ratios, default=0) < times:
        ratios.append(1 / (ours() / other()))
    assert max(ratios) >= times, ratios


def test_index_in_our_own_order(own: Path) -> None:
    """Indexing a trace of ours, tree and all, costs a fraction of `json.loads`."""
    assert_faster(cpu("index", own), cpu("json", own), OWN)


def test_headers(own: Path) -> None:
    """Reading nothing but the fixed-width headers costs less still."""
    assert_faster(cpu("header", own), cpu("json", own), HEADERS)


def test_index_in_a_foreign_order(own: Path) -> None:
    """With payloads first and the other keys shuffled, indexing costs hardly more than `json.loads`."""
    path = own.with_name("foreign.jsonl")
    write_foreign(own, path)
    assert_faster(cpu("index", path), cpu("json", path), FOREIGN)


def test_index_that_was_kept(own: Path, tmp_path: Path) -> None:
    """A trace whose index was kept opens in a fraction of what indexing it takes."""
    probe("keep", own, tmp_path)
    assert_faster(cpu("reopen", own, tmp_path), cpu("index", own), KEPT)


def test_index_of_ten_times_the_events(own: Path) -> None:
    """The time an index takes grows no faster than the trace."""
    assert_faster(cpu("index", own), cpu("index", first(own, EVENTS // 10)), 1 / GROWTH)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_of_an_index(own: Path) -> None:
    """An event of an index takes a bounded number of bytes, and hardly more while it is made."""
    few = EVENTS // 10
    long, short = probe("index", own), probe("index", first(own, few))
    assert (long.grown - short.grown) / (EVENTS - few) <= HELD
    assert (long.peak - short.peak) / (EVENTS - few) <= PEAK


def test_search_in_any_case(own: Path) -> None:
    """A text is found in any case much faster than by a regular expression."""
    compared = sides(own)
    assert_faster(compared["any case"], compared["re"], SEARCH)


def test_fold(own: Path) -> None:
    """A branch of the tree is folded and painted much faster than Textual does it."""
    path = first(own, EVENTS // 10)
    with Folding("ours", path) as ours, Folding("textual", path) as textuals:
        assert_faster(ours, textuals, FOLD)


@pytest.mark.parametrize(("name", "command"), list(zip(ANSWERS, COMMANDS, strict=False)), ids=list(ANSWERS))
def test_answer(own: Path, name: str, command: Command) -> None:
    """An answer costs a bounded part of `json.loads` beyond what it costs for a short trace, and little memory."""
    short = first(own, 1_000)  # long enough for numpy to be imported
    asked = [ask(command, own) for _ in range(2)]
    least = min(ask(command._replace(is_first=True), short).seconds for _ in range(2))
    cost = min(one.seconds for one in asked) - least
    assert cost <= probe("json", own).seconds / ANSWERS[name]
    assert max(one.peak for one in asked) <= MEMORY * 1e6
