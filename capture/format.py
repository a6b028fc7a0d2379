"""One line <-> one event. The only place that knows how an event stands in a file.

The writer calls `encode_event`; every reader that wants a whole event calls `parse_line`. Both change together with
FORMAT.md's version 1: header keys in one order, everything before the value of `type` of fixed width, `data` last.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from .errors import LineError
from .values import encode_json, load_json

__all__ = ["OPTIONAL_KEYS", "VERSION", "ParsedLine", "encode_event", "parse_line"]

VERSION = 1

OPTIONAL_KEYS = ("duration_ms", "error", "agent", "task", "usage", "cost_usd", "importance", "links", "source")
"""The header keys an event may lack, in the order the writer puts them between `name` and `data`."""

_BOM = b"\xef\xbb\xbf"
_PAYLOAD_KEY = b',"data":'
_RESCUE_ATTEMPTS = 16


class ParsedLine(NamedTuple):
    """What a line says."""

    event: dict[str, Any]
    """The event as parsed; without `data` when the payload is damaged."""
    damage: str | None
    """Why the payload cannot be read, or None."""


def encode_event(
    ts: int, id: str, parent: str, session: str, type: str, name: str, optional: dict[str, Any], data: bytes
) -> bytes:
    """Return the line of one event, its newline included.

    `ts` is nanoseconds since 1970 UTC; `id` and `parent` are 16 hex digits, `session` 32; `optional` holds some of
    `OPTIONAL_KEYS`, never none of their values; `data` is an encoded JSON object (`capture.values.encode_json`).
    """
    head = (
        f'{{"v":{VERSION},"ts":{ts:019d},"id":"{id}","parent":"{parent}",'
        f'"session":"{session}","type":"{type}","name":{_quoted(name)}'
    )
    if optional:
        head += _encode_optional(optional)
    return b'%b,"data":%b}\n' % (head.encode(), data)


def parse_line(line: bytes) -> ParsedLine:
    """Read one line, with or without its newline, as an event.

    A payload that cannot be read costs the payload only, as long as the header before `,"data":` can.
    Raises `LineError` with the reason when the line cannot be read as an event at all.
    """
    text = line.strip(b" \t\r\n").removeprefix(_BOM)
    try:
        event = load_json(text)
    except (ValueError, RecursionError) as error:
        reason = _reason(text, error)
        header = _rescue_header(text)
        if header is None:
            raise LineError(reason) from error
        return ParsedLine(header, reason)
    if not isinstance(event, dict):
        raise LineError(f"not a JSON object but {_json_kind(event)}")
    if not isinstance(event.get("type"), str):
        raise LineError('a JSON object without a "type"')
    if not isinstance(event.get("data", {}), dict):
        return ParsedLine(event, '"data" is not an object')
    return ParsedLine(event, None)


def _encode_optional(optional: dict[str, Any]) -> str:
    ordered = {key: optional[key] for key in OPTIONAL_KEYS if key in optional}
    encoded = encode_json(ordered).decode()
    return f",{encoded[1:-1]}"


def _quoted(text: str) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    quoted = json.dumps(text, ensure_ascii=False)
    try:
        quoted.encode()
    except UnicodeEncodeError:  # lone surrogates stand as escapes, which JSON allows
        return json.dumps(text)
    return quoted


def _rescue_header(text: bytes) -> dict[str, Any] | None:
    """Read what stands before the payload; a key named `data` inside `source` may stand there too, so try each."""
    end = -1
    for _ in range(_RESCUE_ATTEMPTS):
        end = text.find(_PAYLOAD_KEY, end + 1)
        if end < 0:
            return None
        try:
            header = load_json(text[:end] + b"}")
        except (ValueError, RecursionError):
            continue
        return header if isinstance(header, dict) and isinstance(header.get("type"), str) else None
    return None


def _reason(text: bytes, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "JSON nested too deep"
    if b"\0" in text:
        return f"NUL bytes from byte {text.index(0)}"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 at byte {error.start}"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at character {error.pos}"
    return f"not JSON: {error}"


def _json_kind(value: Any) -> str:
    return {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}.get(type(value), "a number")
