"""Points in time as a query names them: `10:15:00`, `2025-11-20`, `2025-11-20T10:15:00.5Z`.

Without a date it is a time of day on the trace's first day, without a zone local time. A moment is the instant at which
it begins; equal to it is all that lies in the last unit written, so `ts:10:15` is that whole minute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

from .pattern import Pattern

__all__ = ["Moment", "read_moment"]

_SECOND = 1_000_000_000
_DAY = 0
"""As a unit: until the next day begins, however long that takes."""

_MOMENT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})?(?P<between>[Tt ])?"
    r"(?P<time>(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?)?)?"
    r"(?P<zone>[Zz]|(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2}))?"
)
_NANOSECONDS = re.compile(r"[0-9]{19}")


@dataclass(frozen=True)
class Moment:
    """A point in time, perhaps of a day that only the trace knows."""

    day: date | None
    time: time
    """Whole seconds."""
    nanosecond: int
    zone: timezone | None
    """None for local time."""
    unit: int
    """How much of time is meant by it, in nanoseconds; `_DAY` for a day."""
    text: str = field(compare=False)

    def start(self, first_ts: int) -> int:
        """Return when it begins, in nanoseconds since 1970 UTC, in a trace whose first event has this time."""
        return self._at(self.day or _day_of(first_ts, self.zone))

    def end(self, first_ts: int) -> int:
        """Return when it is over; that instant is no longer part of it."""
        if self.day is not None and self.unit == _DAY:
            return self._at(self.day + timedelta(days=1))
        return self.start(first_ts) + self.unit

    def _at(self, day: date) -> int:
        return int(datetime.combine(day, self.time, self.zone).timestamp()) * _SECOND + self.nanosecond

    def __str__(self) -> str:
        return str(Pattern((self.text,)))


def read_moment(text: str) -> Moment | None:
    """Read a date, a time of day, both (RFC 3339) or the 19 digits of a `ts`; None when it is none of them."""
    try:
        moment = _from_digits(text) if _NANOSECONDS.fullmatch(text) else _from_parts(text)
        if moment is not None:
            moment.end(0)  # raises where the calendar of this machine ends
    except (ValueError, OverflowError, OSError):
        return None
    return moment


def _from_digits(text: str) -> Moment:
    seconds, rest = divmod(int(text), _SECOND)
    at = datetime.fromtimestamp(seconds, UTC)
    return Moment(at.date(), at.time(), rest, UTC, 1, text)


def _from_parts(text: str) -> Moment | None:
    match = _MOMENT.fullmatch(text)
    if match is None or not (match["date"] or match["time"]):
        return None
    if bool(match["between"]) is not bool(match["date"] and match["time"]):
        return None
    return Moment(
        date.fromisoformat(match["date"]) if match["date"] else None,
        time(int(match["hour"] or 0), int(match["minute"] or 0), int(match["second"] or 0)),
        int((match["fraction"] or "").ljust(9, "0")),
        _zone(match),
        _unit(match),
        text,
    )


def _zone(match: re.Match[str]) -> timezone | None:
    if not match["zone"]:
        return None
    if not match["sign"]:
        return UTC
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    return timezone(-offset if match["sign"] == "-" else offset)


def _unit(match: re.Match[str]) -> int:
    if not match["time"]:
        return _DAY
    if not match["second"]:
        return 60 * _SECOND
    return int(_SECOND // 10 ** len(match["fraction"] or ""))


def _day_of(ts: int, zone: timezone | None) -> date:
    try:
        return datetime.fromtimestamp(ts // _SECOND, zone).date()
    except (ValueError, OverflowError, OSError):  # a clock that was never set
        return date(1970, 1, 1)
