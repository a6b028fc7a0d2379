"""What is copied of an event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from peek_tui.trace.model import Event

from .entry import Path
from .subject import Subject

__all__ = ["PARTS", "event_json", "part", "value_at"]

PARTS = {"v": "value", "p": "path", "e": "event", "i": "id", "l": "line"}
"""What can be copied, by the key that copies it."""


def event_json(event: Event) -> str:
    """Return an event as JSON for people; a line that is no event as it stands."""
    if event.damage is not None and event.damage.part == "line":
        return _line(event)
    return json.dumps(event.fields, indent=2, ensure_ascii=False)


def part(subject: Subject, path: Path, key: str) -> str | None:
    """Return what a key of `PARTS` copies, or None for another key; `path` is the selected line's."""
    match key:
        case "v":
            return _text(value_at(subject.whole, path))
        case "p":
            return ".".join(map(str, _known(subject.whole, path))) or "data"
        case "e":
            return event_json(subject.whole)
        case "i":
            return subject.event.id
        case "l":
            return _line(subject.event)
        case _:
            return None


def value_at(event: Event, path: Path) -> Any:
    """Return the value at a path into an event, or the nearest one around it; its payload when there is none."""
    value: Any = event.fields
    for step in _known(event, path):
        value = value[step]
    return dict(event.data) if value is event.fields else value


def _known(event: Event, path: Path) -> Path:
    """Return how far a path leads into an event; views put steps of their own behind it."""
    value: Any = event.fields
    for depth, step in enumerate(path):
        inside = isinstance(value, Mapping) and step in value
        if not inside and not (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            return path[:depth]
        value = value[step]
    return path


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _line(event: Event) -> str:
    return event.raw.decode("utf-8", "backslashreplace")
