"""What of an event's line a text is looked for in, and what its JSON says.

An event's *content* is what its author and its agent said: the values of `type`, `name`, `agent`, `task` and `error`,
and the whole payload, its keys included. An importer's `source` repeats the payload in foreign words, and ids, times
and measured numbers are found by other means, so none of these is content; neither are the format's own keys, or
every line would hold the text "session".

A line that cannot be read as an event is content as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec

from capture.format import payload_keys
from capture.values import load_json

__all__ = ["FIXED_HEADER", "content", "texts"]

_NO_CONTENT = frozenset(
    {"v", "ts", "id", "parent", "session", "duration_ms", "usage", "cost_usd", "importance", "links", "source"}
)

FIXED_HEADER = re.compile(
    rb'{"v":\d{1,9},"ts":\d{19},"id":"[0-9a-f]{16}","parent":"[0-9a-f]{16}","session":"[0-9a-f]{32}",'
)
"""How a line of our own writer begins, before its content."""

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^\s"{}\[\]:,]+', re.DOTALL)
"""A string, its closing quote missing if the line was torn; or a number, `true`, `false` or `null`."""

_BOM = b"\xef\xbb\xbf"

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def content(line: bytes) -> list[bytes] | None:
    """Return the content of an event's line as pieces of JSON, or None when the line is no event."""
    line = line.removeprefix(_BOM)
    try:
        fields = _decode(line)
    except _UNREADABLE:
        fields = _damaged_payload(line) or _generous(line)
    if not bytes(fields.get("type", b"")).startswith(b'"'):
        return None
    error = fields.pop("error", None)
    pieces = [bytes(fields[key]) for key in fields.keys() - _NO_CONTENT]
    return pieces if error is None else [*pieces, *_values(bytes(error))]


def texts(piece: bytes) -> Iterator[str]:
    """Yield every string of a piece of JSON, keys included, and its other values as they are written."""
    for match in _TOKEN.finditer(piece):
        token = match.group()
        if token[:1] != b'"':
            yield token.decode("utf-8", "backslashreplace")
        elif b"\\" in token:
            yield _unescaped(token)
        else:
            yield token.strip(b'"').decode("utf-8", "backslashreplace")


def _values(error: bytes) -> list[bytes]:
    """Return what the keys of an event's `error` hold; a foreign writer's may be a mere text."""
    try:
        return [bytes(value) for value in _decode(error).values()]
    except _UNREADABLE:
        return [error]


def _damaged_payload(line: bytes) -> dict[str, msgspec.Raw]:
    """Read a line whose payload the fast parser refuses; empty when its header cannot be read either."""
    for end, start in payload_keys(line):
        try:
            return _decode(line[:end] + b"}") | {"data": msgspec.Raw(line[start:])}
        except _UNREADABLE:
            continue
    return {}


def _generous(line: bytes) -> dict[str, msgspec.Raw]:
    """Read a line that is not strict JSON, but an event all the same (NaN, half a surrogate pair); else empty."""
    try:
        event = load_json(line)
        return {key: msgspec.Raw(json.dumps(value).encode()) for key, value in event.items()}
    except (ValueError, AttributeError, RecursionError):
        return {}


def _unescaped(token: bytes) -> str:
    try:
        return str(load_json(token))
    except (ValueError, RecursionError):
        return token.strip(b'"').decode("utf-8", "backslashreplace")
