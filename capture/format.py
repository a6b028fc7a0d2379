"""One line <-> one event. The only place that knows how an event stands in a file.

The writer calls `encode_event`; every reader that wants a whole event calls `parse_line`. Both change together with
FORMAT.md's version 1: header keys in one order, everything before the value of `type` of fixed width, `data` last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple, Protocol

from .errors import LineError
from .interrupts import from_signal_handler
from .values import KEYS, Keys, copy_plain, dump_line, is_plain, load_json

__all__ = [
    "DIGITS",
    "HEAD",
    "OPTIONAL_KEYS",
    "VERSION",
    "LineEncoder",
    "ParsedLine",
    "Review",
    "encode_event",
    "parse_line",
    "payload_keys",
    "plain_body",
    "reason_of",
]

VERSION = 1
HEAD = 129
"""Bytes of a line before its `type`."""
DIGITS = 46
"""Bytes of a line before its number, the 8 digits of its id that follow the writer's."""

OPTIONAL_KEYS = ("duration_ms", "error", "agent", "task", "usage", "cost_usd", "importance", "links", "source")
"""The header keys an event may lack, in the order the writer puts them between `name` and `data`."""
_OPTIONAL = frozenset(OPTIONAL_KEYS)

_PLAIN_KEYS = frozenset({"type", "name"})
_BOM = b"\xef\xbb\xbf"
_PAYLOAD_KEY = re.compile(rb',\s*"data"\s*:')
_RESCUE_ATTEMPTS = 16


class ParsedLine(NamedTuple):
    """What a line says."""

    event: dict[str, Any]
    """The event as parsed; without `data` when the payload is damaged."""
    damage: str | None
    """Why the payload cannot be read, or None."""


