"""What a `capture_loss` says: how much the writer could not write, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from . import units

__all__ = ["Loss", "read_loss"]

_REASONS = 20
"""Reasons that are told apart at the most; ours are a handful, another writer's may be anything."""


class Loss(NamedTuple):
    """What was lost; None is a number that is not said, or makes no sense."""

    events: int | None
    bytes: int | None
    reasons: list[tuple[str, int]]
    """Each with how many events were lost for it, the most frequent first."""

    @property
    def amount(self) -> str:
        """Return `27 events, 5,120 bytes`."""
        numbers = ((self.events, "event"), (self.bytes, "byte"))
        known = [_counted(number, noun) for number, noun in numbers if number is not None]
        return ", ".join(known) or "some events"

    @property
    def words(self) -> str:
        """Return `27 events, 5,120 bytes lost: File too large (26), no space (1)`."""
        why = ", ".join(f"{reason} ({units.count(number)})" for reason, number in self.reasons)
        return f"{self.amount} lost{f': {why}' if why else ''}"


def read_loss(data: Mapping[str, Any]) -> Loss:
    """Read the payload of a `capture_loss`, whatever stands in it. Its texts are as they stand there."""
    reasons = data.get("reasons")
    pairs = [(reason, _whole(number) or 0) for reason, number in reasons.items()] if isinstance(reasons, dict) else []
    pairs.sort(key=lambda pair: -pair[1])
    return Loss(_whole(data.get("events")), _whole(data.get("bytes")), pairs[:_REASONS])


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def _counted(number: int, noun: str) -> str:
    return f"{units.count(number)} {noun}{'' if number == 1 else 's'}"
