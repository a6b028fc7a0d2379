"""Long conversations do not repeat themselves: a request is written as what it adds to an earlier one in the file.

A request that begins with the messages of one that was written before names it (`base`), how many of its messages it
keeps (`keep`), and which other keys are the `same`. Remembered are digests, one for each message, never the messages.

A chain of such requests is read from its end to its beginning. While a conversation only grows, that is what the last
request says and no more. Where messages are replaced again and again, the chain comes to hold what nobody needs: once
it says twice what the request itself says, the request is written whole. So every message stands in the file once, and
at most half of what is read for a request is read in vain.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..values import dump_line, is_plain

__all__ = ["Deltas"]

_SAME = ("system", "tools", "settings")
_REMEMBERED = 16_384
"""Beginnings of conversations, each of one message more than the one before it; then the older half is forgotten."""
_VAIN = 2


class _Written(NamedTuple):
    """A request that stands in the file."""

    id: str
    rest: dict[str, int]
    bytes: int
    """What it takes to read it: its own bytes and those of all it builds on."""


class Deltas:
    """What one file holds of conversations. It forgets everything when the file may lack something."""

    def __init__(self) -> None:
        self._known: dict[int, _Written] = {}
        """By the digest of their first messages, requests that begin with them. The digest is the process's own keyed
        hash of 64 bits: among so few, two that are equal by chance are not to be expected.
        """

    def forget(self) -> None:
        """Have the next request of every conversation written whole."""
        self._known.clear()

    def shorten(self, id: str, data: dict[str, Any]) -> dict[str, Any]:
        """Return the payload of the request `id` as it is to be written. Nothing in `data` is changed."""
        messages = data.get("messages")
        if type(messages) is not list or "base" in data:
            return data
        rest = {key: data[key] for key in _SAME if data.get(key) is not None}
        try:
            if not is_plain(messages) or not is_plain(rest):
                return data
            said, around = _Said(messages), _Around(rest)
        except (TypeError, ValueError, RecursionError):  # what has to be encoded with care is not worth remembering
            return data
        return self._shortened(id, data, said, around)

    def _shortened(self, id: str, data: dict[str, Any], said: _Said, around: _Around) -> dict[str, Any]:
        beginnings = [around.digest, *said.digests]
        keep, base = self._longest(beginnings)
        same = [] if base is None else [key for key, digest in around.digests.items() if base.rest.get(key) == digest]
        added = sum(said.sizes[keep:]) + sum(size for key, size in around.sizes.items() if key not in same)
        whole = sum(said.sizes) + sum(around.sizes.values())
        if base is None or not (keep or {"system", "tools"} & set(same)) or base.bytes + added > _VAIN * whole:
            self._remember(beginnings, _Written(id, around.digests, whole))
            return data
        self._remember(beginnings[keep + 1 :], _Written(id, around.digests, base.bytes + added))
        less = {key: value for key, value in data.items() if key not in same}
        return less | {"messages": data["messages"][keep:], "base": base.id, "keep": keep, "same": same}

    def _longest(self, beginnings: list[int]) -> tuple[int, _Written | None]:
        for keep in range(len(beginnings) - 1, -1, -1):
            written = self._known.get(beginnings[keep])
            if written is not None:
                return keep, written
        return 0, None

    def _remember(self, beginnings: list[int], written: _Written) -> None:
        self._known.update(dict.fromkeys(beginnings, written))
        if len(self._known) > _REMEMBERED:
            for forgotten in list(self._known)[: -_REMEMBERED // 2]:
                del self._known[forgotten]


class _Said:
    """The messages of a request."""

    def __init__(self, messages: list[Any]) -> None:
        self.digests: list[int] = []
        """Of the first message, of the first two, and so on."""
        self.sizes: list[int] = []
        digest = 0
        for message in messages:
            encoded = dump_line(message)
            digest = hash((digest, encoded))
            self.digests.append(digest)
            self.sizes.append(len(encoded))


class _Around:
    """What the messages of a request are sent with."""

    def __init__(self, rest: dict[str, Any]) -> None:
        encoded = {key: dump_line(value) for key, value in rest.items()}
        self.digests = {key: hash((key, line)) for key, line in encoded.items()}
        self.sizes = {key: len(line) for key, line in encoded.items()}
        self.digest = hash((self.digests.get("system"), self.digests.get("tools")))
        """Of what requests that share no message may share."""
