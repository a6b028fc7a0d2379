"""What is read of the lines of new events: for all who ask in one pass, while the processor has the line at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from peek_tui.trace.bulk import Stretch

from .turns import let_others_go_first

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .news import News

__all__ = ["PAYLOAD", "Reading", "as_object", "payload", "read_payloads"]

PAYLOAD = b',"data":'
_FIXED = 129
"""Where the type stands in a line of `capture`'s own making: the part before has a fixed width."""


class Reading(NamedTuple):
    """Something that is read of every event of a type."""

    type: str
    of: Callable[[list[bytes]], Iterable[Any]]
    """Returns what each of some payloads says, given as they are written: see `payload`."""


def read_payloads(news: News, readings: Iterable[Reading]) -> dict[Reading, list[Any]]:
    """Return what readings say of the new events of their types, in order."""
    import numpy as np

    found: dict[Reading, list[Any]] = {reading: [] for reading in readings}
    codes = {reading: news.code("type", reading.type) for reading in found}
    rows = news.rows(*dict.fromkeys(reading.type for reading in found))
    types, done, ours = news.column("type")[rows - news.start], 0, news.snapshot.is_ours
    for stretch in news.snapshot.stretches(rows):
        of_lines = types[done : done + len(stretch.begins)]
        done += len(of_lines)
        by_type = np.argsort(of_lines, kind="stable")
        payloads, of_payloads = _payloads(stretch, by_type, ours=ours), of_lines[by_type]
        for reading, code in codes.items():
            first, end = of_payloads.searchsorted([code, code + 1]).tolist()
            found[reading] += reading.of(payloads[first:end])
        let_others_go_first()
    return found


def _payloads(stretch: Stretch, lines: NDArray[np.intp], *, ours: bool) -> list[bytes]:
    """Return the payloads of some lines: cut out where it is known where they stand, else looked for.

    `ours` says whether `capture` wrote all lines: then each ends with its payload.
    """
    import numpy as np

    text, look = stretch.text, _last if ours else payload
    begins, payloads, ends = (places[lines] for places in (stretch.begins, stretch.payloads, stretch.ends))
    is_known = payloads > begins
    firsts = payloads - len(PAYLOAD) * is_known
    found = [text[first:end] for first, end in zip(firsts.tolist(), ends.tolist(), strict=True)]
    for at in np.flatnonzero(~is_known).tolist():
        found[at] = look(found[at])
    return found


def _last(line: bytes) -> bytes:
    at = line.find(PAYLOAD, _FIXED)
    return line[at:] if at >= 0 else payload(line)


class _Line(msgspec.Struct, frozen=True, gc=False):
    data: msgspec.Raw = msgspec.Raw(b"")


_decode = msgspec.json.Decoder(_Line).decode


def payload(line: bytes) -> bytes:
    """Return the payload of an event's line as it is written there, which is enough to tell whether two are equal.

    Where `capture` wrote the line, it begins with `PAYLOAD` and ends with the line.
    """
    at = line.find(PAYLOAD)
    head = line[_FIXED:at]
    if head.startswith(b'"type":"') and b',"name":' in head and b',"source":' not in head:
        return line[at:]  # as `capture` writes it, and several times as fast
    try:
        return bytes(_decode(line).data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return line


def as_object(payload: bytes) -> bytes:
    """Return a payload as an object that has nothing but `data`."""
    return b"{" + payload[1:] if payload.startswith(PAYLOAD) else b'{"data":%b}' % payload
