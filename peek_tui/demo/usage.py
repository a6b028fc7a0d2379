"""How many tokens a request and its answer count: about four characters each, with a prompt cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .wire import Block, Tokens, ToolUse

__all__ = ["PromptCache", "output_tokens", "tokens"]


def tokens(text: str) -> int:
    """How many tokens a text counts."""
    return -(-len(text) // 4)


def output_tokens(blocks: Iterable[Block]) -> int:
    """How many tokens an answer counts; never none, as the providers bill at least one."""
    return max(1, sum(tokens(b.name + _canonical(b.input) if isinstance(b, ToolUse) else b.text) for b in blocks))


class PromptCache:
    """What a server remembers of the prompts it has read.

    A request is a chain of pieces: its head (model, tools, system), then one for each message. All but the last are
    cached, as for a client whose cache breakpoint stands before its newest message; a later request reads as many of
    them as it begins with.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()

    def count(self, request: Mapping[str, Any], answer: Iterable[Block]) -> Tokens:
        """What this request and its answer count; from now on the request is cached."""
        *cacheable, newest = _pieces(request)
        read = sum(piece.tokens for piece in cacheable if piece.key in self._known)
        written = sum(piece.tokens for piece in cacheable) - read
        self._known.update(piece.key for piece in cacheable)
        return Tokens(newest.tokens, written, read, output_tokens(answer))


class _Piece(NamedTuple):
    key: str
    """A hash of everything up to and including this piece, so that a key is known only if its whole prefix is."""
    tokens: int


def _pieces(request: Mapping[str, Any]) -> Iterator[_Piece]:
    chain = hashlib.sha256()
    head = [request.get(key) for key in ("model", "tools", "system")]
    for part in (head, *_conversation(request)):
        text = _canonical(part)
        chain.update(text.encode())
        yield _Piece(chain.hexdigest(), tokens(text))


def _conversation(request: Mapping[str, Any]) -> list[Any]:
    """What was said so far, whatever the provider calls it."""
    said: Any = next((request[key] for key in ("messages", "input", "contents") if key in request), [])
    return said if isinstance(said, list) else [said]


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
