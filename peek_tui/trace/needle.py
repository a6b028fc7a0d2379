"""What a search looks for."""

from __future__ import annotations

import json
import re

from peek_tui.errors import UsageError

__all__ = ["Needle"]


class Needle:
    """A text, or a pattern, to be found in lines."""

    def __init__(self, text: str, *, ignore_case: bool = False, regex: bool = False) -> None:
        """Raise `UsageError` for a pattern that is none."""
        escaped = text if regex else re.escape(json.dumps(text, ensure_ascii=False)[1:-1])
        try:
            self._pattern = re.compile(escaped.encode(), re.IGNORECASE if ignore_case else 0)
        except re.error as error:
            raise UsageError(f"{text} is no regular expression: {error}") from None

    def found_in(self, line: bytes) -> bool:
        """Whether a line of a trace holds it."""
        return self._pattern.search(line) is not None
