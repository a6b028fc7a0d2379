"""Token counts in one shape: `input_tokens` includes what came from and went to the cache, as in OpenTelemetry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["anthropic_usage", "gemini_usage", "openai_usage"]


def anthropic_usage(raw: Any) -> dict[str, int] | None:
    """Return Anthropic's usage in our keys. Its own `input_tokens` leaves the cache out, so both parts are added."""
    if not isinstance(raw, dict) or not raw:
        return None
    cache_read = _count(raw, "cache_read_input_tokens")
    cache_write = _count(raw, "cache_creation_input_tokens")
    usage = {
        "input_tokens": _count(raw, "input_tokens") + cache_read + cache_write,
        "output_tokens": _count(raw, "output_tokens"),
    }
    if "cache_read_input_tokens" in raw:
        usage["cache_read_tokens"] = cache_read
    if "cache_creation_input_tokens" in raw:
        usage["cache_write_tokens"] = cache_write
    return usage


def openai_usage(raw: Any) -> dict[str, int] | None:
    """Return OpenAI's usage in our keys. Its counts include what came from the cache, and what was reasoned, already.

    Chat completions and embeddings call them `prompt_tokens` and `completion_tokens`, responses as we do.
    """
    if not isinstance(raw, dict) or not raw:
        return None
    ours = "input_tokens" in raw
    read, said = ("input_tokens", "output_tokens") if ours else ("prompt_tokens", "completion_tokens")
    usage = {"input_tokens": _count(raw, read), "output_tokens": _count(raw, said)}
    for key, details, name in (
        ("cache_read_tokens", f"{read}_details", "cached_tokens"),
        ("cache_write_tokens", f"{read}_details", "cache_write_tokens"),
        ("reasoning_tokens", f"{said}_details", "reasoning_tokens"),
    ):
        counts = raw.get(details)
        if isinstance(counts, dict) and isinstance(counts.get(name), int):
            usage[key] = _count(counts, name)
    return usage


def gemini_usage(raw: Any) -> dict[str, int] | None:
    """Return Google's usage in our keys. Its count of an answer leaves the thoughts out, and of a prompt the results of
    its own tools, so both are added.
    """
    if not isinstance(raw, dict) or not raw:
        return None
    thoughts = _count(raw, "thoughtsTokenCount")
    usage = {
        "input_tokens": _count(raw, "promptTokenCount") + _count(raw, "toolUsePromptTokenCount"),
        "output_tokens": _count(raw, "candidatesTokenCount") + thoughts,
    }
    if "cachedContentTokenCount" in raw:
        usage["cache_read_tokens"] = _count(raw, "cachedContentTokenCount")
    if "thoughtsTokenCount" in raw:
        usage["reasoning_tokens"] = thoughts
    return usage


def _count(raw: Mapping[str, Any], key: str) -> int:
    value = raw.get(key)
    return value if isinstance(value, int) else 0
