"""A text to look for in the lines of a trace."""

from __future__ import annotations

import json
import re
from typing import Any

from capture.errors import LineError
from capture.format import parse_line

__all__ = ["Needle"]

_CONTENT = ("type", "name", "agent", "task", "error", "data")


class Needle:
    """What is looked for: a text, or a regular expression, in any one string or number of an event."""

    def __init__(self, text: str, *, ignore_case: bool = False, regex: bool = False) -> None:
        self._search = re.compile(text if regex else re.escape(text), re.IGNORECASE if ignore_case else 0).search

    def found_in(self, line: bytes) -> bool:
        """Return whether an event's line holds the text."""
        try:
            event = parse_line(line).event
        except LineError:
            return self._search(line.decode("utf-8", "backslashreplace")) is not None
        waiting: list[Any] = [event.get(key, "") for key in _CONTENT]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                waiting.extend([*value, *value.values()])
            elif isinstance(value, list):
                waiting.extend(value)
            elif self._search(value if isinstance(value, str) else json.dumps(value)):
                return True
        return False
