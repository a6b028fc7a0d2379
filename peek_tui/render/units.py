"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["clock", "count", "date", "delta", "duration", "money", "tokens"]


def count(number: int) -> str:
    """Return `12,480`."""
    return f"{number:,}"


def tokens(number: int) -> str:
    """Return `950`, `4.1k`, `1.2M` or `1.6G`."""
    if number < 1_000:
        return str(number)
    if number < 999_950:
        return f"{number / 1_000:.1f}k"
    if number < 999_950_000:
        return f"{number / 1_000_000:.1f}M"
    return f"{number / 1_000_000_000:.1f}G"


def duration(milliseconds: float | None) -> str:
    """Return `0.3ms`, `41ms`, `2.1s`, `12m41s` or `3h05m`; `·` when it is not known."""
    if milliseconds is None:
        return "·"
    if milliseconds < 9.95:
        return f"{milliseconds:.1f}ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f}ms"
    seconds = milliseconds / 1_000
    if seconds < 99.95:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    return f"{minutes // 60}h{minutes % 60:02d}m"


def money(dollars: float | None) -> str:
    """Return `$0.0123` or `$1.82`; `·` when it is not known."""
    if dollars is None:
        return "·"
    return f"${dollars:.2f}" if dollars >= 1 else f"${dollars:.4f}"


def clock(nanoseconds: int, *, utc: bool = False) -> str:
    """Return the time of day, local or UTC, `14:02:58.123`; dashes for 0, where a trace says none."""
    if not nanoseconds:
        return "--:--:--.---"
    return _moment(nanoseconds, utc).strftime("%H:%M:%S.") + f"{nanoseconds // 1_000_000 % 1_000:03d}"


def date(nanoseconds: int) -> str:
    """Return the local date and time, `2026-11-20 14:02:58`; dashes for 0, where a trace says none."""
    if not nanoseconds:
        return "---------- --:--:--"
    return _moment(nanoseconds, False).strftime("%Y-%m-%d %H:%M:%S")


def delta(nanoseconds: int) -> str:
    """Return how long after another moment one is, `+2.1s`; with `-` where it is before."""
    return f"{'-' if nanoseconds < 0 else '+'}{duration(abs(nanoseconds) / 1e6)}"


def _moment(nanoseconds: int, utc: bool) -> datetime:
    zone = UTC if utc else None
    try:
        return datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC).astimezone(zone)
    except (OverflowError, OSError, ValueError):  # a clock that was never set
        return datetime.fromtimestamp(0, UTC).astimezone(zone)
