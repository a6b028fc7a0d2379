"""The README's table of packages is the one that the matrix prints."""

from __future__ import annotations

from tests.sdks.table import in_readme, table


def test_table() -> None:
    """What the README says is seen of which version follows from the pins and the expectations."""
    assert in_readme() == table(), "run: make test-sdks ARGS=--table"
