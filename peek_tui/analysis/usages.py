"""The tokens of each model call, as far as its answer says, read without parsing payloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from .news import News

__all__ = ["Spent", "read_usages"]


class Spent(NamedTuple):
    """What one model call used up."""

    row: int
    agent: int
    name: int
    """The code of the model."""
    input: int
    """With what came from the cache."""
    output: int
    cache_read: int
    cache_write: int

    @property
    def fresh(self) -> int:
        """Tokens that were paid for in full."""
        return self.input - self.cache_read + self.output


class _Usage(msgspec.Struct, frozen=True, gc=False):
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    def counts(self) -> tuple[int, int, int, int]:
        return self.input_tokens, self.output_tokens, self.cache_read_tokens, self.cache_write_tokens


_decode = msgspec.json.Decoder(_Usage).decode
_KEY = b',"usage":{'


def read_usages(news: News) -> list[Spent]:
    """Return what the new model calls used up, in order; those that do not say it are left out."""
    rows = news.rows("llm_response")
    names, agents = news.column("name")[rows - news.start].tolist(), news.agents(rows).tolist()
    found = []
    for row, line, agent, name in zip(rows.tolist(), news.lines("llm_response"), agents, names, strict=True):
        at = line.find(_KEY)
        if at < 0:
            continue
        usage = _read(line, at)
        if usage is None:  # a foreign writer's: read with more patience
            read = news.event(row).usage
            if read is not None:
                found.append(Spent(row, agent, name, read.input, read.output, read.cache_read, read.cache_write))
        else:
            found.append(Spent(row, agent, name, *usage))
    return found


def _read(line: bytes, at: int) -> tuple[int, int, int, int] | None:
    """Read the usage that begins behind the comma at a place of a line; None where it may not be the event's own."""
    head = line[:at]
    if b'"data":' in head or b'"source":' in head:
        return None
    try:
        return _decode(line[at + len(_KEY) - 1 : line.index(b"}", at) + 1]).counts()
    except (ValueError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
