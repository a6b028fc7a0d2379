"""Long conversations do not repeat themselves: a request is written as what it adds to an earlier one in the file.

A request that begins with the messages of one that was written before names it (`base`), how many of its messages it
keeps (`keep`), and which other keys are the `same`. Remembered are digests, one for each message, never the messages.

A chain of such requests is read from its end to its beginning. While a conversation only grows, that is what the last
request says and no more. Where messages are replaced again and again, the chain comes to hold what nobody needs: once
it says twice what the request itself says, the request is written whole. So every message stands in the file once, and
at most half of what is read for a request is read in vain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..values import JSON_KEYS, dump_line, is_plain
from .conversation import Conversation, Said

__all__ = ["Deltas", "Shortened", "Written"]

_SAME = ("system", "tools", "settings")
_REMEMBERED = 16_384
"""Beginnings of conversations, each of one message more than the one before it; then the older half is forgotten."""
_VAIN = 2


@dataclass(slots=True)
class Written:
    """A request that stands in the file, or is about to."""

    rest: dict[str, int]
    bytes: int
    """What it takes to read it: its own bytes and those of all it builds on."""
    id: str = ""
    """For whoever writes it to fill in, before the next request is shortened."""


class Shortened(NamedTuple):
    """A payload as it is to be written, and what is remembered of it; None for nothing."""

    data: dict[str, Any]
    written: Written | None


class Deltas:
    """What one file holds of conversations. It forgets everything when the file may lack something."""

    def __init__(self) -> None:
        self._known: dict[int, Written] = {}
        """By the digest of their first messages, requests that begin with them. The digest is the process's own keyed
        hash of 64 bits: among so few, two that are equal by chance are not to be expected.
        """

    def forget(self) -> None:
        """Have the next request of every conversation written whole."""
        self._known.clear()

    def shorten(self, data: dict[str, Any]) -> Shortened:
        """Return the payload of a request as it is to be written: its messages, a list or a `Conversation`, as a list.
        Nothing in `data` is changed.
        """
        messages = data.get("messages")
        if type(messages) is Conversation:
            if not messages.before.messages or messages.before.digest in self._known:
                shortened = self._shorten(data, messages)
                if shortened is not None:
                    return shortened
            whole = Conversation(messages.whole())
            whole.mark = messages.mark
            data = {**data, "messages": whole.new}
            return self._shorten(data, whole) or Shortened(data, None)
        if type(messages) is not list or "base" in data:
            return Shortened(data, None)
        return self._shorten(data, Conversation(messages)) or Shortened(data, None)

    def _shorten(self, data: dict[str, Any], talk: Conversation) -> Shortened | None:
        """Return the payload with what it adds to an earlier request; None when it has to be written as it is."""
        rest = {key: data[key] for key in _SAME if data.get(key) is not None}
        try:
            if not is_plain(talk.new, JSON_KEYS) or not is_plain(rest, JSON_KEYS):
                return None
            added, around = _Added(talk), _Around(rest)
        except (TypeError, ValueError, RecursionError):  # what has to be encoded with care is not worth remembering
            return None
        keep, base = self._longest(added, around)
        same = [] if base is None else [key for key, digest in around.digests.items() if base.rest.get(key) == digest]
        size = added.size_after(keep) + sum(size for key, size in around.sizes.items() if key not in same)
        said = added.said()
        whole = said.bytes + sum(around.sizes.values())
        if base is None or not (keep or {"system", "tools"} & set(same)) or base.bytes + size > _VAIN * whole:
            if talk.before.messages:
                return None
            talk.mark.said = said
            written = Written(around.digests, whole)
            self._remember([around.digest, *added.digests], written)
            return Shortened({**data, "messages": talk.new}, written)
        talk.mark.said = said
        start = keep - talk.before.messages
        written = Written(around.digests, base.bytes + size)
        self._remember(added.digests[start:], written)
        less = {key: value for key, value in data.items() if key not in same}
        added_only = {"messages": talk.new[start:], "base": base.id, "keep": keep, "same": same}
        return Shortened(less | added_only, written)

    def _longest(self, added: _Added, around: _Around) -> tuple[int, Written | None]:
        """Return how many of the messages the file holds already, and a request that begins with them."""
        before = added.before
        for number in range(len(added.digests) - 1, -1, -1):
            written = self._known.get(added.digests[number])
            if written is not None:
                return before.messages + number + 1, written
        if before.messages:
            return before.messages, self._known.get(before.digest)
        return 0, self._known.get(around.digest)

    def _remember(self, beginnings: list[int], written: Written) -> None:
        self._known.update(dict.fromkeys(beginnings, written))
        if len(self._known) > _REMEMBERED:
            for forgotten in list(self._known)[: -_REMEMBERED // 2]:
                del self._known[forgotten]


class _Added:
    """The new messages of a conversation."""

    def __init__(self, talk: Conversation) -> None:
        self.before = talk.before
        self.digests: list[int] = []
        """Of everything up to the first of them, up to the second, and so on."""
        self._sizes: list[int] = []
        digest = talk.before.digest
        for encoded in talk.encoded():
            digest = hash((digest, encoded))
            self.digests.append(digest)
            self._sizes.append(len(encoded))

    def said(self) -> Said:
        before, digest = self.before, self.digests[-1] if self.digests else self.before.digest
        return Said(digest, before.messages + len(self.digests), before.bytes + sum(self._sizes))

    def size_after(self, keep: int) -> int:
        """Return the bytes of those that stand behind the first `keep` of the conversation."""
        return sum(self._sizes[keep - self.before.messages :])


class _Around:
    """What the messages of a request are sent with."""

    def __init__(self, rest: dict[str, Any]) -> None:
        encoded = {key: dump_line(value) for key, value in rest.items()}
        self.digests = {key: hash((key, line)) for key, line in encoded.items()}
        self.sizes = {key: len(line) for key, line in encoded.items()}
        self.digest = hash((self.digests.get("system"), self.digests.get("tools")))
        """Of what requests that share no message may share."""
