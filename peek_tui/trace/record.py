"""A line as a JSON object, and whether it is one of ours: all that must be known of a file of ours to open it."""

from __future__ import annotations

from typing import Any

from capture.values import load_json

__all__ = ["HEAD", "is_ours", "read_record"]

HEAD = 64 * 1024
"""Bytes at a file's beginning that tell its format."""
_BOM = b"\xef\xbb\xbf"
_HEX = frozenset("0123456789abcdef")


def read_record(line: bytes) -> dict[str, Any] | None:
    """Read a line as a JSON object; None when it is none."""
    try:
        value = load_json(line.strip(b" \t\r\n").removeprefix(_BOM))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def is_ours(record: dict[str, Any]) -> bool:
    """Return whether an object is an event as `capture` writes it."""
    id = record.get("id")
    return "v" in record and "session" in record and isinstance(id, str) and len(id) == 16 and _HEX.issuperset(id)
