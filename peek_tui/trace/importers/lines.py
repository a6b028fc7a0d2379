"""What importers share: one foreign line becomes lines of ours, whose ids can be computed from the foreign ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from capture.events import VOCABULARY
from capture.format import encode_event
from capture.values import JSON_KEYS, copy_plain, dump_line, is_plain
from peek_tui.trace.model import DAMAGED, read_number
from peek_tui.trace.record import read_record

__all__ = [
    "Lines",
    "Origin",
    "event_id",
    "items",
    "mapping",
    "read_number",
    "read_record",
    "read_session",
    "read_time",
    "word",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEX = frozenset("0123456789abcdef")
_OURS = VOCABULARY.keys() | {DAMAGED}


class Origin(NamedTuple):
    """The foreign lines of an event that are not, or not only, the line that is being taken."""

    type: str
    numbers: Sequence[int]


class Lines:
    """Writes the events of one foreign file, a foreign line at a time.

    Every event says in `source` which line it came from; the first one of a line carries the whole record.
    """

    def __init__(self, format: str) -> None:
        self.format = format
        self.own = ""
        """The agent whose file it is; `""` for the run's own."""
        self.session = ""
        self.ts = 0
        """The time of the line that is being taken; of the one before when it says none, 0 before the first."""
        self.number = 0
        self.step: int | None = None
        """The place of what is being taken among the steps of the run, where the format numbers those."""
        self._record: dict[str, Any] | None = None
        self._type = ""
        self._uuids: set[str] = set()
        self._key: tuple[str, ...] = ()
        self._written: list[bytes] = []

    def start(self, record: dict[str, Any], number: int, ts: int) -> None:
        """Take the next foreign line."""
        self._record, self._type = record, word(record.get("type"))
        self.number = number
        self.ts = ts or self.ts
        uuid = word(record.get("uuid"))
        self._key = (uuid,) if uuid and uuid not in self._uuids else (self.format, self.own, str(number))
        self._uuids.add(uuid)

    def line_id(self, kind: str) -> str:
        """Return the id of the line's own event: by its uuid, or its number when that is missing or repeated."""
        return self.id(kind, *self._key)

    def id(self, kind: str, *key: str) -> str:
        """Return the id of this run's event of a kind with a foreign id."""
        return event_id(self.session, kind, *key)

    def add(
        self,
        type: str,
        id: str,
        parent: str,
        name: str = "",
        data: dict[str, Any] | None = None,
        *,
        ts: int | None = None,
        origin: Origin | None = None,
        raw: bool = True,
        **header: Any,
    ) -> str:
        """Write an event and return its id. What is None in `header` or `data` is left out.

        `raw` is False for an event that leaves the line's record to a later one.
        """
        said = {key: value for key, value in header.items() if value is not None}
        whence = origin or Origin(self._type, (self.number,))
        said["source"] = self._source(whence)
        payload = {key: value for key, value in (data or {}).items() if value is not None}
        at = self.ts if ts is None else ts
        line = encode_event(at, id, parent, self.session, type, name, said, payload)
        if raw and self._record is not None and whence.numbers[-1] == self.number:
            line, self._record = _with_record(line, said["source"], self._record), None
        self._written.append(line)
        return id

    @property
    def carried(self) -> bool:
        """Whether an event of this line holds its record already."""
        return self._record is None

    def finish(self) -> list[bytes]:
        """Return the events of the line, and forget it."""
        written, self._written, self._record = self._written, [], None
        return written

    def own_type(self, type: str) -> str:
        """Return the type of an event that stands for a line of a kind we have no word for."""
        return f"{self.format}.{type}" if type in _OURS or not type else type

    def _source(self, origin: Origin) -> dict[str, Any]:
        source: dict[str, Any] = {"kind": self.format, "type": origin.type, "line": origin.numbers[-1]}
        if self.step is not None:
            source["step"] = self.step
        if len(origin.numbers) > 1:
            source["lines"] = list(origin.numbers)
        return source


def _with_record(line: bytes, source: dict[str, Any], record: dict[str, Any]) -> bytes:
    """Return an event's line with a foreign record in its `source`, untouched: a key like `$ref` is no value of ours.

    What JSON cannot hold, such as NaN, or no line of ours as deep as this, stands there as it does in a payload.
    """
    try:
        raw = dump_line(record if is_plain(record, JSON_KEYS) else copy_plain(record))
    except (TypeError, ValueError):  # half a surrogate pair, or nested too deep
        raw = dump_line(copy_plain(record))
    before = b'"source":' + dump_line(copy_plain(source))[:-2]
    return line.replace(before + b"}", before + b',"raw":' + raw[:-1] + b"}", 1)


def event_id(session: str, kind: str, *key: str) -> str:
    """Return 16 hex digits that are the same wherever the same foreign event is met."""
    text = "\0".join((session, kind, *key))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def read_session(foreign: str) -> str:
    """Return 32 hex digits for a foreign session: a UUID without its dashes, or what stands for another word."""
    plain = foreign.replace("-", "").lower()
    if len(plain) == 32 and _HEX.issuperset(plain):
        return plain
    return blake2b(foreign.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def read_time(value: Any) -> int:
    """Read an ISO 8601 time as nanoseconds since 1970 UTC; 0 when it is none."""
    if not isinstance(value, str):
        return 0
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return 0
    past = (time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH
    nanoseconds = ((past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds) * 1_000
    return nanoseconds if 0 < nanoseconds < 2**63 else 0


def word(value: Any) -> str:
    """Return a foreign value where a word belongs; empty when it is none."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> dict[str, Any]:
    """Return a foreign value where an object belongs; empty when it is none."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[dict[str, Any]]:
    """Return the blocks of a message's content; a bare text is one block."""
    if isinstance(value, str):
        return [{"type": "text", "text": value}]
    if not isinstance(value, list):
        return []
    return [item if isinstance(item, dict) else {"type": "text", "text": item} for item in value]
