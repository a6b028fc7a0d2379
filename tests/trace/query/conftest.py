"""What the tests of the filter language share: a clock in a known place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

InZone = Callable[[str], None]


@pytest.fixture
def in_zone() -> Iterator[InZone]:
    """Local time is UTC, or that of the zone the test calls for."""
    with pytest.MonkeyPatch.context() as environment:

        def move(zone: str) -> None:
            environment.setenv("TZ", zone)
            time.tzset()

        move("UTC")
        yield move
    time.tzset()
