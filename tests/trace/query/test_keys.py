from __future__ import annotations

import pytest

from peek_tui.errors import UsageError
from peek_tui.trace.query import EVERYTHING, KEYS, parse_query
from peek_tui.trace.query.keys import nearest_key


def test_examples() -> None:
    """Every key's example is a term with that key; no others are known."""
    for name, key in KEYS.items():
        assert key.name == name
        assert key.meaning
        query = parse_query(key.example)
        assert str(query).startswith(name)
        assert query != EVERYTHING
        with pytest.raises(UsageError, match="unknown key"):
            parse_query(f"x{key.example}" if name != "error" else "xerror:x")


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("typ", "type"), ("tools", None), ("duration", "dur"), ("confidence", "conf"), ("cost_usd", "cost"),
        ("Agent", "agent"), ("agnet", "agent"), ("sess", "session"), ("data_x", "data"), ("q", None),
    ],
)  # fmt: skip
def test_nearest(wrong: str, near: str | None) -> None:
    """The key that was meant is the one that begins alike, or is spelt nearly so."""
    assert nearest_key(wrong) == near
