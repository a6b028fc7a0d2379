"""The optional keys of an event's header, from what the caller gave."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..events import NO_EVENT
from .failure import describe

__all__ = ["given_parent", "header_keys"]

_USAGE = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")
_HEX = frozenset("0123456789abcdef")


def header_keys(common: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split the keywords of a `record_*` call into the header's optional keys and what has no place there."""
    header: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for key, value in common.items():
        if value is None or key == "parent":
            continue
        read = _READ.get(key)
        kept = None if read is None else read(value)
        if kept is None:
            rest[key] = value
        else:
            header[key] = kept
    return header, rest


def given_parent(parent: object) -> str:
    """Return `parent` as it may stand in a header, or the root's when it is no event id."""
    text = str(parent)
    return text if len(text) == 16 and _HEX.issuperset(text) else NO_EVENT


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def _fraction(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else min(1.0, max(0.0, number))


def _usage(value: Any) -> dict[str, int] | None:
    counts = {key: value[key] for key in _USAGE if isinstance(value.get(key), int)}
    return counts or None


def _texts(value: Any) -> list[str] | None:
    return [str(item) for item in value] or None


_READ: dict[str, Any] = {
    "duration_ms": _number,
    "error": describe,
    "agent": str,
    "usage": _usage,
    "cost_usd": _number,
    "importance": _fraction,
    "links": _texts,
    "source": dict,
}
