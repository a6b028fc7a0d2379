"""Token counts in one shape: `input_tokens` includes what came from and went to the cache, as in OpenTelemetry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["anthropic_usage", "openai_usage"]


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
    """Return OpenAI's usage in our keys. Its `prompt_tokens` include what came from the cache already."""
    if not isinstance(raw, dict) or not raw:
        return None
    usage = {"input_tokens": _count(raw, "prompt_tokens"), "output_tokens": _count(raw, "completion_tokens")}
    for key, details, name in (
        ("cache_read_tokens", "prompt_tokens_details", "cached_tokens"),
        ("reasoning_tokens", "completion_tokens_details", "reasoning_tokens"),
    ):
        counts = raw.get(details)
        if isinstance(counts, dict) and name in counts:
            usage[key] = _count(counts, name)
    return usage


def _count(raw: Mapping[str, Any], key: str) -> int:
    value = raw.get(key)
    return value if isinstance(value, int) else 0
