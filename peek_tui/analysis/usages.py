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


class _Line(msgspec.Struct, frozen=True, gc=False):
    usage: _Usage | None = None


_decode = msgspec.json.Decoder(_Line).decode
_KEY = b',"usage":{'


def read_usages(news: News) -> list[Spent]:
    """Return what the new model calls used up, in order; those that do not say it are left out."""
    rows = news.rows("llm_response")
    names, agents = news.column("name")[rows - news.start].tolist(), news.agents(rows).tolist()
    found = []
    for row, agent, name, line in zip(rows.tolist(), agents, names, news.snapshot.lines(rows), strict=True):
        if _KEY not in line:
            continue
        usage = _read(line)
        if usage is None:  # a foreign writer's: read with more patience
            read = news.event(row).usage
            if read is None:
                continue
            usage = _Usage(read.input, read.output, read.cache_read, read.cache_write)
        found.append(
            Spent(
                row, agent, name, usage.input_tokens, usage.output_tokens, usage.cache_read_tokens,
                usage.cache_write_tokens,
            )
        )  # fmt: skip
    return found


def _read(line: bytes) -> _Usage | None:
    try:
        head, _, rest = line.partition(_KEY)
        if b'"data":' not in head and b'"source":' not in head:
            return _decode_usage(b"{" + rest[: rest.index(b"}") + 1])
        return _decode(line).usage
    except (ValueError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


_decode_usage = msgspec.json.Decoder(_Usage).decode
