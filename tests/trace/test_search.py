from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.trace.needle import Needle
from peek_tui.trace.search import FIRST_SLICE, SLICE, Found, Read, search
from tests.state.traces import TraceFile


class Disk:
    """Bytes that are read as a file is, and how many of them were."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.read_up_to = 0
        self.calls = 0

    def __call__(self, offset: int, length: int) -> bytes:
        self.calls += 1
        self.read_up_to = max(self.read_up_to, offset + length)
        return self.data[offset : offset + length]


def hits(read: Read, start: int, stop: int, needle: Needle, *, reverse: bool = False) -> list[int]:
    found = search(read, start, stop, needle, reverse=reverse, escaping=True)
    return [line for one in found for line in one.lines]


def offsets(lines: list[bytes]) -> Iterator[int]:
    """Yield where each of these lines begins when they stand one after another."""
    offset = 0
    for line in lines:
        yield offset
        offset += len(line) + 1


def said(text: str) -> bytes:
    return orjson.dumps({"type": "log", "data": {"text": text}})


NEEDLES = [
    Needle("refund"),
    Needle("Refund", ignore_case=True),
    Needle("Zürich"),
    Needle("ZÜRICH", ignore_case=True),
    Needle("refund|Zürich", regex=True),
    Needle("data"),
    Needle("^.?refund", regex=True),
    Needle(" ", ignore_case=True),
    Needle("}\n{"),
]
LINES = st.lists(
    st.one_of(
        st.builds(
            said,
            st.sampled_from(["refund", "Refund", "Zürich zürich", "refund refund", "", "a data", "@EFUND", "r*efund"]),
        ),
        st.sampled_from(
            [rb'{"type":"log","data":"\u0072efund"}', rb'{"type":"log","data":"\u0052ef\u0075nd \\u0072"}']
        ),
        st.sampled_from(
            [b"", b" ", b"garbage of a refund", b'{"type":"log","data":{"text":"refu', b'{"type":"ref', b"und"]
        ),
        st.builds(lambda size: said("x" * size), st.sampled_from([FIRST_SLICE, 3 * FIRST_SLICE])),
    ),
    max_size=12,
)


# -- which lines -----------------------------------------------------------------------------------------------------


@given(LINES, st.sampled_from(NEEDLES), st.booleans(), st.integers(0, 3))
def test_finds_what_is_found_in_each_line(lines: list[bytes], needle: Needle, ended: bool, copies: int) -> None:
    """A search yields exactly the lines in which the needle is found, in order and each once, in both directions."""
    lines *= 1 + copies
    data = b"\n".join(lines) + (b"\n" if ended and lines else b"")
    found = [offset for offset, line in zip(offsets(lines), lines, strict=True) if needle.found_in(line)]
    disk = Disk(data)
    assert hits(disk, 0, len(data), needle) == found
    assert hits(disk, 0, len(data), needle, reverse=True) == found[::-1]
    assert disk.read_up_to <= len(data)


@given(LINES.filter(bool), st.sampled_from(NEEDLES), st.data())
def test_part_of_a_file(lines: list[bytes], needle: Needle, drawn: st.DataObject) -> None:
    """Only the lines between the two offsets are searched, so from the cursor on, or before it."""
    starts = [*offsets(lines), sum(map(len, lines)) + len(lines)]
    data = b"".join(line + b"\n" for line in lines)
    first = drawn.draw(st.integers(0, len(lines)))
    last = drawn.draw(st.integers(first, len(lines)))
    found = [starts[index] for index in range(first, last) if needle.found_in(lines[index])]
    assert hits(Disk(data), starts[first], starts[last], needle) == found
    assert hits(Disk(data), starts[first], starts[last], needle, reverse=True) == found[::-1]


def test_trace(trace: TraceFile) -> None:
    """In a file of our own writer the keys, ids and times of the header are passed over."""
    for text in ("a refund", "nothing", "another refund"):
        trace.add("log", data={"text": text})
    lines = trace.path.read_bytes().splitlines()
    first, _, third = offsets(lines)
    file = os.open(trace.path, os.O_RDONLY)
    try:
        read: Read = lambda offset, length: os.pread(file, length, offset)  # noqa: E731
        size = trace.path.stat().st_size
        assert hits(read, 0, size, Needle("refund")) == [first, third]
        assert hits(read, 0, size, Needle("REFUND", ignore_case=True), reverse=True) == [third, first]
        assert hits(read, 0, size, Needle("session")) == []
        assert hits(read, 0, size, Needle("00000")) == []
    finally:
        os.close(file)


# -- slices ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ignore_case", [False, True])
def test_slices(ignore_case: bool) -> None:
    """A search says after each slice how far it is: to the end, at a line's beginning, with slices that double."""
    lines = [said(f"refund {number}") for number in range(200_000)]
    data = b"\n".join(lines) + b"\n"
    disk = Disk(data)
    slices = list(search(disk, 0, len(data), Needle("refund 1234", ignore_case=ignore_case)))
    ends = [found.position for found in slices]
    assert ends[-1] == len(data)
    assert all(data[end - 1 : end] == b"\n" for end in ends)
    sizes = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    line = len(lines[-1]) + 1
    assert all(size - line < taken <= size for size, taken in zip((FIRST_SLICE, 2 * FIRST_SLICE), sizes, strict=False))
    assert SLICE - line < max(sizes) <= SLICE
    back = list(search(disk, 0, len(data), Needle("refund 1234", ignore_case=ignore_case), reverse=True))
    assert back[-1].position == 0
    assert [line for found in back for line in found.lines] == [line for found in slices for line in found.lines][::-1]
    assert all(found.lines == [] or found.position <= min(found.lines) for found in back)


def test_closed() -> None:
    """A search that is closed reads no further than the slice it was in."""
    data = (said("refund") + b"\n") * 20_000
    disk = Disk(data)
    with closing(search(disk, 0, len(data), Needle("refund"))) as found:
        assert next(found).lines[0] == 0
    assert disk.read_up_to == FIRST_SLICE
    assert disk.calls == 1


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("left", [0, 1, 30, 200_000])
def test_cut_meanwhile(left: int, reverse: bool) -> None:
    """A file that was cut while it was searched ends the search; what is left of it is still found."""
    data = (said("refund") + b"\n") * 10_000
    found = hits(Disk(data[:left]), 0, len(data), Needle("refund"), reverse=reverse)
    lines = data[:left].splitlines()
    assert sorted(found) == [
        at for at, line in zip(offsets(lines), lines, strict=True) if Needle("refund").found_in(line)
    ]


def test_long_line() -> None:
    """A line longer than any slice is one line, read again few times."""
    line = said("x" * (5 * SLICE) + " refund")
    disk = Disk(b"\n".join([said("refund"), line, said("refund")]))
    expected = list(offsets([said("refund"), line, b""]))
    assert hits(disk, 0, len(disk.data), Needle("refund")) == expected
    forwards, disk.calls = disk.calls, 0
    assert hits(disk, 0, len(disk.data), Needle("refund"), reverse=True) == expected[::-1]
    assert forwards == disk.calls == 9  # the short line, then 128 KiB up to 16 MiB


def test_nothing_to_search() -> None:
    """No bytes hold nothing."""
    assert list(search(Disk(b""), 0, 0, Needle("x"))) == []
    assert list(search(Disk(b"\n"), 0, 1, Needle("x"), reverse=True)) == [Found([], 0)]
