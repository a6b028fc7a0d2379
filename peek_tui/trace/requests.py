"""Model requests that were written as what they add to an earlier one, made whole again.

Such a request names its `base`, how many of its leading messages it shares with it (`keep`), and which other keys are
the `same`. A chain of them ends at a request that was written whole. Where it ends at something else nothing is
guessed: the request stays what it adds to the base that cannot be used, as `base`, `keep` and `same` then say, and one
more key in its data says why:

- `base_missing`: the id of a base that is not in the trace;
- `base_damaged`: why a base that is there cannot be built on, in one sentence.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from capture.events import VOCABULARY

from .model import Event

if TYPE_CHECKING:
    from .store import Snapshot

__all__ = ["Find", "Finder", "is_delta", "whole"]

Find = Callable[[str], Event | None]
"""Returns the event with an id, or None when it is not in the trace."""

_REQUEST = "llm_request"
_OF_A_DELTA = frozenset({"base", "keep", "same", "messages"})
_KEPT = 16 * 1024 * 1024
"""Bytes of lines that a `Finder` keeps: the conversations at hand, so that listing them reads each request once."""


class Finder:
    """Finds the events of a snapshot by their ids, and keeps those it read last."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._kept: OrderedDict[str, Event] = OrderedDict()
        self._bytes = 0

    def __call__(self, id: str) -> Event | None:
        event = self._kept.get(id)
        if event is not None:
            self._kept.move_to_end(id)
            return event
        handle = self._snapshot.find(id)
        if handle is None:
            return None
        event = self._kept[id] = self._snapshot.event(self._snapshot.row(handle))
        self._bytes += len(event.raw)
        while self._bytes > _KEPT and len(self._kept) > 1:
            self._bytes -= len(self._kept.popitem(last=False)[1].raw)
        return event


def is_delta(event: Event) -> bool:
    """Whether an event is a request that was written as what it adds to another."""
    return event.type == _REQUEST and event.data.get("base") is not None


def whole(event: Event, find: Find) -> Event:
    """Return a request with all its messages; any other event as it is. Asks `find` for each base once."""
    if not is_delta(event):
        return event
    try:
        links = [_read(event.data)]
    except ValueError as error:
        return _with_data(event, {**event.data, "base_damaged": f"in this request, {error}"})
    request = _beginning(event.id, links, find)
    for link in reversed(links):
        request = request.followed_by(link)
    return _with_data(event, request.as_data())


class _Link(NamedTuple):
    """A request as it was written."""

    base: str | None
    """None for one that was written whole."""
    keep: int
    same: list[str]
    messages: list[Any]
    rest: dict[str, Any]


class _UnusableError(Exception):
    """A base cannot be built on."""

    def __init__(self, key: str, says: str) -> None:
        self.mark = {key: says}


@dataclass(slots=True)
class _Request:
    """A request as far as it is known: whole, or what it adds to a base that cannot be used."""

    rest: dict[str, Any]
    messages: list[Any]
    """The last ones, those that are known. Grows in place: a long chain is not copied at every link."""
    base: str | None = None
    keep: int = 0
    """How many messages stand before the known ones."""
    same: list[str] | None = None
    mark: Mapping[str, str] | None = None
    """What says why the base cannot be used; None for a whole request."""

    def followed_by(self, link: _Link) -> _Request:
        """Return the request that `link` makes of this one. Takes this one's messages over."""
        count = self.keep + len(self.messages)
        if link.keep > count:
            says = f"{link.keep} messages of {link.base} are to be kept, and it has {count}"
            return _open_end(link, {"base_damaged": says})
        del self.messages[max(0, link.keep - self.keep) :]
        self.messages += link.messages
        rest = {**link.rest, **{key: self.rest[key] for key in link.same if key in self.rest}}
        keep, same = min(link.keep, self.keep), [key for key in self.same or () if key in link.same]
        if not keep and not same:
            return _Request(rest, self.messages)
        return _Request(rest, self.messages, self.base, keep, same, self.mark)

    def as_data(self) -> dict[str, Any]:
        """Return the payload, its keys in the order in which a whole request has them."""
        data = {**self.rest, "messages": self.messages}
        if self.mark is not None:
            data |= {"base": self.base, "keep": self.keep, "same": self.same, **self.mark}
        return {key: data[key] for key in VOCABULARY[_REQUEST].fields if key in data} | data


def _beginning(id: str, links: list[_Link], find: Find) -> _Request:
    """Follow the bases of the request with this id back, add them to `links`, and take the last one off, as it is."""
    seen = {id}
    while (base := links[-1].base) is not None:
        try:
            links.append(_find_base(base, seen, find))
        except _UnusableError as error:
            return _open_end(links.pop(), error.mark)
    first = links.pop()
    return _Request(first.rest, list(first.messages))


def _find_base(base: str, seen: set[str], find: Find) -> _Link:
    if base in seen:
        raise _UnusableError("base_damaged", f"the requests it builds on go in a circle at {base}")
    seen.add(base)
    event = find(base)
    if event is None:
        raise _UnusableError("base_missing", base)
    if event.type != _REQUEST:
        raise _UnusableError("base_damaged", f"{base} is no request but of type {event.type}")
    if event.damage is not None:
        raise _UnusableError("base_damaged", f"the payload of {base} cannot be read: {event.damage.reason}")
    try:
        return _read(event.data)
    except ValueError as error:
        raise _UnusableError("base_damaged", f"in {base}, {error}") from None


def _open_end(link: _Link, mark: Mapping[str, str]) -> _Request:
    return _Request(link.rest, list(link.messages), link.base, link.keep, link.same, mark)


def _read(data: Mapping[str, Any]) -> _Link:
    """Read a request's payload. Raises `ValueError` when nothing can be added to it, or it to anything."""
    base, keep, same = data.get("base"), data.get("keep"), data.get("same")
    messages = data.get("messages")
    rest = {key: value for key, value in data.items() if key not in _OF_A_DELTA}
    if not isinstance(messages, list | None):
        raise ValueError("messages is no list")
    if base is None:
        return _Link(None, 0, [], messages or [], rest)
    if not isinstance(base, str):
        raise ValueError("base is no id")
    if not isinstance(keep, int | None) or isinstance(keep, bool) or (keep or 0) < 0:
        raise ValueError("keep is no count of messages")
    if not isinstance(same, list | None) or not all(isinstance(key, str) for key in same or ()):
        raise ValueError("same is no list of keys")
    return _Link(base, keep or 0, same or [], messages or [], rest)


def _with_data(event: Event, data: dict[str, Any]) -> Event:
    return replace(event, fields={**event.fields, "data": data})
