"""What one phrase of a header says: the words in it, and what it leads to.

It is parsed by the JSON decoder, which is the judge of it; what is not quite as `capture` writes it says nothing.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import msgspec

from .columns import Words

__all__ = ["COUNTS", "After", "Next", "Phrase", "PhraseParser"]


class Next(IntEnum):
    """What a phrase leads to, a number of a kind or an object, in the order in which `capture` writes them."""

    DURATION = 0
    USAGE = 1
    INPUT = 2
    OUTPUT = 3
    CACHE_READ = 4
    CACHE_WRITE = 5
    REASONING = 6
    COST = 7
    IMPORTANCE = 8
    DATA = 9


COUNTS = {
    b"input_tokens": Next.INPUT,
    b"output_tokens": Next.OUTPUT,
    b"cache_read_tokens": Next.CACHE_READ,
    b"cache_write_tokens": Next.CACHE_WRITE,
    b"reasoning_tokens": Next.REASONING,
}
"""The keys in a usage."""
_KEYS = {
    b"duration_ms": Next.DURATION,
    b"cost_usd": Next.COST,
    b"importance": Next.IMPORTANCE,
    b"usage": Next.USAGE,
    b"data": Next.DATA,
}


class After(IntEnum):
    """Behind what a phrase can stand."""

    TYPE = 0
    NUMBER = 1
    USAGE = 2
    """The phrase begins with the brace that opens one."""
    COUNT = 3
    NOWHERE = 4
    """It is not understood."""


class Phrase(NamedTuple):
    """What a phrase says: words as codes, -1 where it says nothing of them."""

    after: int = After.NOWHERE
    next: int = Next.DATA
    name: int = -1
    agent: int = -1


class _Start(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """The keys with which a header goes on behind its type."""

    name: str
    agent: str | msgspec.UnsetType | None = msgspec.UNSET
    task: str | None = None


class _More(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Keys that may stand further behind."""

    agent: str | msgspec.UnsetType | None = msgspec.UNSET
    """Null says that there is none, also where the key stands twice."""
    task: str | None = None


_decode_start = msgspec.json.Decoder(_Start).decode
_decode_more = msgspec.json.Decoder(_More).decode


class PhraseParser:
    """Parses phrases; the words in them are put into the vocabularies it is given."""

    def __init__(self, names: Words, agents: Words) -> None:
        self._names = names
        self._agents = agents

    def parse(self, text: bytes) -> Phrase:
        """Return what a phrase says, up to the colon before what it leads to."""
        members, _, key = text[:-2].rpartition(b'"')
        if key in COUNTS:
            return Phrase({b"{": After.USAGE, b",": After.COUNT}.get(members, After.NOWHERE), COUNTS[key])
        if key not in _KEYS or not members.endswith(b","):
            return Phrase()
        try:
            return self._start(members, _KEYS[key]) if members.startswith(b'"') else self._more(members, _KEYS[key])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return Phrase()

    def _start(self, members: bytes, next: Next) -> Phrase:
        said = _decode_start(b'{"name":%b}' % members[:-1])
        return Phrase(After.TYPE, next, self._names.code(said.name), self._agent(said))

    def _more(self, members: bytes, next: Next) -> Phrase:
        after = After.COUNT if members.startswith(b"}") else After.NUMBER
        members = members.removeprefix(b"}")
        if not members.startswith(b","):
            return Phrase()
        return Phrase(after, next, agent=self._agent(_decode_more(b"{%b}" % members[1:-1])))

    def _agent(self, said: _Start | _More) -> int:
        return -1 if said.agent is msgspec.UNSET else self._agents.code(said.agent or "")