class Review(Protocol):
    """What may change an event on its way to the disk: redaction, bounds."""

    keys: Keys
    """The names of keys it has nothing against."""
    calls_host: bool
    """Whether it calls functions of the host's, which may wait for anything."""

    def passes(self, line: bytes) -> bool:
        """Whether a line may be written as it is. Asked for every event, so it must be quick; False is no verdict."""

    def revise(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the event as it may be written. It is plain JSON throughout, and a copy that may be changed."""


class LineEncoder:
    """Makes the lines of one session; what `review` objects to is written as it revises it.

    A line has two pieces: its head, of fixed width, in which only time and ids stand, and its body. The body costs
    nearly all of the work and may be made before anybody knows which line of the file it will be.
    """

    def __init__(self, session: str, review: Review | None = None) -> None:
        self._before = f'{{"v":{VERSION},"ts":'
        self._behind = f'","session":"{session}",'
        self._review = review
        self._keys = KEYS if review is None else review.keys

    def head(self, ts: int, id: str, parent: str) -> bytes:
        """Return the beginning of a line. `ts` is nanoseconds since 1970 UTC in 19 digits, ids are 16 hex digits."""
        return f'{self._before}{ts},"id":"{id}","parent":"{parent}{self._behind}'.encode()

    def body(self, type: str, name: str, header: dict[str, Any], data: dict[str, Any]) -> bytes:
        """Return the rest of it, its newline included. Never raises because of a value.

        `header` holds some of `OPTIONAL_KEYS`; `data` is the payload.
        """
        event = _event(type, name, header, data)
        review = self._review
        try:
            if is_plain(event if header else data, self._keys):
                line = dump_line(event)
                if review is None or review.passes(line):
                    return line[1:]
        except Exception as error:  # too deep, another thread changes it just now, a key of the host's own class
            if from_signal_handler(error):
                raise
            # The careful way below can write it.
        return plain_body(_revised(event, review))

    def calls_host(self, header: dict[str, Any], data: dict[str, Any]) -> bool:
        """Whether `body` may call something of the host's: the `__repr__` of a value, a function that redacts."""
        if self._review is not None and self._review.calls_host:
            return True
        try:
            return not (is_plain(data) and is_plain(header))
        except Exception as error:  # another thread changes it just now, a key of the host's own class
            if from_signal_handler(error):
                raise
            return True

    def revised(self, type: str, name: str, header: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        """Return what `body` would encode, in plain JSON: `plain_body` can do the rest."""
        return _revised(_event(type, name, header, data), self._review)


def encode_event(
    ts: int,
    id: str,
    parent: str,
    session: str,
    type: str,
    name: str,
    header: dict[str, Any],
    data: dict[str, Any],
) -> bytes:
    """Return the line of one event, as `LineEncoder` makes it; `session` is 32 hex digits."""
    encoder = LineEncoder(session)
    return encoder.head(ts, id, parent) + encoder.body(type, name, header, data)


def parse_line(line: bytes) -> ParsedLine:
    """Read one line, with or without its newline, as an event.

    A payload that cannot be read costs the payload only, as long as the header before it can; one that is only not
    UTF-8 may stand anywhere in the line.
    Raises `LineError` with the reason when the line cannot be read as an event at all.
    """
    text = line.strip(b" \t\r\n").removeprefix(_BOM)
    try:
        event = load_json(text)
    except (ValueError, RecursionError) as error:
        reason = reason_of(text, error)
        header = _rescue_header(text) or _rescue_text(text)
        if header is None:
            raise LineError(reason) from error
        return ParsedLine(header, reason)
    if not isinstance(event, dict):
        raise LineError(f"not a JSON object but {_json_kind(event)}")
    if not _is_event(event):
        raise LineError('a JSON object without a "type"')
    if not isinstance(event.get("data", {}), dict):
        return ParsedLine(event, '"data" is not an object')
    return ParsedLine(event, None)


def plain_body(event: dict[str, Any]) -> bytes:
    """Return the body of an event that is plain JSON, `type` first. Calls nothing of the host's."""
    try:
        return dump_line(event)[1:]
    except (TypeError, ValueError):  # lone surrogates in a name: JSON has escapes for them
        return json.dumps(event, separators=(",", ":")).encode()[1:] + b"\n"


def _event(type: str, name: str, header: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    if not header:
        return {"type": type, "name": name, "data": data}
    if len(header) > 1 or not _OPTIONAL.issuperset(header):
        header = {key: header[key] for key in OPTIONAL_KEYS if key in header}
    return {"type": type, "name": name, **header, "data": data}


def _revised(event: dict[str, Any], review: Review | None) -> dict[str, Any]:
    plain = {key: copy_plain(value) if key not in _PLAIN_KEYS else value for key, value in event.items()}
    return plain if review is None else review.revise(plain)


def payload_keys(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the key of the payload may begin and end in a line; one named `data` may stand before it, too."""
    return (match.span() for match in islice(_PAYLOAD_KEY.finditer(text), _RESCUE_ATTEMPTS))


def _rescue_header(text: bytes) -> dict[str, Any] | None:
    """Read what stands before the payload."""
    for end, _ in payload_keys(text):
        try:
            header = load_json(text[:end] + b"}")
        except (ValueError, RecursionError):
            continue
        return header if _is_event(header) else None
    return None


def _rescue_text(text: bytes) -> dict[str, Any] | None:
    """Read a line that is not UTF-8, but JSON otherwise; None when it is not in its header either."""
    try:
        event = json.loads(text.decode("utf-8", "surrogateescape"), strict=False)
        header = {key: event[key] for key in event if key != "data"} if _is_event(event) else {}
        json.dumps(header, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return header or None


def _is_event(event: Any) -> bool:
    return isinstance(event, dict) and isinstance(event.get("type"), str)


def reason_of(text: bytes, error: Exception) -> str:
    """Return in a few words why `load_json` cannot read a text."""
    if isinstance(error, RecursionError):
        return "JSON nested too deep"
    if b"\0" in text:
        return f"NUL bytes from byte {text.index(0)}"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 at byte {error.start}"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg.removesuffix(' at').removesuffix(' starting')} at character {error.pos}"
    return f"not JSON: {error}"


def _json_kind(value: Any) -> str:
    return {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}.get(type(value), "a number")
