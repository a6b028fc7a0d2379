from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peek_tui.analysis import probes
from peek_tui.analysis.probes import holding

WORDS = (b"must ", b"abba", b'"base":', b"_a_")
PARTS = st.sampled_from([*WORDS, *map(bytes.upper, WORDS), b"a", b"b", b"_", b" ", b"mast ", "ą".encode()])
TEXTS = st.lists(st.lists(PARTS).map(b"".join), max_size=12)


@given(TEXTS, st.booleans())
def test_holding(texts: list[bytes], any_case: bool) -> None:
    """The texts are found that hold one of the words, in capitals too where any case will do."""
    looked_at = [text.lower() for text in texts] if any_case else texts
    expected = {at for at, text in enumerate(looked_at) if any(word in text for word in WORDS)}
    assert holding(texts, WORDS, any_case=any_case) == expected


def test_long_texts() -> None:
    """A word is found that lies across two of the parts that are compared together."""
    for before in range(probes._AT_ONCE - 8, probes._AT_ONCE + 2):
        assert holding([b"x" * before + b"abba", b"x"], WORDS) == {0}
