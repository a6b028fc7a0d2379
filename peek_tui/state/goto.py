"""Where `:` goes: a row, a distance, a percentage, a time of day, an event's id."""

from __future__ import annotations

import re
from datetime import datetime

from peek_tui.errors import UsageError

from .browse import Browse

__all__ = ["HINT", "go_to"]

HINT = "1234, +10, 50%, 14:02:58, start, end, an event's id"

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?")
_ID = re.compile(r"[0-9a-f]{16}")


def go_to(browse: Browse, text: str) -> None:
    """Select what `text` names. Raises `UsageError` when it names nothing."""
    text = text.strip().lower()
    if text in ("start", "0%"):
        browse.go_start()
    elif text in ("end", "$"):
        browse.go_end()
    elif _ID.fullmatch(text):
        _go_id(browse, text)
    elif re.fullmatch(r"[+-]\d+", text):
        browse.move(_whole(text))
    elif text.replace(",", "").isdecimal():
        browse.go_row(_whole(text.replace(",", "")))
    elif re.fullmatch(r"\d+(\.\d+)?%", text):
        browse.go_percent(float(text[:-1]))
    elif match := _TIME.fullmatch(text):
        browse.go_time(_on_first_day(browse, match))
    else:
        raise UsageError(f"{text!r} is no place to go: give {HINT}")


def _whole(digits: str) -> int:
    """Read a whole number, cut where no trace has rows any more: `int` itself refuses thousands of digits."""
    return int(digits[:18])


def _go_id(browse: Browse, id: str) -> None:
    handle = browse.snapshot.find(id)
    if handle is None:
        raise UsageError(f"there is no event {id} in this trace")
    browse.go_row(browse.snapshot.row(handle))


def _on_first_day(browse: Browse, match: re.Match[str]) -> int:
    """Return the moment of that local time of day on the trace's first day, nanoseconds since 1970 UTC."""
    hour, minute, second, fraction = match.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        raise UsageError(f"{match.group()} is no time of day")
    first = browse.snapshot.ts(0) if len(browse.snapshot) else 0
    day = datetime.fromtimestamp(first // 1_000_000_000).astimezone()
    moment = day.replace(hour=int(hour), minute=int(minute), second=int(second or 0), microsecond=0)
    return int(moment.timestamp()) * 1_000_000_000 + int((fraction or "0").ljust(9, "0"))
