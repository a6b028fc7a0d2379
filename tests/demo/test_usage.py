from __future__ import annotations

from typing import Any

import pytest

from peek_tui.demo.usage import PromptCache, output_tokens, tokens
from peek_tui.demo.wire import Text, ToolUse

HEAD = 4  # '["m",null,null]' is 15 characters


def said(text: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": text}


def request(*messages: dict[str, Any], model: str = "m") -> dict[str, Any]:
    return {"model": model, "messages": list(messages)}


def counts(usage: dict[str, Any]) -> tuple[int, int, int]:
    """What was neither read nor written, what was written to the cache, and what was read from it."""
    return usage["input_tokens"], usage["cache_creation_input_tokens"], usage["cache_read_input_tokens"]


@pytest.mark.parametrize(("text", "count"), [("", 0), ("a", 1), ("four", 1), ("fives", 2), ("客户" * 4, 2)])
def test_tokens(text: str, count: int) -> None:
    """A token is up to four characters."""
    assert tokens(text) == count


def test_output() -> None:
    """An answer counts its words and its calls, each rounded up, and at least one token."""
    assert output_tokens([Text("12345678"), ToolUse("find", {"a": 1})]) == 2 + 3
    assert output_tokens([]) == 1


def test_first_request() -> None:
    """All but the newest message is written to the cache."""
    usage = PromptCache().usage(request(said("x" * 3)), [Text("hi")])
    assert usage == {
        "input_tokens": 8,  # {"content":"xxx","role":"user"}
        "cache_creation_input_tokens": HEAD,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": HEAD, "ephemeral_1h_input_tokens": 0},
        "output_tokens": 1,
        "service_tier": "standard",
    }


def test_growing_conversation() -> None:
    """Each request reads what the one before it wrote, and its own input leaves out both."""
    cache = PromptCache()
    chat = [said("xxx"), said("yyy", "assistant"), said("zzz"), said("www", "assistant"), said("vvv")]
    assert counts(cache.usage(request(*chat[:1]), [])) == (8, HEAD, 0)
    assert counts(cache.usage(request(*chat[:3]), [])) == (8, 8 + 9, HEAD)
    assert counts(cache.usage(request(*chat), [])) == (8, 8 + 9, HEAD + 8 + 9)


def test_same_request_again() -> None:
    """A request that was sent before reads all but its newest message."""
    cache = PromptCache()
    cache.usage(request(said("xxx")), [])
    assert counts(cache.usage(request(said("xxx")), [])) == (8, 0, HEAD)


def test_another_beginning() -> None:
    """Messages after a beginning that differs are not read from the cache."""
    cache = PromptCache()
    cache.usage(request(said("xxx"), said("yyy"), said("zzz")), [])
    assert counts(cache.usage(request(said("XXX"), said("yyy"), said("zzz")), [])) == (8, 16, HEAD)
    assert counts(cache.usage(request(said("xxx"), said("yyy"), said("zzz"), model="n"), [])) == (8, HEAD + 16, 0)
