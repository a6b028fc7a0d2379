"""What the bodies of requests have in common is read once.

An agent sends its whole conversation with every request. Of a body that begins with the very bytes of an earlier one,
up to the end of its messages, only the messages behind those are parsed. Remembered are places and digests, and the
bytes of the latest beginning alone, unless it is large: to compare them takes a fifth of what a digest does. Where
anything is not as expected, the body is parsed as a whole: this decides about speed, never about meaning.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .._core.conversation import Conversation, Mark
from ..wire import Wire

__all__ = ["Bodies"]

_SMALL = 4_096
"""Bytes of a body that is parsed sooner than it is looked up."""
_HEAD = 64
"""Bytes of the messages that, with what stands before them, tell conversations apart."""
_TAIL = 32
_LATEST = 262_144
"""Bytes of the longest beginning that is kept as it is, until the next one."""
_BRANCHES = 8
_HEADS = 256
_PIECES = 16


class _Beginning(NamedTuple):
    """The first bytes of a body, up to the end of its last message."""

    ends: tuple[int, ...]
    """Where its pieces end. Each has a digest; a conversation that grows adds a short one to those that are there."""
    digest: int
    tail: bytes
    """Its last bytes, to see at once that another body does not begin so."""
    mark: Mark


class Bodies:
    """Reads the bodies of requests, and remembers how they began."""

    def __init__(self) -> None:
        self._known: dict[int, list[_Beginning]] = {}
        self._latest: tuple[_Beginning, bytes] | None = None

    def read(self, wire: Wire, body: bytes) -> dict[str, Any]:
        """Return the fields of a request. Its messages are a list or a `Conversation`.

        Raises ValueError as `Wire.request` does.
        """
        opening = b'"%s":[' % wire.messages.encode()
        start = body.find(opening) + len(opening)
        if len(body) < _SMALL or start < len(opening):
            return wire.request(body)
        beginnings = self._beginnings(hash(body[: start + _HEAD]))
        for known in reversed(beginnings):
            if self._begins_with(body, known):
                fields = self._continued(wire, body, start, known, beginnings)
                if fields is not None:
                    return fields
        return self._whole(wire, body, start, beginnings)

    def _begins_with(self, body: bytes, known: _Beginning) -> bool:
        latest, end = self._latest, known.ends[-1]
        if len(body) <= end or body[end - _TAIL : end] != known.tail:
            return False
        if latest is not None and latest[0] is known:
            return body.startswith(latest[1])
        return _digest(body, known.ends) == known.digest

    def _continued(
        self, wire: Wire, body: bytes, start: int, known: _Beginning, beginnings: list[_Beginning]
    ) -> dict[str, Any] | None:
        said, end = known.mark.said, known.ends[-1]
        if said is None or body[end] not in b",]":
            return None
        end += body[end] == ord(",")
        rest = body[end:]
        if rest.find(b'"%s":[' % wire.messages.encode()) >= 0:
            return None
        fields = wire.request(body[:start] + rest)
        new = fields.get("messages")
        if type(new) is not list:
            return None
        talk = Conversation(new, said, lambda: list(wire.request(body)["messages"]))
        self._remember(body, end, known, talk, beginnings)
        return {**fields, "messages": talk}

    def _whole(self, wire: Wire, body: bytes, start: int, beginnings: list[_Beginning]) -> dict[str, Any]:
        fields = wire.request(body)
        messages = fields.get("messages")
        if type(messages) is not list or not messages:
            return fields
        talk = Conversation(messages)
        end = _end(body, start, talk)
        if end > 0 and _is_outermost(wire, body[:start] + body[end:]):
            self._remember(body, start, _Beginning((), 0, b"", talk.mark), talk, beginnings)
        return {**fields, "messages": talk}

    def _remember(
        self, body: bytes, at: int, before: _Beginning, talk: Conversation, beginnings: list[_Beginning]
    ) -> None:
        """Remember a body that says, from `at`, these new messages."""
        end = _end(body, at, talk) if talk.new else before.ends[-1]
        if end < 0:
            return
        ends = (*before.ends, end) if len(before.ends) < _PIECES else (end,)
        known = _Beginning(ends, _digest(body, ends, before), body[end - _TAIL : end], talk.mark)
        beginnings.append(known)
        del beginnings[:-_BRANCHES]
        self._latest = (known, body[:end]) if end <= _LATEST else None

    def _beginnings(self, head: int) -> list[_Beginning]:
        beginnings = self._known.get(head)
        if beginnings is None:
            beginnings = self._known[head] = []
            if len(self._known) > _HEADS:
                for forgotten in list(self._known)[: -_HEADS // 2]:
                    self._known.pop(forgotten, None)
        return beginnings


def _digest(body: bytes, ends: tuple[int, ...], before: _Beginning | None = None) -> int:
    """Return the digest of a body up to the last of these ends; of what stands `before` it is known."""
    digest, start = 0, 0
    if before is not None and before.ends == ends[:-1] and before.ends:
        digest, start, ends = before.digest, before.ends[-1], ends[-1:]
    for end in ends:
        digest = hash((digest, body[start:end]))
        start = end
    return digest


def _end(body: bytes, at: int, talk: Conversation) -> int:
    """Return where the new messages end that begin at `at`; -1 if they are not written there as we would write them."""
    try:
        text = b",".join(talk.encoded())
    except (TypeError, ValueError):
        return -1
    end = at + len(text)
    return end if body.startswith(text, at) and body[end : end + 1] == b"]" else -1


def _is_outermost(wire: Wire, body: bytes) -> bool:
    """Whether a body whose messages were taken out has none: a key of that name may stand deeper, too."""
    try:
        return bool(wire.request(body).get("messages") == [])
    except ValueError:
        return False
