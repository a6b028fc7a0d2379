from __future__ import annotations

from typing import Any

import pytest

from peek_tui.render.loss import read_loss


def test_words() -> None:
    """How many events and bytes, and why, the most frequent reason first."""
    loss = read_loss({"events": 1_027, "bytes": 5_120, "reasons": {"no space": 1, "File too large": 1_026}})
    assert loss.words == "1,027 events, 5,120 bytes lost: File too large (1,026), no space (1)"


def test_one() -> None:
    """One is one."""
    assert read_loss({"events": 1, "bytes": 1}).words == "1 event, 1 byte lost"


@pytest.mark.parametrize("value", [None, -1, 1.5, True, "3", [3], 2**63])
def test_no_number(value: Any) -> None:
    """What is no number of events or bytes is not shown as one."""
    assert read_loss({"events": value, "bytes": 7, "reasons": {"x": value}}).words == "7 bytes lost: x (0)"
    assert read_loss({"events": value, "reasons": value}).words == "some events lost"


def test_many_reasons() -> None:
    """Of a thousand reasons the most frequent ones are told."""
    loss = read_loss({"reasons": {f"reason {number}": number for number in range(1_000)}})
    assert loss.reasons == [(f"reason {number}", number) for number in range(999, 979, -1)]
