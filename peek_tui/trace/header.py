"""What an index keeps of a line: its header, read without parsing the payload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from capture.errors import LineError
from capture.events import NO_EVENT
from capture.format import parse_line

from .at_once import REFUSED, decode_at_once, is_text
from .model import DAMAGED, Usage, parse_fields, read_number, read_text, read_usage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["AgentData", "Header", "counts_of", "read_agent", "read_block", "read_header", "read_headers", "read_word"]

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**40)]
_Ts = Annotated[int, msgspec.Meta(ge=1 - 2**63, le=2**63 - 1)]
_Number = Annotated[float, msgspec.Meta(gt=-(2.0**63), lt=2.0**63)]
_NO_COUNTS = (-1,) * 5


class _Object(msgspec.Struct, frozen=True, gc=False):
    """Any JSON object, its keys passed over."""


class _Failure(msgspec.Struct, frozen=True, gc=False):
    """An `error`, kept for its presence alone."""

    type: str


class _Counts(msgspec.Struct, gc=False):
    """A usage as FORMAT.md has it."""

    input_tokens: _Count = 0
    output_tokens: _Count = 0
    cache_read_tokens: _Count = 0
    cache_write_tokens: _Count = 0
    reasoning_tokens: _Count = 0


class Header(msgspec.Struct, gc=False):
    """The keys before `data`."""

    type: str
    ts: _Ts = 0
    id: str = ""
    parent: str = NO_EVENT
    session: str = ""
    name: str = ""
    duration_ms: _Number | None = None
    error: _Failure | None = None
    agent: str | None = None
    usage: _Counts | None = None
    cost_usd: _Number | None = None
    importance: _Number | None = None
    source: _Object | None = None
    """Kept for its presence alone: it may hold a foreign record of any size."""
    data: _Object = _Object()
    """Kept for its kind alone: a payload that is no object is damaged."""


class _KnownCounts(_Counts, forbid_unknown_fields=True, gc=False):
    """A usage that has no other keys."""


class _Known(Header, forbid_unknown_fields=True, gc=False):
    """A header that has no other keys than those of FORMAT.md: but for the payload, little of it is passed over."""

    usage: _KnownCounts | None = None
    v: int = 0
    task: str | None = None
    links: list[str] | None = None


class AgentData(msgspec.Struct, gc=False):
    """What the payload of an `agent_start` or `agent_end` says of how it ran."""

    host: str | None = None
    status: str | None = None
    agent_name: str | None = None


class _Agent(msgspec.Struct, gc=False):
    """A line of one of those."""

    data: AgentData


_decoder = msgspec.json.Decoder(Header)
_known_decoder = msgspec.json.Decoder(_Known)
_decode = _decoder.decode
_decode_agent = msgspec.json.Decoder(_Agent).decode


def read_block(lines: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Sequence[Header] | None:
    """Return the headers of the lines that begin and end at these places, or None when one of them is odd.

    Whether a payload is text is left to `check`, as with lines whose headers are of fixed width.
    """
    known = decode_at_once(_known_decoder, lines, starts, ends)
    if known is None:
        headers = decode_at_once(_decoder, lines, starts, ends)
        return headers if headers is not None and is_text(lines[: ends[-1]]) else None
    passed_over = [at for at, header in enumerate(known) if header.error is not None or header.source is not None]
    return known if all(is_text(lines[starts[at] : ends[at]]) for at in passed_over) else None


def read_headers(texts: Sequence[bytes]) -> tuple[list[Header | None], dict[int, tuple[str, str]]]:
    """Return the headers of lines, None for a blank one, and the damage by index: why, and `line` or `payload`."""
    try:
        _check_text(b"\n".join(texts))
        return list(map(_decode, texts)), {}
    except REFUSED:
        pass  # one of them is odd: each for itself
    headers: list[Header | None] = []
    damage = {}
    for index, text in enumerate(texts):
        try:
            header, reason = read_header(text)
        except LineError as error:
            blank = not text.strip(b" \t\r")
            headers.append(None if blank else Header(type=DAMAGED))
            if not blank:
                damage[index] = (str(error), "line")
            continue
        headers.append(header)
        if reason is not None:
            damage[index] = (reason, "payload")
    return headers, damage


def read_header(text: bytes) -> tuple[Header, str | None]:
    """Return a line's header, and why its payload is damaged or None.

    Raises `capture.errors.LineError` when the line cannot be read as an event.
    """
    try:
        _check_text(text)
        return _decode(text), None
    except REFUSED:
        event, damage = parse_line(text)
        return _generous(event), damage


def _check_text(text: bytes) -> None:
    """Raise UnicodeDecodeError for what is not UTF-8: the decoder passes over most of a line and would not notice."""
    if not text.isascii():
        text.decode()


def counts_of(header: Header) -> tuple[int, ...]:
    """Return the five counts of `Usage`, -1 each where none are stated."""
    return _NO_COUNTS if header.usage is None else msgspec.structs.astuple(header.usage)


def read_agent(text: bytes) -> AgentData:
    """Return what the line of an agent's start or end says, however a foreign writer put it."""
    try:
        _check_text(text)
        return _decode_agent(text).data
    except REFUSED:
        data = parse_fields(text)[0].get("data")
        payload = data if isinstance(data, dict) else {}
        return AgentData(*(read_word(payload, key) for key in ("host", "status", "agent_name")))


def read_word(event: Mapping[str, Any], key: str) -> str:
    """Return a header's word, however a foreign writer put it; empty when there is none."""
    value = event.get(key)
    return "" if value is None else read_text(value)


def _generous(event: dict[str, Any]) -> Header:
    """Read a header whose values are not of the expected types, or that the fast decoder refuses."""
    ts, agent = event.get("ts"), event.get("agent")
    usage: Usage | None = read_usage(event.get("usage"))
    return Header(
        type=event["type"],
        ts=int(ts) if isinstance(ts, int | float) and abs(ts) < 2**63 else 0,
        id=read_word(event, "id"),
        parent=read_word(event, "parent") or NO_EVENT,
        session=read_word(event, "session"),
        name=read_word(event, "name"),
        duration_ms=read_number(event.get("duration_ms")),
        error=_Failure("") if event.get("error") else None,
        agent=None if agent is None else read_text(agent),
        usage=None if usage is None else _Counts(*usage),
        cost_usd=read_number(event.get("cost_usd")),
        importance=read_number(event.get("importance")),
        source=None if event.get("source") is None else _Object(),
    )
