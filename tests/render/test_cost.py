from __future__ import annotations

import pytest

from peek_tui.analysis.cost import Costs, Spending
from peek_tui.render.cost import cost_lines, money
from peek_tui.trace.model import Usage


@pytest.mark.parametrize(
    ("spending", "said"),
    [
        (Spending(1, recorded_usd=0.5), "$0.5000"),
        (Spending(1, estimated_usd=2.0), "~$2.00"),
        (Spending(2, recorded_usd=0.5, estimated_usd=2.0), "~$2.50"),
        (Spending(2, recorded_usd=0.5, unknown=1), "$0.5000 + unknown"),
        (Spending(1, unknown=1), "unknown"),
        (Spending(), ""),
    ],
)
def test_money(spending: Spending, said: str) -> None:
    """An estimate is marked as one, and unknown is said."""
    assert money(spending) == said


def test_tables() -> None:
    """The groups that used most are listed first, the others counted, names from the trace made safe."""
    found = Costs(total=Spending(7, Usage(700, 0), estimated_usd=1.0))
    for number in range(7):
        found.by_model[f"\x1b[31mmodel-{number}"] = Spending(1, Usage(number, 0), unknown=1)
    lines = list(cost_lines(found, str))
    assert lines[0].split() == ["model", "calls", "in", "cached", "out", "cost"]
    assert "model-6" in lines[1]
    assert "\x1b" not in "".join(lines)
    assert "… and 2 more" in lines
    assert lines[-1] == "~ is an estimate by the list prices of genai-prices"


def test_nothing() -> None:
    """Without model calls nothing is said."""
    assert list(cost_lines(Costs(), str)) == []
