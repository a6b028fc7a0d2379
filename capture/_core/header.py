"""The optional keys of an event's header, from what the caller gave."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ..events import NO_EVENT
from ..interrupts import from_signal_handler
from .failure import describe

__all__ = ["EVIDENCE", "given_parent", "header_keys", "link_evidence", "word"]

_USAGE = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")
EVIDENCE = {"decision": "evidence_event_ids", "behavior_alert": "related_event_ids"}
"""The types whose payload names other events, and the field that does."""
_HEX = frozenset("0123456789abcdef")


def header_keys(common: Mapping[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Return the header's optional keys among the keywords of a `record_*` call; all others go to `data`."""
    header: dict[str, Any] = {}
    for key, value in common.items():
        if value is None:
            continue
        read = _READ.get(key)
        kept = None if read is None else _fitting(read, value)
        if kept is None:
            data[key] = value
        else:
            header[key] = kept
    return header


def given_parent(parent: Any) -> str:
    """Return the `parent` a caller gave as it may stand in a header: `""` for none, the root's for what is no id."""
    if parent is None:
        return ""
    text = str(parent)
    return text if len(text) == 16 and _HEX.issuperset(text) else NO_EVENT


def word(name: Any) -> str:
    """Return the text of a `name` that is something else, such as an enum's; empty for None and for what has none."""
    if name is None:
        return ""
    try:
        return str.__str__(name) if isinstance(name, str) else str(name)
    except Exception as error:
        if from_signal_handler(error):
            raise
        return ""


def link_evidence(header: dict[str, Any], data: dict[str, Any], field: str) -> None:
    """Make the events that `field` names as evidence links, unless the author gave others."""
    given = data[field]
    if given is None:
        return
    events = _fitting(_texts, given)
    if events is not None:
        data[field] = events
        header.setdefault("links", events)


def _fitting(read: Callable[[Any], Any], value: Any) -> Any:
    """Return `value` as its key takes it, or None when it does not fit: the event is worth more than the key."""
    try:
        return read(value)
    except (AttributeError, TypeError, ValueError) as error:
        if from_signal_handler(error):
            raise
        return None


def _number(value: Any) -> float | None:
    if value.__class__ is not float and (isinstance(value, bool) or not isinstance(value, int | float)):
        return None
    return value if math.isfinite(value) else None


def _fraction(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else min(1.0, max(0.0, number))


def _usage(value: Any) -> dict[str, int] | None:
    counts = {key: value[key] for key in _USAGE if isinstance(value.get(key), int)}
    return counts or None


def _texts(value: Any) -> list[str]:
    if type(value) is list:
        for item in value:
            if type(item) is not str:
                break
        else:
            return value  # as nearly always
    return [str(value)] if isinstance(value, str) else [str(item) for item in value]


_READ: dict[str, Callable[[Any], Any]] = {
    "duration_ms": _number,
    "error": describe,
    "agent": str,
    "usage": _usage,
    "cost_usd": _number,
    "importance": _fraction,
    "links": _texts,
    "source": dict,
}
