"""How writers spell a text inside JSON."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peek_tui.trace.spelling import holds_pair


@given(st.lists(st.sampled_from([b"u", b"\\", b"x"]), max_size=9).map(b"".join))
def test_pair(block: bytes) -> None:
    """Two bytes are found wherever they stand, and nowhere else."""
    assert holds_pair(block, b"\\u") is (b"\\u" in block)
