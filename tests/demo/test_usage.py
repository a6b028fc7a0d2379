from __future__ import annotations

from typing import Any

import pytest

from peek_tui.demo.usage import PromptCache, output_tokens, tokens
from peek_tui.demo.wire import Text, Tokens, ToolUse

HEAD = 4  # '["m",null,null]' is 15 characters


def said(text: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "content": text}


def request(*messages: dict[str, Any], model: str = "m") -> dict[str, Any]:
    return {"model": model, "messages": list(messages)}


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
    count = PromptCache().count(request(said("x" * 3)), [Text("hi")])
    assert count == Tokens(fresh=8, written=HEAD, read=0, output=1)  # {"content":"xxx","role":"user"}


def test_growing_conversation() -> None:
    """Each request reads what the one before it wrote, and its own input leaves out both."""
    cache = PromptCache()
    chat = [said("xxx"), said("yyy", "assistant"), said("zzz"), said("www", "assistant"), said("vvv")]
    assert cache.count(request(*chat[:1]), []) == (8, HEAD, 0, 1)
    assert cache.count(request(*chat[:3]), []) == (8, 8 + 9, HEAD, 1)
    assert cache.count(request(*chat), []) == (8, 8 + 9, HEAD + 8 + 9, 1)


def test_same_request_again() -> None:
    """A request that was sent before reads all but its newest message."""
    cache = PromptCache()
    cache.count(request(said("xxx")), [])
    assert cache.count(request(said("xxx")), []) == (8, 0, HEAD, 1)


def test_another_beginning() -> None:
    """Messages after a beginning that differs are not read from the cache."""
    cache = PromptCache()
    cache.count(request(said("xxx"), said("yyy"), said("zzz")), [])
    assert cache.count(request(said("XXX"), said("yyy"), said("zzz")), []) == (8, 16, HEAD, 1)
    assert cache.count(request(said("xxx"), said("yyy"), said("zzz"), model="n"), []) == (8, HEAD + 16, 0, 1)
