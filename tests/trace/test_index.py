"""What is kept of all lines that were read."""

from __future__ import annotations

import pytest

from peek_tui.trace.index import LineNumbers
from peek_tui.trace.tail import Block

pytestmark = pytest.mark.usefixtures("half")


class TestLineNumbers:
    LINES = b"x\n" * 5_000

    def numbers(self) -> LineNumbers:
        made = LineNumbers()
        made.add(Block(0, self.LINES), 5_000)
        made.add(Block(len(self.LINES), self.LINES), 5_000)
        return made

    def test_each_is_counted_once(self) -> None:
        """To ask for every line's number reads the file once, not once a line."""
        read = 0

        def bytes_at(offset: int, length: int) -> bytes:
            nonlocal read
            read += length
            return (self.LINES * 2)[offset : offset + length]

        made = self.numbers()
        assert [made.at(offset, bytes_at) for offset in range(0, 20_000, 2)] == list(range(1, 10_001))
        assert read == 2 * (len(self.LINES) - 2)

    @pytest.mark.parametrize("offsets", [(19_998, 0, 9_998, 10_000, 4), (10_000, 9_998, 10_002, 10_002)])
    def test_any_order(self, offsets: tuple[int, ...]) -> None:
        """Lines may be asked for in any order."""
        made = self.numbers()
        for offset in offsets:
            assert made.at(offset, lambda at, length: (self.LINES * 2)[at : at + length]) == offset // 2 + 1
